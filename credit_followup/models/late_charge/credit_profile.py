from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .credit_late_policy import DEBTOR_TYPES


class CreditProfile(models.Model):
    _inherit = "credit.profile"

    debtor_type = fields.Selection(
        DEBTOR_TYPES,
        tracking=True,
        help="Determines what may be claimed for late payment. Leave empty to decide from the data: a company, or a customer with a tax or company number, is a business; anyone else is a consumer. Public buyers must be set here.",
    )
    effective_debtor_type = fields.Selection(
        DEBTOR_TYPES, compute="_compute_late", string="Treated as"
    )
    late_policy_id = fields.Many2one(
        "credit.late.policy",
        string="Specific Late Charge Policy",
        tracking=True,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Agreed with this customer. Leave empty to use the policy of the risk class, the company or its country",
    )
    effective_late_policy_id = fields.Many2one(
        "credit.late.policy", compute="_compute_late", string="Late Charge Policy"
    )
    late_charges_barred_from = fields.Date(
        related="insolvency_date",
        readonly=False,
        string="No Late Charges From",
        help="Date of the insolvency judgment: no interest or recovery costs are due from this date",
    )
    late_charge_due = fields.Monetary(
        compute="_compute_late_charge_due",
        string="Late Charges",
        help="Claimed, neither invoiced nor waived",
    )

    @api.depends(
        "debtor_type",
        "late_policy_id",
        "risk_class_id.late_policy_id",
        "company_id.credit_late_policy_id",
        "partner_id.is_company",
        "partner_id.vat",
        "partner_id.company_registry",
    )
    def _compute_late(self):
        keys = {profile: profile._get_late_key() for profile in self.sudo()}
        policies = self.env["credit.late.measure"].sudo()._choose_policies(set(keys.values()))
        for profile, key in keys.items():
            profile.effective_debtor_type = key[1]
            profile.effective_late_policy_id = policies[key]

    def _get_late_key(self):
        """The key that determines the policy, as in ``credit.late.measure``."""
        debtor_type = self.debtor_type or self.partner_id._get_debtor_type()
        named = (self.late_policy_id.id, self.risk_class_id.late_policy_id.id)
        return (self.company_id.id, debtor_type, *named)

    def _compute_late_charge_due(self):
        groups = self.env["credit.late.charge"]._read_group(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("state", "=", "claimed"),
            ],
            ["partner_id", "company_id"],
            ["amount_due:sum"],
        )
        due = {(partner.id, company.id): amount for partner, company, amount in groups}
        for profile in self:
            profile.late_charge_due = due.get((profile.partner_id.id, profile.company_id.id), 0.0)

    @api.constrains("debtor_type", "late_policy_id")
    def _check_late_policy(self):
        labels = dict(self._fields["debtor_type"]._description_selection(self.env))
        for profile in self.filtered("late_policy_id"):
            debtor_type = profile.effective_debtor_type
            if debtor_type not in profile.late_policy_id._get_debtor_types():
                raise ValidationError(
                    self.env._(
                        "%(policy)s does not apply to %(customer)s, who is treated as: %(debtor_type)s. Choose a policy for that type of debtor.",
                        policy=profile.late_policy_id.name,
                        customer=profile.partner_id.name,
                        debtor_type=labels[debtor_type],
                    )
                )

    def _prepare_merged_vals(self, merged):
        # EXTENDS 'credit_management'
        values = super()._prepare_merged_vals(merged)
        if merged.followup_procedure_id and not self.followup_procedure_id:
            values["followup_procedure_id"] = merged.followup_procedure_id
        if merged.debtor_type and not self.debtor_type:
            values["debtor_type"] = merged.debtor_type
        debtor_type = values.get("debtor_type") or self.effective_debtor_type
        if not self.late_policy_id and debtor_type in merged.late_policy_id._get_debtor_types():
            values["late_policy_id"] = merged.late_policy_id
        return values

    def action_view_late_charges(self):
        """The charges of the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Late Charges"),
            "res_model": "credit.late.charge",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
        }
