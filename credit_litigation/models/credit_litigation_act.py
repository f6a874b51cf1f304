from odoo import fields, models


class CreditLitigationAct(models.Model):
    """A kind of step: a claim is filed, an order is made, an order is served."""

    _name = "credit.litigation.act"
    _description = "Kind of Step"
    _inherit = ["credit.owned.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
        help="Leave empty for every company",
    )
    used_for = fields.Selection(
        [("case", "Cases"), ("insolvency", "Insolvency")], required=True, default="case"
    )
    by = fields.Selection(
        [("us", "Us"), ("customer", "The customer"), ("court", "The court")],
        required=True,
        default="us",
        help="Who acts. A deadline of ours is watched before it ends, one of others once it is over.",
    )
    rule_ids = fields.One2many("credit.deadline.rule", "start_act_id", string="Deadlines It Starts")
