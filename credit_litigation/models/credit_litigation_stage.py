from odoo import fields, models


class CreditLitigationStage(models.Model):
    """A column of the board of cases."""

    _name = "credit.litigation.stage"
    _description = "Stage of Cases"
    _inherit = ["credit.owned.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    fold = fields.Boolean(string="Folded", help="Folded in the board of cases")
    is_closing = fields.Boolean(string="Last Stage", help="A case moves here when it is closed")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
        help="Leave empty for every company",
    )
