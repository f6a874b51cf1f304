"""The runs of follow-up, a day after the other, over the ledger as it stood in the evening of each day."""

from datetime import timedelta

from freezegun import freeze_time
from odoo.fields import Command

from .schedule import LEVELS, Notice

_SET_ITEMS = """
UPDATE account_move_line
   SET reconciled = NOT %(open)s,
       amount_residual = CASE WHEN %(open)s THEN balance ELSE 0 END,
       amount_residual_currency = CASE WHEN %(open)s THEN amount_currency ELSE 0 END
 WHERE id = ANY(%(items)s)
"""
_SET_INVOICES = """
UPDATE account_move SET payment_state = CASE WHEN %(open)s THEN 'not_paid' ELSE 'paid' END
 WHERE id IN (SELECT move_id FROM account_move_line WHERE id = ANY(%(items)s))
"""


class Reminders:
    """Replays a time with a procedure, then undoes all of it.

    The invoices and payments are booked by Odoo; what is left to pay is then set back to what it was in the evening of
    each day, from the days on which an invoice was issued and settled.
    """

    def __init__(self, env, ledger):
        self.env = env
        self.items = {invoice: line.id for invoice, line in ledger.due.items()}
        self.open = set()  # in the end everything is paid
        self.numbers = {line: invoice.number for invoice, line in self.items.items()}

    def play(self, gap, first, last) -> set[Notice]:
        """The notices that the runs of every day make.

        :param gap: days between two notices for a customer
        """
        self.env.cr.commit()
        try:
            self._use_procedure(gap)
            return self._play_days(first, last)
        finally:
            self.open = set()
            self.env.cr.rollback()
            self.env.invalidate_all()

    def _play_days(self, first, last):
        found = set()
        day = first
        with freeze_time(f"{first} 20:00:00") as clock:
            while day <= last:
                clock.move_to(f"{day} 20:00:00")
                self._set_open(invoice for invoice in self.items if invoice.is_open(day))
                found |= set(self._remind(day))
                day += timedelta(1)
        return found

    def _use_procedure(self, gap):
        """A procedure of three levels for everybody in the company."""
        self.env["res.partner"].search([("company_id", "=", self.env.company.id)]).write(
            {"email": "late@example.com"}
        )
        text = self.env["mail.template"].create(
            {
                "name": "Late Payments",
                "model_id": self.env["ir.model"]._get_id("credit.followup.notice"),
                "subject": "Reminder",
            }
        )
        level = {"stage": "reminder", "channel": "email", "mail_template_id": text.id}
        levels = [{**level, "name": f"{days} days late", "days": days} for days in LEVELS]
        self.env.company.credit_followup_procedure_id = self.env[
            "credit.followup.procedure"
        ].create(
            {
                "name": "Late Payments",
                "gap_days": gap,
                "level_ids": [Command.create(values) for values in levels],
            }
        )

    def _set_open(self, invoices):
        """Leave these invoices open, and no other one."""
        opened = {self.items[invoice] for invoice in invoices}
        self.env.flush_all()
        for lines, is_open in ((opened - self.open, True), (self.open - opened, False)):
            if lines:
                values = {"open": is_open, "items": list(lines)}
                self.env.cr.execute(_SET_ITEMS, values)
                self.env.cr.execute(_SET_INVOICES, values)
        self.open = opened
        self.env.invalidate_all()

    def _remind(self, day):
        """The notices of a day; they count as sent."""
        run = self.env["credit.followup.run"].create({})
        run._prepare(day)
        run.invalidate_recordset()
        notices = run.notice_ids.filtered(lambda notice: notice.state == "proposed")
        notices.write({"state": "sent"})
        for notice in notices:
            named = [(self.numbers[line.item_id.id], line.level_days) for line in notice.line_ids]
            yield Notice(day, notice.partner_id.ref, frozenset(named))
