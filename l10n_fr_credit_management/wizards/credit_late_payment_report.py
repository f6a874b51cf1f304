import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..report.late_payment_workbook import build_workbook
from ..rules import late_payments
from ..rules.late_payments import Lot, build_block, labels

_RECEIVED = ("in_invoice", "in_refund", "in_receipt")
_ISSUED = ("out_invoice", "out_refund", "out_receipt")
_CREDIT_NOTES = ("in_refund", "out_refund")


class CreditLatePaymentReport(models.TransientModel):
    """The tables of late payments of article D441-6, from the ledger as it was at the closing date."""

    _name = "credit.late.payment.report"
    _description = "Tables of Late Payments"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="With its branches",
    )
    day = fields.Date(
        string="Closing Date",
        required=True,
        default=lambda self: self._get_default_day(),
        help="End of the financial year",
    )
    variant = fields.Selection(
        [("open", "Unpaid at the closing date"), ("year", "Paid late during the year")],
        string="Invoices",
        required=True,
        default="open",
        help="The decree lets the company choose; the second table also has what is still unpaid at the closing date",
    )
    tax = fields.Selection(
        [("incl", "Taxes included"), ("excl", "Without taxes")],
        string="Amounts",
        required=True,
        default="incl",
        help="The company chooses and says so in the table",
    )
    file_xlsx = fields.Binary(string="Workbook", readonly=True, attachment=False)

    @api.model
    def _get_default_day(self):
        """The last day of the financial year before this one."""
        today = self.env["res.company"]._get_credit_today()
        first = self.env.company.compute_fiscalyear_dates(today)["date_from"]
        return fields.Date.subtract(first, days=1)

    # === ACTIONS === #

    def action_preview(self):
        """Show the tables as a page."""
        return self._action_report("action_late_payment_preview")

    def action_print(self):
        """Print the tables."""
        return self._action_report("action_late_payment_report")

    def action_export(self):
        """Download the tables as a workbook."""
        content = build_workbook(self._get_report_data())
        self.file_xlsx = base64.b64encode(content)
        name = f"D441-6-{self.day.isoformat()}.xlsx"
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file_xlsx?download=true&filename={name}",
        }

    def _action_report(self, name):
        self._check_choice()
        report = self.env["ir.actions.report"]._for_xml_id(f"l10n_fr_credit_management.{name}")
        return self.env["ir.actions.report"].browse(report["id"]).report_action(self, config=False)

    def _check_choice(self):
        """:raise AccessError: for a company that the user has not selected
        :raise UserError: for a day without ledger
        """
        self.ensure_one()
        self.check_access("read")
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Select this company at the top of the page first."))
        if self.day > self.env["res.company"]._get_credit_today():
            raise UserError(
                self.env._(
                    "The ledger of tomorrow is not known yet. Choose today or an earlier day."
                )
            )
        self._check_first_entry()

    def _check_first_entry(self):
        domain = [("state", "=", "posted"), ("company_id", "child_of", self.company_id.id)]
        first = self.env["account.move"].sudo().search(domain, order="date, id", limit=1).date
        if not first or self.day < first:
            raise UserError(
                self.env._(
                    "Nothing was posted by this day: the first entry is of %s. Choose a later day.",
                    first.isoformat() if first else "–",
                )
            )

    # === FIGURES === #

    def _get_report_data(self):
        """What the page, the PDF and the workbook show, after checking what was asked for."""
        self._check_choice()
        blocks = self._get_blocks()
        return {
            "title": late_payments.TITLES[self.variant],
            "company": self.company_id.sudo().name,
            "day": self.day,
            "variant": self.variant,
            "columns": late_payments.COLUMNS,
            "brackets": late_payments.BRACKETS,
            "excluded": late_payments.EXCLUDED,
            "terms": late_payments.TERMS,
            "terms_used": late_payments.TERMS_USED,
            "places": self.company_id.sudo().currency_id.decimal_places,
            "currency": self.company_id.sudo().currency_id.name,
            "blocks": [
                {
                    "title": late_payments.BLOCKS[self.variant, direction],
                    "labels": labels(self.variant, direction, self.tax),
                    "block": block,
                }
                for direction, block in blocks.items()
            ],
        }

    def _get_blocks(self):
        """``{"received": Block, "issued": Block}``"""
        lots = {"received": [], "issued": []}
        self.env.flush_all()
        for direction, *values in self.env.execute_query(self._lots_sql()):
            lots[direction].append(Lot(*values))
        bases = {
            direction: values for direction, *values in self.env.execute_query(self._base_sql())
        }
        places = self.company_id.sudo().currency_id.decimal_places
        return {
            direction: build_block(found, *bases.get(direction, (0, 0)), places)
            for direction, found in lots.items()
        }

    def _get_first_day(self):
        return self.company_id.sudo().compute_fiscalyear_dates(self.day)["date_from"]

    def _get_company_ids(self):
        """The company and its branches: one legal entity."""
        return tuple(
            self.env["res.company"].sudo().search([("id", "child_of", self.company_id.id)]).ids
        )

    # === SQL === #

    def _direction_sql(self):
        return SQL("CASE WHEN m.move_type IN %s THEN 'received' ELSE 'issued' END", _RECEIVED)

    def _base_sql(self):
        """Rows ``(direction, amount, count)`` of the invoices of the year, less credit notes."""
        amount = "amount_total_signed" if self.tax == "incl" else "amount_untaxed_signed"
        return SQL(
            """SELECT d.direction, ABS(SUM(%(amount)s)), COUNT(*) FILTER (WHERE m.move_type NOT IN %(credit_notes)s)
                 FROM account_move m CROSS JOIN LATERAL (SELECT %(direction)s AS direction) d
                WHERE m.state = 'posted' AND m.move_type IN %(types)s AND m.company_id IN %(companies)s
                  AND m.date BETWEEN %(first)s AND %(day)s
                GROUP BY d.direction""",
            amount=SQL.identifier("m", amount),
            credit_notes=_CREDIT_NOTES,
            direction=self._direction_sql(),
            types=_RECEIVED + _ISSUED,
            companies=self._get_company_ids(),
            first=self._get_first_day(),
            day=self.day,
        )

    def _lots_sql(self):
        """Rows ``(direction, days, disputed, count, amount)`` of what is or was late.

        An invoice is counted once, where its oldest part is; a credit note reduces the amount and is not counted.
        """
        return SQL(
            """SELECT r.direction, r.days, r.disputed, COUNT(*) FILTER (WHERE r.counted AND r.place = 1), SUM(r.amount)
                 FROM (SELECT d.direction, x.days, x.disputed, m.move_type NOT IN %(credit_notes)s AS counted,
                              p.amount * %(share)s * CASE WHEN d.direction = 'issued' THEN 1 ELSE -1 END AS amount,
                              ROW_NUMBER() OVER (PARTITION BY m.id, x.disputed ORDER BY x.days DESC, l.id) AS place
                         FROM (%(parts)s) p
                         JOIN account_move_line l ON l.id = p.item_id
                         JOIN account_move m ON m.id = l.move_id
                        CROSS JOIN LATERAL (SELECT %(direction)s AS direction) d
                        CROSS JOIN LATERAL (SELECT p.day - COALESCE(l.date_maturity, l.date) AS days,
                                                   %(disputed)s AS disputed) x
                        WHERE l.display_type = 'payment_term' AND l.parent_state = 'posted' AND l.date <= %(day)s
                          AND m.move_type IN %(types)s AND m.company_id IN %(companies)s
                          AND (x.days > 0 OR x.days = 0 AND p.day = %(day)s)) r
                GROUP BY r.direction, r.days, r.disputed""",
            credit_notes=_CREDIT_NOTES,
            share=self._share_sql(),
            parts=self._parts_sql(),
            direction=self._direction_sql(),
            disputed=self._disputed_sql(),
            day=self.day,
            types=_RECEIVED + _ISSUED,
            companies=self._get_company_ids(),
        )

    def _share_sql(self):
        """The part of an invoice that is not tax, or all of it."""
        if self.tax == "incl":
            return SQL("1")
        return SQL("COALESCE(m.amount_untaxed_signed / NULLIF(m.amount_total_signed, 0), 1)")

    def _parts_sql(self):
        """Rows ``(item_id, amount, day)``: open at the closing date or, for the table of the year, settled on a day."""
        if self.variant == "open":
            return self._open_sql()
        return SQL("%s UNION ALL %s", self._open_sql(), self._settled_sql())

    def _open_sql(self):
        """What is open at the closing date: what is open now, and what was matched since."""
        return SQL(
            """SELECT o.item_id, SUM(o.amount) AS amount, %(day)s::date AS day
                 FROM (SELECT l.id AS item_id, l.amount_residual AS amount FROM account_move_line l
                        WHERE l.display_type = 'payment_term' AND l.parent_state = 'posted' AND l.date <= %(day)s
                          AND l.company_id IN %(companies)s AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0
                        UNION ALL
                       SELECT debit_move_id, amount FROM account_partial_reconcile
                        WHERE max_date > %(day)s AND company_id IN %(companies)s
                        UNION ALL
                       SELECT credit_move_id, -amount FROM account_partial_reconcile
                        WHERE max_date > %(day)s AND company_id IN %(companies)s) o
                GROUP BY o.item_id
               HAVING SUM(o.amount) <> 0""",
            day=self.day,
            companies=self._get_company_ids(),
        )

    def _settled_sql(self):
        """What was paid in the year, on its day; a credit note is no payment."""
        return SQL(
            """SELECT s.item_id, s.amount, r.max_date AS day
                 FROM account_partial_reconcile r
                 JOIN account_move_line e ON e.id = r.debit_move_id JOIN account_move me ON me.id = e.move_id
                 JOIN account_move_line c ON c.id = r.credit_move_id JOIN account_move mc ON mc.id = c.move_id
                CROSS JOIN LATERAL (VALUES (r.debit_move_id, r.amount), (r.credit_move_id, -r.amount)) s(item_id, amount)
                WHERE r.max_date BETWEEN %(first)s AND %(day)s AND r.company_id IN %(companies)s
                  AND me.move_type NOT IN %(credit_notes)s AND mc.move_type NOT IN %(credit_notes)s
                  AND me.state = 'posted' AND mc.state = 'posted'""",
            first=self._get_first_day(),
            day=self.day,
            companies=self._get_company_ids(),
            credit_notes=_CREDIT_NOTES,
        )

    def _disputed_sql(self):
        """Whether item ``l`` of document ``m`` is disputed: payment blocked, or in a dispute of that day."""
        blocked = SQL("m.payment_state = 'blocked'")
        if "credit.dispute.line" not in self.env:
            return blocked
        return SQL(
            """(%(blocked)s OR EXISTS (
                   SELECT FROM credit_dispute_line t JOIN credit_dispute q ON q.id = t.dispute_id
                    WHERE t.item_id = l.id AND q.state <> 'cancelled' AND q.date <= %(day)s
                      AND (q.date_closed IS NULL OR q.date_closed > %(day)s)))""",
            blocked=blocked,
            day=self.day,
        )
