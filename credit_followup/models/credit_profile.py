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
