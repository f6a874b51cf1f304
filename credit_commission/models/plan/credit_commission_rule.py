from odoo import fields, models

from ...rules import Rule


class CreditCommissionRule(models.Model):
    """A rule of a plan: the sales it matches and what they earn. The first match applies.

    An empty field matches everything.
    """

    _name = "credit.commission.rule"
    _inherit = ["credit.commission.plan.part"]
    _description = "Commission Rule"
    _order = "sequence, id"

    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    sequence = fields.Integer(default=10)
    name = fields.Char("Rule", required=True)
    user_ids = fields.Many2many(
        "res.users", "credit_commission_rule_user_rel", string="Salespeople"
    )
    team_ids = fields.Many2many("crm.team", "credit_commission_rule_team_rel", string="Sales Teams")
    product_ids = fields.Many2many(
        "product.product", "credit_commission_rule_product_rel", string="Products"
    )
    category_ids = fields.Many2many(
        "product.category", "credit_commission_rule_category_rel", string="Product Categories"
    )
    partner_ids = fields.Many2many(
        "res.partner", "credit_commission_rule_partner_rel", string="Customers"
    )
    country_ids = fields.Many2many(
        "res.country", "credit_commission_rule_country_rel", string="Countries"
    )
    invoice_rank = fields.Selection(
        [("first", "First invoice of the customer"), ("later", "Later invoices")],
        "Invoice",
    )
    earning = fields.Selection(
        [
            ("percent", "Percent"),
            ("fixed", "Fixed amount"),
            ("tiers", "Tiers of the plan"),
            ("nothing", "Nothing"),
        ],
        required=True,
        default="percent",
    )
    percent = fields.Float(digits=(16, 4))
    fixed_amount = fields.Monetary(
        help="For a fully paid invoice line, and in proportion for partial payments.",
    )

    _percent_in_range = models.Constraint(
        "CHECK (percent IS NULL OR percent BETWEEN 0 AND 100)",
        "A rate must be between 0 and 100 %. Correct it.",
    )
    _fixed_positive = models.Constraint(
        "CHECK (fixed_amount IS NULL OR fixed_amount >= 0)",
        "A fixed commission cannot be negative. Enter zero or more.",
    )

    def _to_rule(self):
        """:rtype: ..rules.Rule"""
        return Rule(
            self.id,
            self.earning,
            self.percent,
            self.fixed_amount,
            salespeople=frozenset(self.user_ids.ids),
            teams=frozenset(self.team_ids.ids),
            products=frozenset(self.product_ids.ids),
            categories=frozenset(self.category_ids.ids),
            customers=frozenset(self.partner_ids.commercial_partner_id.ids),
            countries=frozenset(self.country_ids.ids),
            invoice_rank=self.invoice_rank or "",
        )
