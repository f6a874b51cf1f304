from datetime import timedelta

from odoo import api, models
from odoo.tools import format_date

_ACTIVITY = "credit_followup.mail_activity_type_rate"

#: days before the known rates end when somebody is asked for the next one
_AHEAD = 15


class CreditInterestSeries(models.Model):
    """Asks a user with the right, once and in time, to enter the next rate."""

    _inherit = "credit.interest.series"

    def _get_unknown_from(self, today):
        """The first day after the known rates, if it is near or past; otherwise ``None``."""
        self.ensure_one()
        if not self.rate_ids:
            return today
        unknown = self.known_to and self.known_to + timedelta(1)
        return unknown if unknown and unknown <= today + timedelta(_AHEAD) else None

    def _explain_unknown(self, today):
        """Which rate is missing from which day, and where to enter it; empty if none is missing."""
        unknown = self._get_unknown_from(today)
        return (
            self.env._(
                "%(series)s: no rate is known from %(day)s. Interest for these days can be claimed once a credit manager enters or imports the rate in Credit > Configuration > Interest Rates.",
                series=self.name,
                day=format_date(self.env, unknown),
            )
            if unknown
            else ""
        )

    # === WHO IS ASKED === #

    @api.model
    def _cron_watch(self):
        """Ask for rates that companies use and that will soon be missing; close the requests that are answered."""
        today = self.env["res.company"]._get_credit_today()
        companies = self._read_companies()
        asked = self.search([("activity_ids", "!=", False)])
        for series in asked.union(*companies):
            if series._get_unknown_from(today):
                for user in companies.get(series, self.env["res.company"])._get_credit_managers():
                    series._ask(user, today)
            else:
                series.activity_unlink([_ACTIVITY])

    def _ask(self, user, today):
        if self.activity_search([_ACTIVITY], user_id=user.id):
            return
        unknown = self._get_unknown_from(today)
        speaking = self.with_context(lang=user.lang)
        self.activity_schedule(
            _ACTIVITY,
            date_deadline=unknown,
            summary=speaking.env._("Enter the rate from %s", format_date(speaking.env, unknown)),
            note=" ".join(filter(None, (speaking._explain_unknown(today), self.fetch_problem))),
            user_id=user.id,
        )

    def _settle_watch(self):
        """A rate was entered: close the activity that asked for it."""
        today = self.env["res.company"]._get_credit_today()
        known = self.filtered(lambda series: not series._get_unknown_from(today))
        known.activity_feedback([_ACTIVITY])

    @api.model
    def _read_companies(self):
        """``{series: root companies}`` that claim late charges at these rates."""
        policies = self.env["credit.late.policy"].search([("rate_basis", "=", "reference")])
        named = self.env["credit.profile"]._read_group(
            [("late_policy_id", "in", policies.ids)], ["company_id", "late_policy_id"]
        )
        found = {}
        for company in self._get_claiming_companies():
            used = company.credit_late_policy_id & policies
            used |= policies.filtered(lambda policy, company=company: policy._is_of(company))
            used |= policies.browse(policy.id for root, policy in named if root == company)
            for series in used.series_id:
                found[series] = found.get(series, company) | company
        return found

    @api.model
    def _get_claiming_companies(self):
        """Root companies whose reminders claim late charges, or that have claimed some before."""
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        claimed = self.env["credit.late.charge"]._read_group([], ["company_id"])
        levels = companies.credit_followup_procedure_id.level_ids.filtered("with_charges")
        claiming = companies.filtered(
            lambda company: company.credit_followup_procedure_id in levels.procedure_id
        )
        return claiming | companies.browse(company.id for [company] in claimed)
