from odoo import api, fields, models

from .credit_litigation_mixin import OWED_ITEMS


class CreditLitigationLine(models.Model):
    """An item claimed in a case, with what it bears today."""

    _name = "credit.litigation.line"
    _description = "Claimed Item"
    _inherit = ["credit.answer.line.mixin"]
    _order = "date_due, id"
    _company_path = "litigation_id.company_id"

    litigation_id = fields.Many2one(
        "credit.litigation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        domain=OWED_ITEMS,
    )
    currency_id = fields.Many2one(related="litigation_id.currency_id")
    company_id = fields.Many2one(related="litigation_id.company_id", store=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    state = fields.Selection(related="litigation_id.state", store=True)
    amount = fields.Monetary(
        string="Amount Claimed",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        help="What was open when the item was added",
    )
    residual = fields.Monetary(
        string="Still Owed",
        currency_field="company_currency_id",
        compute="_compute_figures",
        compute_sudo=True,
        help="Open today, in the company's currency",
    )
    interest = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_figures",
        compute_sudo=True,
        help="Late interest to today, neither invoiced nor waived",
    )
    fixed_sum = fields.Monetary(
        string="Recovery Costs",
        currency_field="company_currency_id",
        compute="_compute_figures",
        compute_sudo=True,
        help="Fixed sum of the law, neither invoiced nor waived",
    )

    _positive = models.Constraint("CHECK(amount > 0)", "Enter a claimed amount above zero.")
    _in_one_case = models.UniqueIndex(
        "(item_id) WHERE state = 'open'",
        "This item is claimed in another case. Close that case first.",
    )

    @api.depends("item_id")
    def _compute_amount(self):
        for line in self.filtered("item_id"):
            line.amount = line.amount or line.item_id.sudo().amount_residual_currency

    @api.depends("item_id.amount_residual", "state")
    def _compute_figures(self):
        """What is owed of the items today, measured for all of them at once."""
        today = self.env["res.company"]._get_credit_today()
        items = self.item_id._origin
        measured = self.env["credit.late.measure"]._measure(items, today) if items else {}
        for line in self:
            figures = measured.get(line.item_id._origin.id)
            line.residual = line.item_id.amount_residual
            line.interest = figures.interest if figures else 0.0
            line.fixed_sum = figures.indemnity if figures else 0.0

    def _get_answer(self):
        return self.litigation_id

    def _get_claimed(self):
        """The claimed amount in the company's currency, at the rate at which the item was booked."""
        item = self.item_id.sudo()
        if not item.amount_currency or self.currency_id == self.company_currency_id:
            return self.amount
        return self.company_currency_id.round(self.amount * item.balance / item.amount_currency)
