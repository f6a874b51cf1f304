import logging
from datetime import datetime

import pytz
from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import split_every
from psycopg2 import OperationalError

from ..rules.send_window import next_departure
from .credit_followup_notice import PAPER

_logger = logging.getLogger(__name__)

#: notices that go out in one transaction
_BATCH = 10


class CreditFollowupNotice(models.Model):
    """How approved notices go out: locked, compared with the ledger of now, then written and queued in one transaction."""

    _inherit = "credit.followup.notice"

    # === THE JOB === #

    @api.model
    def _cron_send(self):
        """Send what is approved, a few notices a transaction; letters are written and wait for the printer.

        It may be killed at any moment, and run beside another: a notice and its e-mail are written together, after
        the notice is locked and its state read again.
        """
        cron = self.env["ir.cron"]
        notices = self.search(self._get_departing(), order="id")
        cron._commit_progress(remaining=len(notices))
        for ids in split_every(_BATCH, notices.ids):
            try:
                self.browse(ids)._send(fields.Date.context_today(self))
            except OperationalError:
                # somebody else has just written one of them: they are still approved, the next call takes them
                self.env.cr.rollback()
                _logger.info("Notices %s are sent by the next call", ids)
                self._send_soon()
            if not cron._commit_progress(len(ids)):
                break
        # two who send at once do not see the end of one another
        self.env["credit.followup.run"].search([("state", "=", "sending")])._update_state()

    @api.model
    def _get_departing(self):
        """The domain of what is to do now: e-mails inside their hours, calls to plan, letters to write."""
        approved = Domain("state", "=", "approved")
        calls = Domain("channel", "in", ("call", "activity")) & Domain(
            "step_activity_id", "=", False
        )
        waiting = approved & Domain("channel", "=", "email")
        closed = Domain.OR(
            [
                Domain("procedure_id", "=", procedure.id) & Domain("company_id", "=", company.id)
                for procedure, company in self._read_group(waiting, ["procedure_id", "company_id"])
                if self._wait_for_hours(procedure, company)
            ]
        )
        letters = Domain("channel", "in", PAPER) & Domain("letter_id", "=", False)
        return approved & (calls | letters | (Domain("channel", "=", "email") & ~closed))

    @api.model
    def _wait_for_hours(self, procedure, company):
        """Whether e-mails of the procedure wait for its hours to begin; the job is then woken at that moment."""
        departure = self._get_departure(procedure, company)
        if departure:
            self.env.ref("credit_followup.ir_cron_send").sudo()._trigger(at=departure)
        return bool(departure)

    @api.model
    def _get_departure(self, procedure, company):
        """When an e-mail of the procedure may leave, in UTC; ``False`` for at once."""
        if not procedure:
            return False
        zone = pytz.timezone(self._get_time_zone(company))
        now = pytz.utc.localize(fields.Datetime.now()).astimezone(zone).replace(tzinfo=None)
        departure = next_departure(
            now, procedure.weekdays_only, procedure.hour_from, procedure.hour_to
        )
        return departure > now and self._to_utc(departure, zone)

    @api.model
    def _to_utc(self, moment: datetime, zone):
        return zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)

    @api.model
    def _get_time_zone(self, company):
        """On whose clock the hours of a procedure are read: the company's, else its credit analyst's."""
        company = company.sudo()
        return company.partner_id.tz or company.credit_analyst_id.tz or self.env.user.tz or "UTC"

    # === ONE TRANSACTION === #

    def _send(self, today=None):
        """Send the approved ones among these notices; each that cannot go out says why and stops no other.

        Letters are written here, and sent once somebody has posted them.

        :param today: date of the message; that of each notice if not given
        :return: those that went out
        """
        notices = self._take_approved()
        notices._bring_up_to_date(today)
        going = notices.filtered(lambda notice: notice.state == "approved")
        for notice in going:
            notice._send_one()
        return going.filtered(lambda notice: notice.state == "sent")

    def _take_approved(self):
        """Those that are approved and that nobody else is sending, locked."""
        return self.try_lock_for_update().filtered(lambda notice: notice.state == "approved")

    def _send_one(self):
        if self.channel == "email":
            self._send_email()
        elif self.channel in PAPER:
            if not self.letter_id:
                self._write_letter()
        elif not self.step_activity_id:
            self._plan_step()

    def _bring_up_to_date(self, today=None):
        """Date, people, items and amounts as they are now; what has nothing left to say is cancelled."""
        if today:
            self._date(today)
        self._refresh_items()
        self._refresh_people()
        self.filtered(lambda notice: notice.state == "approved")._refresh_charges()

    def _date(self, today):
        """A notice carries the day on which it leaves."""
        late = self.filtered(lambda notice: notice.date < today)
        late.write({"date": today})
        late.line_ids.write({"date": today})

    # === THE LEDGER OF NOW === #

    def _refresh_items(self):
        """What was paid or left out meanwhile is not named any more; the rest is named with what is open now.

        The ledger is read once for all of them. The tone is that of the highest level that is left.
        """
        lines = self.line_ids.filtered(lambda line: not line.cancelled)
        named = lines.filtered(lambda line: line._is_named())
        open_now = self.env["credit.followup.item"]._get_open(lines.item_id.ids)
        left_out = self.env["credit.followup.item"]._get_left_out(named.item_id.ids)
        for line in lines:
            line._refresh(open_now.get(line.item_id.id), left_out.get(line.item_id.id))
        self._add_new_credits()
        for notice in self.filtered(lambda notice: notice.state == "approved"):
            notice._refresh_total()

    def _add_new_credits(self):
        """Money that came in since the notice was prepared, and is not allocated yet, is shown and deducted too."""
        known = set(self.line_ids.filtered(lambda line: not line.cancelled).item_id.ids)
        credits_ = self._read_credits().filtered(lambda item: item.id not in known)
        by_customer = credits_.grouped(lambda item: (item.partner_id, item.company_id))
        for notice in self:
            notice._deduct(by_customer.get((notice.partner_id, notice.company_id), ()))

    def _read_credits(self):
        """What these customers have paid or been credited and nobody has allocated.

        :rtype: credit.followup.item
        """
        items = self.env["credit.followup.item"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("amount", "<", 0),
            ]
        )
        held = items._read_left_out(items.ids, fields.Date.context_today(self))
        return items.filtered(lambda item: items._counts_as_credit(held.get(item.id, {})))

    def _deduct(self, credits_):
        """Name the credits, or leave the customer alone until somebody has allocated them, as the procedure says."""
        if credits_ and self.procedure_id.credits == "wait":
            self._cancel(self.env._("Money of the customer waits for its allocation."))
        else:
            self.line_ids = [Command.create(self._prepare_credit(item)) for item in credits_]

    def _prepare_credit(self, item):
        return {
            "item_id": item.id,
            "date": self.date,
            "date_due": item.date_due,
            "currency_id": item.document_currency_id.id,
            "amount": item.amount,
            "amount_currency": item.amount_currency,
        }

    def _refresh_total(self):
        lines = self.line_ids.filtered(lambda line: not line.cancelled)
        due = lines.filtered(lambda line: line._is_named() and line.amount > 0)
        amount = sum(lines.mapped("amount"))
        if not due:
            self._cancel(self.env._("Nothing is left to ask for: paid, paused or left out."))
        elif self.currency_id.compare_amounts(amount, 0.0) <= 0:
            self._cancel(self.env._("What the customer has paid on account covers it."))
        else:
            self._write_changed({"amount": amount} | self._get_tone(due))

    def _get_tone(self, lines):
        """Level, stage and channel of the highest of these lines, when it is not the notice's any more."""
        highest = max(lines, key=lambda line: line.level_days)
        level = highest.level_id
        if not level or level == self.level_id or self.level_id in lines.level_id:
            return {}
        return {"level_id": level.id, "stage": level.stage, "channel": level.channel}

    def _write_changed(self, values):
        """Write the values that differ."""
        changed = {
            name: value
            for name, value in values.items()
            if self._fields[name].convert_to_write(self[name], self) != value
        }
        if changed:
            self.write(changed)

    # === THE PEOPLE OF NOW === #

    def _refresh_people(self):
        """Recipients, their language and the collector, as they are now."""
        profiles = self._get_profiles()
        for notice in self:
            contacts = notice._get_contacts(profiles.get((notice.partner_id, notice.company_id)))
            collector = notice._get_collector(profiles.get((notice.partner_id, notice.company_id)))
            notice._write_changed({"user_id": collector.id, "lang": notice._get_lang(contacts)})
            if notice.contact_ids != contacts:
                notice.contact_ids = contacts

    def _get_profiles(self):
        """``{(customer, company): credit file}`` of these notices."""
        profiles = self.env["credit.profile"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        return {(profile.partner_id, profile.company_id): profile for profile in profiles}

    def _get_contacts(self, profile):
        """Who receives the notice: whom the credit file names, else the invoice address."""
        named = profile and profile.followup_contact_ids.filtered("active")
        if named:
            return named
        return self.env["res.partner"].browse(self.partner_id.address_get(["invoice"])["invoice"])

    def _get_lang(self, contacts):
        """The language of the first recipient, else of the customer, else of the company."""
        partners = [*contacts, self.partner_id, self.company_id.partner_id]
        return next((partner.lang for partner in partners if partner.lang), "en_US")

    def _get_collector(self, profile):
        """Who follows the customer; never somebody who has left."""
        candidates = (
            profile and profile.analyst_id,
            self.company_id.credit_analyst_id,
            self.run_id.user_id,
            self.approved_by,
        )
        nobody = self.env["res.users"]
        return next(
            (user for user in candidates if user and user.active and not user._is_superuser()),
            nobody,
        )

    # === LATE CHARGES === #

    def _refresh_charges(self):
        """Interest and indemnity of the items whose level claims them, in the company's currency, as of the notice's day."""
        for day, notices in self.grouped("date").items():
            items = notices._get_charged_lines().item_id
            measured = self.env["credit.late.charge"]._measure(items, day) if items else {}
            for notice in notices:
                notice._write_charges(
                    [
                        measured[item.id]
                        for item in notice._get_charged_lines().item_id
                        if item.id in measured
                    ]
                )

    def _get_charged_lines(self):
        return self.line_ids.filtered(
            lambda line: not line.cancelled and line.level_id.with_charges and line.amount > 0
        )

    def _write_charges(self, measured):
        missing = next((each.missing for each in measured if each.missing), "")
        if missing:
            self._fail("charges", missing)
        else:
            self._write_changed(
                {
                    "interest": sum(each.interest for each in measured),
                    "indemnity": sum(each.indemnity for each in measured),
                }
            )

    # === WHAT FOLLOWS A MESSAGE === #

    def _after_sending(self):
        """Once a notice is out: what it claims is kept, and whoever its level escalates to is told."""
        self.ensure_one()
        self.write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "failure": False,
                "failure_detail": False,
            }
        )
        charged = self._get_charged_lines().item_id
        if charged:
            self.env["credit.late.charge"]._claim(self, charged, self.date)
        self._escalate()

    def _escalate(self):
        user = self.level_id.escalation_user_id
        if not user:
            return
        self.activity_schedule(
            "credit_management.mail_activity_type_credit",
            user_id=(user if user.active else self.user_id).id or self.env.uid,
            summary=self.env._("%(level)s reached", level=self.level_id.name),
        )

    # === CALLS === #

    def _plan_step(self):
        """The step is an activity of the collector; the notice is sent once it is done."""
        kind = self.level_id.activity_type_id or self.env.ref("mail.mail_activity_data_call")
        planning = self.with_context(
            mail_activity_quick_update=True
        )  # a list of calls, not an e-mail for each
        self.step_activity_id = planning.activity_schedule(
            activity_type_id=kind.id,
            user_id=(self.user_id or self._get_any_manager()).id,
            date_deadline=self.date,
            summary=self.level_id.name,
            note=self._get_items_table(),
        )

    def _get_any_manager(self):
        """When nobody follows the customer any more, the first credit manager does."""
        group = self.env.ref("credit_management.group_credit_manager")
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user._is_superuser()
        )
        return users.sorted("id")[:1]
