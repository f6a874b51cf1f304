from odoo import api, fields, models


class CreditProfile(models.Model):
    """Nightly alerts: ending limits, reviews due, customers over their limit.

    Each event gets one activity, once; its date is stored.
    """

    _inherit = "credit.profile"

    #: files per commit of the nightly job
    _alert_batch = 500

    review_alert_date = fields.Date(
        readonly=True, copy=False, help="The review date the analyst was notified of"
    )
    over_limit_date = fields.Date(
        string="Over the Limit Since",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The night the excess was first seen, with no order waiting for a decision. Cleared once the customer is back within the limit.",
    )
    over_limit_alert_date = fields.Date(
        readonly=True,
        copy=False,
        help="Day the analyst was notified that the customer is over the limit",
    )

    # === CRON === #

    @api.model
    def _cron_alert(self):
        """Alert the analysts in batches; a later failure does not undo earlier batches."""
        today = self.env["res.company"]._get_credit_today()
        self._open_files_of_debtors()
        for records, tell in self._get_alert_steps(today):
            self.env["ir.cron"]._commit_progress(remaining=len(records))
            for start in range(0, len(records), self._alert_batch):
                batch = records[start : start + self._alert_batch]
                getattr(batch, tell)(today)
                if not self.env["ir.cron"]._commit_progress(len(batch)):
                    return

    def _get_alert_steps(self, today):
        """``(records, method)`` pairs; each search sees what the steps before it wrote."""
        yield self.env["credit.limit"]._search_ending(today), "_notify_end"
        yield self._search_review_due(today), "_notify_review"
        yield self._search_back_within(), "_mark_within"
        yield self._search_over(), "_notify_over"

    def _search_review_due(self, today):
        """Files whose review is due and not yet notified."""
        due = self.search([("review_date", "<=", today)])
        return due.filtered(lambda profile: profile.review_alert_date != profile.review_date)

    def _search_over(self):
        """Files over their limit and not yet reported, except those with an order waiting for a decision."""
        return self.search(
            [
                ("credit_mode", "=", "limited"),
                ("available", "<", 0),
                ("over_limit_alert_date", "=", False),
                ("hold_ids", "not any", [("state", "=", "pending")]),
            ]
        )

    def _search_back_within(self):
        return self.search(
            [
                ("over_limit_date", "!=", False),
                "|",
                ("credit_mode", "!=", "limited"),
                ("available", ">=", 0),
            ]
        )

    # === EVENTS === #

    def _notify_review(self, today):
        told = self._notify_in_charge(lambda profile: profile.env._("Review the customer"), today)
        for profile in told:
            profile.review_alert_date = profile.review_date

    def _mark_within(self, today):
        self.write({"over_limit_date": False, "over_limit_alert_date": False})

    def _notify_over(self, today):
        """Record who is over the limit; alert only where no release or tolerance covers it."""
        self.filtered(lambda profile: not profile.over_limit_date).over_limit_date = today
        released = self._get_released_exposures()
        positions = self._read_positions({profile._get_customer() for profile in self}, today)
        undecided = self.filtered(
            lambda profile: profile._is_undecided(
                positions[profile._get_customer()], released.get(profile, 0.0)
            )
        )
        told = undecided._notify_in_charge(
            lambda profile: profile.env._("Over the credit limit without an approval"), today
        )
        told.over_limit_alert_date = today

    def _is_undecided(self, position, released):
        """Whether the exposure exceeds the limit plus tolerance and everything released; groups are checked at their
        head.

        :param released: the largest exposure accepted by a release since the limit was exceeded
        """
        own = [group for group in position.groups if group.profile_id == self.id]
        measured = own[0] if own else position
        if measured.credit_limit is None:
            return False
        ceiling = measured.credit_limit * (1 + self.effective_policy_id.tolerance / 100)
        accepted = max(ceiling, released)
        return self.currency_id.compare_amounts(measured.exposure, accepted) > 0

    def _get_released_exposures(self):
        """``{profile: largest exposure accepted by a release valid when the limit was exceeded, or later}``."""
        accepted = {}
        for hold in self.env["credit.hold"].search(
            [("profile_id", "in", self.ids), ("state", "=", "released")]
        ):
            profile = hold.profile_id
            if hold.released_until and hold.released_until >= profile.over_limit_date:
                exposure = hold.exposure + hold.released_amount
                accepted[profile] = max(accepted.get(profile, 0.0), exposure)
        return accepted

    # === WHO IS NOTIFIED === #

    def _notify_in_charge(self, describe, deadline):
        """Create one activity on each file, for the person in charge, in their language.

        :param describe: function that returns the sentence for a file, in the language of its environment
        :return: the files for which somebody was notified
        """
        people = self._get_in_charge()
        told = self.filtered(people.get)
        for user, profiles in told.grouped(people.get).items():
            spoken = profiles.with_context(lang=user.lang, mail_activity_quick_update=True)
            for summary, same in spoken.grouped(describe).items():
                same.activity_schedule(
                    "mail.mail_activity_data_todo",
                    date_deadline=deadline,
                    user_id=user.id,
                    summary=summary,
                )
        return told

    def _get_in_charge(self):
        """``{profile: user}``: its analyst, otherwise the company's, otherwise the holder of the lowest authority; may
        be empty."""
        today = self.env["res.company"]._get_credit_today()
        lowest = {
            company: self.env["credit.authority"]._of_company(company)
            for company in self.company_id
        }
        return {
            profile: profile._get_analyst()
            or profile._get_lowest_holder(lowest[profile.company_id], today)
            for profile in self
        }

    def _get_analyst(self):
        """The customer's analyst, if an active credit user of the company."""
        candidates = (self.analyst_id, self.company_id.credit_management_analyst_id)
        return next(
            filter(None, map(self._filter_credit_users, candidates)), self.analyst_id.browse()
        )

    def _get_lowest_holder(self, authorities, today):
        for authority in authorities:
            if people := self._filter_credit_users(authority._get_holders(today)):
                return people[:1]
        return self.analyst_id.browse()

    def _filter_credit_users(self, users):
        return users.filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids.root_id
                and user.has_group("credit_management.group_credit_user")
            )
        )
