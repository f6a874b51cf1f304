from odoo import fields, models

TEAMS = [
    ("sales", "Sales"),
    ("logistics", "Logistics"),
    ("accounting", "Accounting"),
    ("quality", "Quality"),
    ("other", "Other"),
]


class CreditDisputeCategory(models.Model):
    """A kind of objection, the team that settles it and the target time."""

    _name = "credit.dispute.category"
    _description = "Category of Disputes"
    _inherit = ["credit.owned.mixin"]
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        domain="[('parent_id', '=', False)]",
        help="Empty: for all companies",
    )
    team = fields.Selection(
        TEAMS, required=True, default="sales", help="Team that usually settles it"
    )
    owner_id = fields.Many2one(
        "res.users",
        string="Usual Owner",
        domain=[("share", "=", False)],
        help="Empty: the customer's salesperson if the team is Sales, otherwise the collector",
    )
    target_days = fields.Integer(
        string="Days to Investigate", default=15, help="Days until the target date of a new dispute"
    )

    _target_to_come = models.Constraint(
        "CHECK(target_days BETWEEN 0 AND 730)", "Enter from 0 to 730 days to settle a dispute."
    )
