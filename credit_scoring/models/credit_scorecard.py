from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditScorecard(models.Model):
    """Criteria, weights and brackets that make a score of what is known of a customer."""

    _name = "credit.scorecard"
    _description = "Scorecard"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The first scorecard of a company is used every night"
    )
    active = fields.Boolean(
        default=False, help="Scores are computed every night by an active scorecard"
    )
    company_id = fields.Many2one(
        "res.company",
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="Leave empty to allow every company to use it",
    )
    criterion_ids = fields.One2many(
        "credit.scorecard.criterion", "scorecard_id", string="Criteria", copy=True
    )
    min_a = fields.Float(string="First Class From", default=80.0)
    min_b = fields.Float(string="Second Class From", default=65.0)
    min_c = fields.Float(string="Third Class From", default=50.0)
    min_d = fields.Float(string="Fourth Class From", default=35.0)

    _starts_in_order = models.Constraint(
        "CHECK(100 >= min_a AND min_a > min_b AND min_b > min_c AND min_c > min_d AND min_d >= 0)",
        "The classes overlap. Enter scores from 100 down to 0, each lower than the one before.",
    )

    @api.constrains("criterion_ids", "active")
    def _check_criteria(self):
        for card in self:
            if card.active and not sum(card.criterion_ids.mapped("weight")):
                raise ValidationError(
                    self.env._(
                        'The criteria of "%s" have no weight, so there is no score. Enter a weight, or archive the scorecard.',
                        card.name,
                    )
                )

    def _get_class(self, score):
        """The class a score leads to, among the five first classes of the company; may be empty."""
        classes = self.env["credit.risk.class"].search(
            [("company_id", "in", (False, self.env.company.root_id.id))], limit=5
        )
        starts = (self.min_a, self.min_b, self.min_c, self.min_d)
        place = next((n for n, start in enumerate(starts) if score >= start), len(starts))
        return classes[min(place, len(classes) - 1)] if classes else classes

    @api.model
    def _get_in_use(self, company):
        """The scorecard used in a root company; may be empty."""
        return self.search([("company_id", "in", (False, company.id))], limit=1)

    def _to_rules(self):
        """:rtype: tuple[rules.scorecard.Criterion]"""
        return tuple(criterion._to_rule() for criterion in self.criterion_ids)
