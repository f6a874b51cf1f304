from odoo import api, fields, models


class CreditScoreInput(models.Model):
    """What a criterion gave, as it stood when the score was computed."""

    _name = "credit.score.input"
    _description = "Input of a Score"
    _order = "score_id, gain desc, id"
    _rec_name = "figure"

    score_id = fields.Many2one("credit.score", required=True, index=True, ondelete="cascade")
    figure = fields.Selection(
        lambda self: self.env["credit.scorecard.criterion"]._fields["figure"].selection,
        required=True,
    )
    is_known = fields.Boolean()
    value = fields.Float(digits=(16, 2))
    points = fields.Float()
    weight = fields.Float()
    gain = fields.Float(help="By how much the score would rise with all points here")
    explanation = fields.Char(compute="_compute_explanation")

    @api.depends("figure", "value", "points", "gain", "is_known")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            if not line.is_known:
                line.explanation = self.env._("Unknown: find out, it may raise the score")
            elif line.gain > 0:
                line.explanation = self.env._(
                    "Up to %s more with a better figure", f"{line.gain:g}"
                )
            else:
                line.explanation = self.env._("All points")
