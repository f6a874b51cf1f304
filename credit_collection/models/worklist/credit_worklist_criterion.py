from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditWorklistCriterion(models.Model):
    """A fact used to rank customers, and its weight."""

    _name = "credit.worklist.criterion"
    _description = "Criterion of a Collection Strategy"
    _inherit = ["credit.owned.mixin"]
    _order = "weight desc, id"
    _company_path = "strategy_id.company_id"
    _rec_name = "kind"

    strategy_id = fields.Many2one(
        "credit.worklist.strategy", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(selection="_get_kind_selection", required=True, string="Fact")
    weight = fields.Float(default=1.0, required=True, digits=(16, 1))
    bracket_ids = fields.One2many(
        "credit.worklist.bracket", "criterion_id", string="Points", copy=True
    )
    is_by_class = fields.Boolean(compute="_compute_is_by_class")
    summary = fields.Char(string="In Words", compute="_compute_summary")

    _weight_positive = models.Constraint(
        "CHECK(weight > 0)", "Enter a weight above zero, or remove the criterion."
    )
    _kind_unique = models.Constraint(
        "UNIQUE(strategy_id, kind)",
        "This fact is already a criterion. Change its weight or its points.",
    )

    @api.model
    def _get_kind_selection(self):
        facts = self.env["credit.worklist"]._get_facts()
        return [(name, fact.label) for name, fact in facts.items()]

    @api.depends("kind")
    def _compute_is_by_class(self):
        for criterion in self:
            criterion.is_by_class = criterion.kind == "risk_class"

    @api.depends("bracket_ids.minimum", "bracket_ids.points", "bracket_ids.risk_class_id", "kind")
    @api.depends_context("lang")
    def _compute_summary(self):
        for criterion in self:
            criterion.summary = ", ".join(
                self.env._(
                    "%(name)s: %(points)g points",
                    name=line.risk_class_id.name or "",
                    points=line.points,
                )
                if criterion.is_by_class
                else self.env._(
                    "from %(minimum)g: %(points)g points",
                    minimum=line.minimum,
                    points=line.points,
                )
                for line in criterion.bracket_ids
            )

    @api.constrains("bracket_ids")
    def _check_brackets(self):
        for criterion in self:
            name = "risk_class_id" if criterion.is_by_class else "minimum"
            values = (
                criterion.bracket_ids.mapped(name)
                if not criterion.is_by_class
                else [line.risk_class_id for line in criterion.bracket_ids]
            )
            if len(values) != len(set(values)):
                raise ValidationError(
                    self.env._(
                        'Two lines of "%s" have the same threshold or the same class. Remove one of them.',
                        dict(self._get_kind_selection()).get(criterion.kind, criterion.kind),
                    )
                )
