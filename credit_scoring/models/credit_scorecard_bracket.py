from odoo import fields, models


class CreditScorecardBracket(models.Model):
    """Points from a figure on, up to the next bracket: brackets cannot overlap or leave holes."""

    _name = "credit.scorecard.bracket"
    _description = "Bracket of a Criterion"
    _inherit = ["credit.owned.mixin"]
    _order = "criterion_id, start, id"
    _rec_name = "start"
    _company_path = "criterion_id.scorecard_id.company_id"

    criterion_id = fields.Many2one(
        "credit.scorecard.criterion", required=True, index=True, ondelete="cascade"
    )
    start = fields.Float(
        string="From", required=True, help="The first bracket holds anything below too"
    )
    points = fields.Float(required=True)

    _points_in_range = models.Constraint(
        "CHECK(points >= 0 AND points <= 100)", "Points go from 0 to 100."
    )
    _start_once = models.Constraint(
        "UNIQUE(criterion_id, start)", "Two brackets begin at the same figure. Change one of them."
    )
