from odoo import fields, models


class CreditWorklistBracket(models.Model):
    """Points from a threshold, or for a risk class."""

    _name = "credit.worklist.bracket"
    _description = "Points of a Criterion"
    _inherit = ["credit.owned.mixin"]
    _order = "minimum, id"
    _company_path = "criterion_id.strategy_id.company_id"

    criterion_id = fields.Many2one(
        "credit.worklist.criterion", required=True, index=True, ondelete="cascade"
    )
    minimum = fields.Float(string="From", digits=(16, 2))
    risk_class_id = fields.Many2one("credit.risk.class", string="Class", ondelete="cascade")
    points = fields.Float(required=True, digits=(16, 1), help="From 0, not urgent, to 100")

    _points_in_range = models.Constraint(
        "CHECK(points BETWEEN 0 AND 100)", "Points go from 0 to 100."
    )
