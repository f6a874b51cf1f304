from odoo import fields, models


class CreditCommissionPlan(models.Model):
    """Who earns what on which sales, once their money came in. Nothing is earned before a plan is active.

    The sale's day (of the invoice) decides which version of a plan and which shares count, the money's day decides
    the period.
    """

    _name = "credit.commission.plan"
    _description = "Commission Plan"
    _inherit = ["mail.thread"]
    _order = "sequence, name, date_from, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("stopped", "Stopped")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_from = fields.Date(
        "Sales From",
        required=True,
        default=fields.Date.context_today,
        help="First day of invoices that earn.",
    )
    date_to = fields.Date(
        "Sales Until", help="Last day of invoices that earn; empty: until a new version begins."
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    previous_id = fields.Many2one(
        "credit.commission.plan",
        "Previous Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    trigger = fields.Selection(
        [("registered", "Payment registered"), ("cleared", "Money cleared at the bank")],
        "Earned When",
        required=True,
        default="registered",
    )
    safety_days = fields.Integer(
        help="Days to wait after the money, because a cheque may bounce. What is undone meanwhile is never earned.",
    )
    discount_is_money = fields.Boolean(
        "Cash Discount Counts as Money",
        help="A customer who takes the cash discount has paid all.",
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="month",
        help="Over which money is added up for tiers, targets and the cap.",
    )
    base = fields.Selection(
        [("net", "Net amount"), ("margin", "Margin")],
        required=True,
        default="net",
    )
    tier_mode = fields.Selection(
        [("whole", "On the whole volume"), ("marginal", "On each slice")],
        "Rate of a Tier",
        required=True,
        default="whole",
    )
    tier_on = fields.Selection(
        [("amount", "Net collected"), ("target", "Percent of the target")],
        "Tiers Measure",
        required=True,
        default="amount",
    )
    has_cap = fields.Boolean("Capped")
    cap_amount = fields.Monetary("Cap per Period", help="Most that a person earns in a period.")
    rule_ids = fields.One2many("credit.commission.rule", "plan_id", copy=True)
    tier_ids = fields.One2many("credit.commission.tier", "plan_id", copy=True)
    speed_ids = fields.One2many("credit.commission.speed", "plan_id", copy=True)
    agent_ids = fields.One2many("credit.commission.agent", "plan_id", "Shares", copy=True)
    entry_ids = fields.One2many("credit.commission.entry", "plan_id", readonly=True)
    collection_read = fields.Integer(
        readonly=True,
        copy=False,
        default=0,
        help="Collections up to this number have earned all they earn.",
    )
