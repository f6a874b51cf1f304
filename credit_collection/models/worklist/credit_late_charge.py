from odoo import models


class CreditLateCharge(models.Model):
    """Charges waived beyond the margin of who waives them need a manager."""

    _inherit = "credit.late.charge"

    def _check_waiver(self, amount):
        # EXTENDS 'credit_followup'
        result = super()._check_waiver(amount)
        for (partner, company), charges in self.grouped(
            lambda charge: (charge.partner_id.commercial_partner_id, charge.company_id.root_id)
        ).items():
            waived = sum(charges.mapped("amount_due")) if amount is None else amount
            file = self.env["credit.profile"].sudo()._ensure(partner, company)
            file.with_env(self.env)._require_margin("waiver", waived)
        return result
