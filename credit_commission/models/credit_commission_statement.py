from odoo import fields, models


class CreditCommissionStatement(models.Model):
    """What a person earned in a period: opening balance, entries, total; agreed, then billed or paid by payroll.

    Amounts are in the company's currency, without taxes.
    """

    _name = "credit.commission.statement"
    _description = "Commission Statement"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, person_id, id"

    name = fields.Char("Number", readonly=True, copy=False, default="/")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, index=True)
    plan_id = fields.Many2one("credit.commission.plan", index="btree_not_null")
    date_from = fields.Date(required=True)
    date_to = fields.Date(required=True, index=True)
    previous_id = fields.Many2one(
        "credit.commission.statement", readonly=True, copy=False, index="btree_not_null"
    )
    opening = fields.Monetary(
        "Opening Balance",
        readonly=True,
        help="Negative total carried over from the statement before.",
    )
    entry_ids = fields.One2many("credit.commission.entry", "statement_id", readonly=True)
    earned = fields.Monetary(readonly=True, help="Sum of the entries.")
    total = fields.Monetary(readonly=True, help="Opening balance and entries.")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("agreed", "Agreed"),
            ("contested", "Contested"),
            ("closed", "Closed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    payout = fields.Selection(
        [("bill", "Vendor bill"), ("payroll", "Payroll")], copy=False, help="How the total is paid."
    )
    bill_id = fields.Many2one(
        "account.move", "Vendor Bill", readonly=True, copy=False, index="btree_not_null"
    )
    date_paid = fields.Date(readonly=True, copy=False)
