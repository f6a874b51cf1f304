from odoo import fields, models


class CreditProfile(models.Model):
    _inherit = "credit.profile"

    followup_procedure_id = fields.Many2one(
        "credit.followup.procedure",
        string="Own Procedure",
        tracking=True,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Empty: the procedure of the risk class, else of the company",
    )
    followup_contact_ids = fields.Many2many(
        "res.partner",
        string="Reminders go to",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Empty: the invoice address",
    )

    def _prepare_merged_vals(self, merged):
        # EXTENDS 'credit_management'
        values = super()._prepare_merged_vals(merged)
        if merged.followup_procedure_id and not self.followup_procedure_id:
            values["followup_procedure_id"] = merged.followup_procedure_id
        return values
