from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.scorecard import Bracket, Criterion


class CreditScorecardCriterion(models.Model):
    """A figure of the customer, its weight in the score and the points of its brackets."""

    _name = "credit.scorecard.criterion"
    _description = "Criterion of a Scorecard"
    _inherit = ["credit.owned.mixin"]
    _order = "scorecard_id, sequence, id"
    _rec_name = "figure"
    _company_path = "scorecard_id.company_id"

    scorecard_id = fields.Many2one(
        "credit.scorecard", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    figure = fields.Selection(
        [
            ("points", "Payer score"),
            ("weighted_delay", "Weighted delay (days)"),
            ("on_time", "Paid on time (%)"),
            ("trend", "Trend of the delay (days)"),
            ("overdue_share", "Overdue (% of exposure)"),
            ("seniority", "Customer for (years)"),
            ("equity_ratio", "Equity ratio (%)"),
            ("liquidity", "Liquidity"),
            ("z2", "Altman Z″"),
            ("conan", "Conan-Holder"),
        ],
        required=True,
    )
    weight = fields.Float(default=10.0)
    has_missing = fields.Boolean(
        string="Points if Unknown",
        help="Otherwise the criterion is left out where the figure is unknown",
    )
    missing = fields.Float(string="Points Then")
    bracket_ids = fields.One2many(
        "credit.scorecard.bracket", "criterion_id", string="Brackets", copy=True
    )

    _weight_not_negative = models.Constraint(
        "CHECK(weight >= 0 AND missing >= 0 AND missing <= 100)",
        "A weight cannot be negative, and points go from 0 to 100.",
    )
    _figure_once = models.Constraint(
        "UNIQUE(scorecard_id, figure)", "This figure is already a criterion of the scorecard."
    )

    @api.constrains("bracket_ids")
    def _check_brackets(self):
        for criterion in self:
            if not criterion.bracket_ids:
                raise ValidationError(
                    self.env._("A criterion needs brackets, or it gives no points. Add one.")
                )

    def _to_rule(self):
        brackets = self.bracket_ids.sorted("start")
        return Criterion(
            self.figure,
            self.weight,
            tuple(Bracket(bracket.start, bracket.points) for bracket in brackets),
            self.missing if self.has_missing else None,
        )
