from odoo import api, fields, models

from ...rules.worklist_score import Criterion


class CreditWorklistStrategy(models.Model):
    """Weighted criteria that rank the customers to call; managers may change them."""

    _name = "credit.worklist.strategy"
    _description = "Collection Strategy"
    _inherit = ["credit.owned.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first strategy of a company is used")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="Empty: for every company without its own strategy",
    )
    criterion_ids = fields.One2many(
        "credit.worklist.criterion", "strategy_id", string="Criteria", copy=True
    )
    minimum_amount = fields.Float(
        digits="Account",
        help="In the currency of the company. Customers who owe less are not called.",
    )
    rest_days = fields.Integer(
        string="Days of Rest",
        default=7,
        help="Days after a contact during which a customer is not called again, unless another day was agreed",
    )
    high_score = fields.Float(string="Urgent from", default=60.0)
    medium_score = fields.Float(string="Normal from", default=30.0)

    _figures = models.Constraint(
        "CHECK(minimum_amount >= 0 AND rest_days >= 0 AND medium_score >= 0 AND high_score >= medium_score)",
        'Amounts, days and scores cannot be negative, and the "urgent" score must be at least the "normal" score.',
    )

    @api.model
    def _get_by_company(self):
        """``{root company id: strategy}`` of all companies that have one."""
        roots = self.env["res.company"]._get_credit_roots()
        strategies = self.sudo().search([("company_id", "in", [False, *roots])])
        found = {}
        for company_id in roots:
            own = strategies.filtered(lambda one, root=company_id: one.company_id.id == root)
            shared = strategies.filtered(lambda one: not one.company_id)
            if chosen := (own or shared)[:1]:
                found[company_id] = chosen
        return found

    def _to_rule(self):
        """The criteria as the rule knows them.

        :rtype: tuple[Criterion]
        """
        return tuple(
            Criterion(
                criterion.kind,
                criterion.weight,
                tuple(
                    (line.minimum, line.points)
                    for line in criterion.bracket_ids.sorted("minimum")
                    if not criterion.is_by_class
                ),
                tuple(
                    (line.risk_class_id.id, line.points)
                    for line in criterion.bracket_ids
                    if criterion.is_by_class
                ),
            )
            for criterion in self.criterion_ids
        )
