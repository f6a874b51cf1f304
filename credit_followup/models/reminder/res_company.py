from odoo import fields, models
from odoo.tools import SQL, format_date

from ...rules.bank import bank_is_behind


class ResCompany(models.Model):
    """Checks that bank statements are up to date before unattended reminders."""

    _inherit = "res.company"

    credit_followup_waits_for_bank = fields.Boolean(
        string="Wait for the Bank",
        help="Unattended reminders wait until the bank statements are up to date and matched",
    )
    credit_followup_bank_days = fields.Integer(
        string="Max. Age of Bank Data (days)",
        default=3,
        help="Reminders wait while the last bank statement line is older than this number of days",
    )
    credit_followup_bank_unmatched = fields.Integer(
        string="Unmatched Receipts",
        default=10,
        help="Reminders wait while more than this number of receipts are unmatched",
    )

    _credit_followup_bank_not_negative = models.Constraint(
        "CHECK(credit_followup_bank_days >= 0 AND credit_followup_bank_unmatched >= 0)",
        "The numbers of days and receipts cannot be negative. Enter zero or more.",
    )

    def _explain_bank(self, today):
        """Why the company's reminders wait for the bank on a day, a sentence; empty if they do not."""
        if not self.credit_followup_waits_for_bank:
            return ""
        last_line, unmatched = self._read_bank()
        return {
            "": "",
            "never": self.env._(
                "Reminders are waiting: there is no bank statement yet. Import one, and match its lines."
            ),
            "old": self.env._(
                "Reminders are waiting: the last bank statement line is dated %s. Import the later statements and match them.",
                format_date(self.env, last_line),
            ),
            "unmatched": self.env._(
                "Reminders are waiting: %s bank receipts are unmatched. Match them first.",
                unmatched,
            ),
        }[
            bank_is_behind(
                today,
                last_line,
                unmatched,
                max_days=self.credit_followup_bank_days,
                max_unmatched=self.credit_followup_bank_unmatched,
            )
        ]

    def _read_bank(self):
        """Date of the last bank statement line of the company and its branches, and number of unmatched receipts."""
        self.env["account.bank.statement.line"].flush_model()
        self.env["account.move"].flush_model(["company_id", "date", "state"])
        [row] = self.env.execute_query(
            SQL(
                """SELECT MAX(m.date), COUNT(*) FILTER (WHERE s.amount > 0 AND s.is_reconciled IS NOT TRUE)
                     FROM account_bank_statement_line s
                     JOIN account_move m ON m.id = s.move_id
                     JOIN account_journal j ON j.id = m.journal_id
                    WHERE j.type = 'bank' AND m.state = 'posted' AND m.company_id IN %s""",
                tuple(self._get_credit_tree().ids),
            )
        )
        return row
