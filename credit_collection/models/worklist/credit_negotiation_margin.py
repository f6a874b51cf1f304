from odoo import fields, models


class CreditNegotiationMargin(models.Model):
    """What collectors may grant alone to customers of a class or portfolio; beyond it a manager is asked."""

    _name = "credit.negotiation.margin"
    _description = "Negotiation Margin"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "portfolio_id, risk_class_id, id"

    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    risk_class_id = fields.Many2one(
        "credit.risk.class",
        string="Class",
        index=True,
        ondelete="cascade",
        help="Empty: every class",
    )
    portfolio_id = fields.Many2one(
        "credit.portfolio", index=True, ondelete="cascade", help="Empty: every portfolio"
    )
    max_days = fields.Integer(
        string="Days",
        tracking=True,
        default=15,
        help="Until the promised day, or the last instalment",
    )
    max_instalments = fields.Integer(string="Instalments", tracking=True, default=3)
    max_discount = fields.Float(
        string="Discount (%)", tracking=True, help="Percentage of the disputed or owed amount"
    )
    max_waiver = fields.Float(
        string="Charges Waived",
        digits="Account",
        tracking=True,
        help="Interest and fixed sums, in the company's currency",
    )

    _not_negative = models.Constraint(
        "CHECK(max_days >= 0 AND max_instalments >= 0 AND max_discount BETWEEN 0 AND 100 AND max_waiver >= 0)",
        "Margins cannot be negative, and the discount cannot exceed 100 %. Correct the figures.",
    )
    _unique = models.UniqueIndex(
        "(company_id, COALESCE(risk_class_id, 0), COALESCE(portfolio_id, 0)) WHERE active",
        "A margin already exists for this class and portfolio. Change that margin instead.",
    )

    def _get_figure(self, kind):
        """The margin of a kind of concession."""
        return {
            "days": self.max_days,
            "instalments": self.max_instalments,
            "discount": self.max_discount,
            "waiver": self.max_waiver,
        }[kind]
