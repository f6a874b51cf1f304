from odoo import fields, models


class CreditDisputeCause(models.Model):
    """The root cause of a dispute, known once it is settled, so that it can be prevented."""

    _name = "credit.dispute.cause"
    _description = "Root Cause of Disputes"
    _inherit = ["credit.owned.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", domain="[('parent_id', '=', False)]", help="Empty: for all companies"
    )
    is_ours = fields.Boolean(string="Our Fault", help="The company could have avoided it")
