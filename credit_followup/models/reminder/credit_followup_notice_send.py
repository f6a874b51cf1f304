import logging
from datetime import datetime

import pytz
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every
from psycopg2 import OperationalError

from ...rules.send_window import next_departure
from .credit_followup_notice import PAPER

_logger = logging.getLogger(__name__)

#: notices sent in one transaction
_BATCH = 10


class CreditFollowupNotice(models.Model):
    """Sends approved notices: locked, updated from the ledger, rendered and queued in one transaction."""

    _inherit = "credit.followup.notice"

    # === THE JOB === #

    @api.model
    def _cron_send(self):
        """Send approved notices, a few per transaction; letters are rendered and wait to be printed.

        It may be killed at any time or run in parallel: a notice and its e-mail are written together, after locking
        the notice and reading its state again.
        """
        cron = self.env["ir.cron"]
        notices = self.search(self._get_departing(), order="id")
        cron._commit_progress(remaining=len(notices))
        for batch in self._split_by_company(notices):
            batch._send_safely(batch.company_id._get_credit_today())
            if not cron._commit_progress(len(batch)):
                break
        self._end_runs()

    @api.model
    def _end_runs(self):
        """Close finished runs. Parallel processes do not see each other's work, so whichever closes a run does it for
        both.
        """
        try:
            with self.env.cr.savepoint():
                self.env["credit.followup.run"].search([("state", "=", "sending")])._update_state()
                self.env.flush_all()
        except OperationalError:
            _logger.info("The runs are ended by another process that sends")

    @api.model
    def _split_by_company(self, notices):
        """Batches of notices of one company, as each company has its own today."""
        for found in notices.grouped("company_id").values():
            yield from split_every(_BATCH, found.ids, self.browse)

    def _send_safely(self, today):
        """Send in a separate transaction; a notice that breaks it is marked as failed, so that it never stops the
        others.
        """
        try:
            self._send(today)
            self.env.flush_all()
        except OperationalError:
            # a concurrent update: the notices are still approved, so the next call sends them
            self.env.cr.rollback()
            _logger.info("Notices %s are sent by the next call", self.ids)
            self._send_soon()
        except Exception as error:  # noqa: BLE001 – add-ons and users' data have a say in it
            self.env.cr.rollback()
            self._fail_broken(today, error)

    def _fail_broken(self, today, error):
        """Send one by one, each in its own transaction; the broken notice fails with its reason."""
        if len(self) == 1:
            _logger.warning("Notice %s cannot be sent", self.id, exc_info=error)
            self._lock_approved()._keep_or_fail(error)
            return
        for notice in self:
            notice._send_safely(today)
            self.env["ir.cron"]._commit_progress()

    @api.model
    def _get_departing(self):
        """Domain of the work due now: e-mails within their hours, calls to plan, letters to render."""
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
        """Whether e-mails of the procedure wait for its sending hours; if so, the job is scheduled for then."""
        departure = self._get_departure(procedure, company)
        if departure:
            self.env.ref("credit_followup.ir_cron_send").sudo()._trigger(at=departure)
        return bool(departure)

    @api.model
    def _get_departure(self, procedure, company):
        """When an e-mail of the procedure may be sent, in UTC; ``False`` for now."""
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
        """The time zone of a procedure's hours: the company's, or that of its credit analyst."""
        company = company.sudo()
        return (
            company.partner_id.tz
            or company.credit_management_analyst_id.tz
            or self.env.user.tz
            or "UTC"
        )

    # === ONE TRANSACTION === #

    def _send(self, today=None):
        """Send the approved notices; one that fails stores its reason and does not stop the others.

        Letters are rendered here; they count as sent once posted.

        :param today: date of the message; by default the date of each notice
        :return: the notices sent
        """
        notices = self._lock_approved()
        notices._bring_up_to_date(today)
        going = notices.filtered(lambda notice: notice.state == "approved")
        for notice in going:
            notice._send_one()
        sent = going.filtered(lambda notice: notice.state == "sent")
        sent._after_sending()
        sent._after_queueing()
        return sent

    def _lock_approved(self):
        """The approved notices that no other process is sending, locked."""
        return self.try_lock_for_update().filtered(lambda notice: notice.state == "approved")

    def _send_one(self):
        if self.channel == "email":
            self._send_email()
        elif self.channel in PAPER:
            if not self.letter_id:
                self._write_letter()
        elif not self.step_activity_id:
            self._plan_step()

    # === WHAT FOLLOWS A MESSAGE === #

    def _mark_sent(self):
        self.write(
            {
                "state": "sent",
                "sent_at": fields.Datetime.now(),
                "failure": False,
                "failure_detail": False,
            }
        )

    def _after_sending(self):
        """After sending: record the claims and notify the users the levels escalate to."""
        self.filtered(lambda notice: notice.state != "sent")._mark_sent()
        self._claim_charges()
        for notice in self:
            notice._escalate()

    def _claim_charges(self):
        """Record the late charges that the notices claim, measured once per day."""
        charges = self.env["credit.late.charge"]
        for day, notices in self.grouped("date").items():
            lines = notices._get_charged_lines()
            if lines:
                notice_ids = {line.item_id.id: line.notice_id.id for line in lines}
                charges._claim_for(lines.item_id, notice_ids, day)

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
        """Plan the step as an activity of the collector; the notice counts as sent once it is done."""
        activity_type = self.level_id.activity_type_id or self.env.ref(
            "mail.mail_activity_data_call"
        )
        planning = self.with_context(
            mail_activity_quick_update=True
        )  # no e-mail per call: the collector has a list
        self.step_activity_id = planning.activity_schedule(
            activity_type_id=activity_type.id,
            user_id=(self.user_id or self._get_any_manager()).id,
            date_deadline=self.date,
            summary=self.level_id.name,
            note=self._get_items_table(),
        )

    def _get_any_manager(self):
        """The first credit manager, for customers without a collector."""
        group = self.env.ref("credit_management.group_credit_manager")
        users = group.sudo().all_user_ids.filtered(
            lambda user: user.active and not user._is_superuser()
        )
        return users.sorted("id")[:1]
