from odoo import api, fields, models

from .credit_litigation_mixin import OWED_ITEMS


class CreditInsolvencyLine(models.Model):
    """An item owed in insolvency proceedings: declared if it is from before the judgment, due as usual if later."""

    _name = "credit.insolvency.line"
    _description = "Claim in Insolvency Proceedings"
    _inherit = ["credit.owned.mixin"]
    _order = "date, id"
    _company_path = "insolvency_id.company_id"

    insolvency_id = fields.Many2one(
        "credit.insolvency", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="insolvency_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    item_id = fields.Many2one(
        "account.move.line",
        required=True,
        index=True,
        ondelete="restrict",
        domain=OWED_ITEMS,
    )
    date = fields.Date(compute="_compute_item", store=True, compute_sudo=True)
    amount = fields.Monetary(
        string="Owed",
        compute="_compute_item",
        store=True,
        compute_sudo=True,
        help="Open when it was added, taxes included, in the company's currency",
    )
    is_later = fields.Boolean(
        string="After the Judgment", compute="_compute_is_later", store=True, compute_sudo=True
    )
    declared = fields.Monetary(
        compute="_compute_declared", store=True, readonly=False, compute_sudo=True
    )
    admitted = fields.Monetary()
    contested = fields.Monetary()
    rank = fields.Selection(
        [("ordinary", "Ordinary"), ("privileged", "Privileged"), ("secured", "Secured")],
        required=True,
        default="ordinary",
    )

    _item_once = models.UniqueIndex(
        "(insolvency_id, item_id)", "An item is on two lines. Keep one of them."
    )
    _not_negative = models.Constraint(
        "CHECK(COALESCE(declared, 0) >= 0 AND COALESCE(admitted, 0) >= 0 AND COALESCE(contested, 0) >= 0)",
        "Declared, admitted and contested amounts cannot be negative. Enter zero or more.",
    )

    @api.depends("item_id")
    def _compute_item(self):
        for line in self:
            line.date = line.item_id.date
            line.amount = line.amount or line.item_id.amount_residual

    @api.depends("date", "insolvency_id.date_judgment", "insolvency_id.kind")
    def _compute_is_later(self):
        for line in self:
            line.is_later = line.insolvency_id._is_later(line.date)

    @api.depends("amount", "is_later")
    def _compute_declared(self):
        """All that is owed from before the judgment, taxes included."""
        for line in self:
            line.declared = 0.0 if line.is_later else line.amount
