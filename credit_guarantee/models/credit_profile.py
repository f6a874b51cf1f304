from odoo import api, fields, models
from odoo.tools import formatLang


class CreditProfile(models.Model):
    """What secures a customer's exposure of today."""

    _inherit = "credit.profile"

    guarantee_ids = fields.One2many("credit.guarantee", "profile_id", string="Guarantees")
    guarantee_count = fields.Integer(compute="_compute_guarantee_count")
    exposure_insured = fields.Monetary(
        string="Insured",
        compute="_compute_exposure_shares",
        help="Part of the exposure that guarantees in force would pay",
    )
    exposure_retained = fields.Monetary(
        string="Own Retention",
        compute="_compute_exposure_shares",
        help="Own share of what is covered",
    )
    exposure_uninsured = fields.Monetary(
        string="Not Insured",
        compute="_compute_exposure_shares",
        help="Part of the exposure that no guarantee covers",
    )
    exposure_own_risk = fields.Monetary(
        string="Own Risk",
        compute="_compute_exposure_shares",
        help="Exposure less what guarantees would pay",
    )

    @api.depends("guarantee_ids.state")
    def _compute_guarantee_count(self):
        for profile in self:
            active = profile.guarantee_ids.filtered(lambda guarantee: guarantee.state == "active")
            profile.guarantee_count = len(active)

    @api.depends("exposure", "guarantee_ids.state", "guarantee_ids.amount")
    @api.depends_context("uid", "tz")
    def _compute_exposure_shares(self):
        today = self.env["res.company"]._get_credit_today()
        for profile, shares in self.env["credit.guarantee"]._read_shares(self, today).items():
            profile.exposure_insured = shares.insured
            profile.exposure_retained = shares.retained
            profile.exposure_uninsured = shares.uninsured
            profile.exposure_own_risk = shares.retained + shares.uninsured

    @api.model
    def _explain_other_ways(self, excess, company):
        # EXTENDS 'credit_management'
        ways = super()._explain_other_ways(excess, company)
        if company.currency_id.compare_amounts(excess, 0) <= 0:
            return ways
        amount = formatLang(self.env, excess, currency_obj=company.currency_id)
        return [
            *ways,
            self.env._("Or a guarantee of %s from an insurer, a bank or a parent company.", amount),
        ]

    @api.readonly
    def action_view_guarantees(self):
        """The guarantees of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_guarantee.action_credit_guarantee"
        )
        defaults = {"default_profile_id": self.id, "default_partner_id": self.partner_id.id}
        return {**action, "domain": [("profile_id", "=", self.id)], "context": defaults}
