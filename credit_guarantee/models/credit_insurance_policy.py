from odoo import api, fields, models


class CreditInsurancePolicy(models.Model):
    """The contract with a credit insurer: the terms within which cover holds."""

    _name = "credit.insurance.policy"
    _description = "Credit Insurance Policy"
    _inherit = ["credit.owned.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_from desc, id desc"

    name = fields.Char(string="Number", required=True, tracking=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    insurer_id = fields.Many2one("res.partner", required=True, tracking=True, ondelete="restrict")
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.root_id.currency_id
    )
    date_from = fields.Date(
        string="From",
        required=True,
        tracking=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
    )
    date_to = fields.Date(string="Until", tracking=True)
    extension_days = fields.Integer(
        string="Extension Period (days)",
        tracking=True,
        help="Days after the due date of an unpaid item during which new deliveries are still covered. 0: no such term",
    )
    declaration_days = fields.Integer(
        string="Declaration (days)",
        tracking=True,
        help="Days after the due date within which an unpaid item is declared to the insurer. 0: no such term",
    )
    handover_days = fields.Integer(
        string="Hand-Over (days)",
        tracking=True,
        help="Days after the due date within which an unpaid item is handed over for collection. 0: no such term",
    )
    unnamed_limit = fields.Monetary(
        tracking=True,
        help="Highest unnamed cover of a customer, without the insurer's own decision",
    )
    alert_days = fields.Integer(
        string="Notify (days)",
        default=7,
        help="Days before each deadline when the person responsible is notified",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        tracking=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Notified of the deadlines of this contract",
    )
    premium_rate = fields.Float(string="Premium (%)", digits=(6, 4), help="Share of the turnover")
    note = fields.Text(string="Notes")
    guarantee_ids = fields.One2many("credit.guarantee", "insurance_policy_id", string="Covers")
    guarantee_count = fields.Integer(compute="_compute_guarantee_count")

    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "The contract ends before it begins. Correct one of the dates.",
    )
    _terms_not_negative = models.Constraint(
        "CHECK(extension_days >= 0 AND declaration_days >= 0 AND handover_days >= 0"
        " AND alert_days >= 0 AND unnamed_limit >= 0 AND premium_rate >= 0)",
        "Days, limit and premium cannot be negative. Enter 0 or more.",
    )

    @api.depends("guarantee_ids")
    def _compute_guarantee_count(self):
        for policy in self:
            policy.guarantee_count = len(policy.guarantee_ids)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"active", "date_from", "date_to", "extension_days", "declaration_days"}:
            self.sudo().guarantee_ids.profile_id._mirror_limit()
        return result

    @api.readonly
    def action_view_guarantees(self):
        """The covers under this contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_guarantee.action_credit_guarantee"
        )
        return {**action, "domain": [("insurance_policy_id", "=", self.id)], "context": {}}

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Insurance contract entered")
