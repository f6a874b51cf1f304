from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .credit_late_measure import DEBTOR_TYPE, PAID_ON
from .credit_late_policy import DEBTOR_TYPES


class CreditLateItem(models.Model):
    """Items that are late or were paid late, and the charges claimable on them today.

    No table: read from the ledger each time. Items paid before the date in the company's settings are left out, so
    that installing does not claim for the past. Amounts are in the root company's currency.
    """

    _name = "credit.late.item"
    _description = "Item Paid Late"
    _auto = False
    _order = "date_due, id"
    _rec_name = "invoice_id"

    _depends = {
        "account.account": ["doubtful_customers"],
        "account.move": ["late_charge_is_note", "move_type"],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "balance",
            "date",
            "date_maturity",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "account.partial.reconcile": ["amount", "debit_move_id", "max_date"],
        "credit.late.charge": ["date_to", "is_partial", "item_id", "state"],
        "credit.profile": ["insolvency_date", "insolvency_kind", "debtor_type", "status"],
        "res.company": ["credit_late_date_start"],
        "res.partner": ["commercial_partner_id", "company_registry", "is_company", "vat"],
    }

    item_id = fields.Many2one("account.move.line", string="Journal Item", readonly=True)
    invoice_id = fields.Many2one("account.move", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_type = fields.Selection(DEBTOR_TYPES, readonly=True)
    amount = fields.Monetary(readonly=True)
    residual = fields.Monetary(readonly=True, string="Still Open")
    date_due = fields.Date(string="Due", readonly=True)
    date_paid = fields.Date(
        string="Paid", readonly=True, help="Date of the last payment, once all is paid"
    )
    is_settled = fields.Boolean(
        readonly=True, help="Paid, and all its charges were claimed, invoiced or waived"
    )
    is_held = fields.Boolean(
        string="Not Claimed",
        readonly=True,
        help="The customer is insolvent or in litigation: nothing is proposed",
    )
    late_days = fields.Integer(compute="_compute_charges", string="Days Late")
    interest = fields.Monetary(compute="_compute_charges", help="Not invoiced, not waived")
    indemnity = fields.Monetary(
        compute="_compute_charges", string="Recovery Costs", help="Not invoiced, not waived"
    )
    missing = fields.Text(compute="_compute_charges", string="Days without a Rate")
    not_claimed = fields.Text(
        compute="_compute_charges",
        string="Reason Not Claimed",
        help="Why the charges owed are not claimed",
    )
    excess = fields.Text(compute="_compute_charges", string="Overcharged")
    explanation = fields.Text(compute="_compute_charges")
    charge_ids = fields.Many2many("credit.late.charge", compute="_compute_charge_ids")

    # === COMPUTE METHODS === #

    @api.depends("invoice_id")
    def _compute_display_name(self):
        # a user who may see the item sees the number, even of a branch's invoice
        for row in self:
            row.display_name = row.sudo().invoice_id.display_name

    @api.depends("item_id", "date_due", "date_paid")
    @api.depends_context("lang", "uid")
    def _compute_charges(self):
        today = self.env["res.company"]._get_credit_today()
        charges, measure = self.env["credit.late.charge"], self.env["credit.late.measure"]
        measured = charges._measure(self.item_id, today)
        for row in self:
            figures = measured[row.item_id.id]
            row.late_days = max(((row.date_paid or today) - row.date_due).days, 0)
            row.interest, row.indemnity = figures.interest, figures.indemnity
            row.missing = figures.missing
            row.not_claimed = measure._explain_held(figures.held)
            row.excess = measure._explain_excess(figures.excess, row.company_id)
            parts = [charges._to_json(segment) for segment in figures.segments]
            row.explanation = charges.new(
                {
                    "kind": "interest",
                    "segments": parts,
                    "company_id": row.company_id.id,
                    "correction_amount": figures.correction,
                }
            )._explain()

    @api.depends("item_id")
    def _compute_charge_ids(self):
        charges = self.env["credit.late.charge"].search([("item_id", "in", self.item_id.ids)])
        by_item = charges.grouped("item_id")
        for row in self:
            row.charge_ids = by_item.get(row.item_id)

    # === ACTIONS === #

    def action_claim(self):
        """Claim today's charges without a letter."""
        missing = "\n".join(sorted({row.missing for row in self if row.missing}))
        charges = self._claim()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Late Charges"),
            "res_model": "credit.late.charge",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", charges.ids)],
        }
        return self._notify_missing_rates(missing, action) if missing else action

    def _notify_missing_rates(self, sentences, action):
        """Notify the days without a known rate, then open the charges claimed."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Claimed for the days with a known rate"),
                "message": sentences,
                "next": action,
            },
        }

    def action_waive(self):
        """Waive today's charges, with a reason."""
        charges = self._claim()
        return charges.action_open_waiver()

    def _claim(self):
        self.check_access("read")
        self.env["credit.late.charge"]._check_may_claim()
        today = self.env["res.company"]._get_credit_today()
        charges = self.env["credit.late.charge"]._claim(None, self.item_id, today)
        if not charges and (held := next(filter(None, self.mapped("not_claimed")), "")):
            raise UserError(held)
        return charges.with_env(self.env)

    # === BUSINESS METHODS === #

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._query_open(), self._query_paid())

    def _query_open(self):
        """Unpaid and partly paid items."""
        return SQL(
            "%s WHERE %s AND l.reconciled IS NOT TRUE",
            self._select(SQL("NULL::date"), SQL("FALSE")),
            self._where(),
        )

    def _query_paid(self):
        """Items paid late since the start date; the first condition keeps the planner from reading all paid items."""
        return SQL(
            """%(select)s
                CROSS JOIN LATERAL (
                      SELECT MAX(%(paid_on)s) AS last
                        FROM account_partial_reconcile r
                        JOIN account_move_line e ON e.id = r.credit_move_id
                        JOIN account_move m ON m.id = e.move_id
                       WHERE r.debit_move_id = l.id
                ) paid
                CROSS JOIN LATERAL (
                      SELECT MAX(g.date_to) AS last, BOOL_OR(g.is_partial) AS is_partial FROM credit_late_charge g
                       WHERE g.item_id = l.id AND g.state <> 'cancelled'
                ) charged
                WHERE EXISTS (SELECT FROM account_partial_reconcile s
                               WHERE s.debit_move_id = l.id AND s.max_date >= o.credit_late_date_start
                                 AND s.max_date > COALESCE(l.date_maturity, l.date))
                  AND %(where)s AND l.reconciled
                  AND paid.last > COALESCE(l.date_maturity, l.date) AND paid.last >= o.credit_late_date_start""",
            select=self._select(
                SQL("paid.last"),
                SQL(
                    "COALESCE(charged.last >= paid.last AND charged.is_partial IS NOT TRUE, FALSE)"
                ),
            ),
            paid_on=PAID_ON,
            where=self._where(),
        )

    def _select(self, date_paid, is_settled):
        return SQL(
            """SELECT l.id, l.id AS item_id, l.move_id AS invoice_id, p.id AS partner_id, o.id AS company_id,
                      %(debtor_type)s AS debtor_type, l.balance AS amount, l.amount_residual AS residual,
                      COALESCE(l.date_maturity, l.date) AS date_due,
                      %(date_paid)s AS date_paid, %(is_settled)s AS is_settled,
                      COALESCE(f.status = 'legal' OR %(insolvent)s, FALSE) AS is_held
                 FROM account_move_line l
                 JOIN account_move i ON i.id = l.move_id AND i.late_charge_is_note IS NOT TRUE
                 JOIN res_company c ON c.id = l.company_id
                 JOIN res_company o ON o.id = split_part(c.parent_path, '/', 1)::int
                 JOIN res_partner x ON x.id = l.partner_id
                 JOIN res_partner p ON p.id = x.commercial_partner_id
                 LEFT JOIN credit_profile f ON f.partner_id = p.id AND f.company_id = o.id""",
            debtor_type=DEBTOR_TYPE,
            date_paid=date_paid,
            is_settled=is_settled,
            insolvent=self.env["credit.profile"]._insolvent_sql(),
        )

    def _where(self):
        return SQL(
            "l.parent_state = 'posted' AND l.balance > 0 AND l.account_id IN %s",
            self.env["account.account"]._get_exposure_account_ids(),
        )
