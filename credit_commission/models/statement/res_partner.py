from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_commission_payout = fields.Selection(
        [("bill", "Vendor bill"), ("payroll", "Payroll")],
        "Commission Paid by",
        groups="credit_commission.group_commission_manager,account.group_account_invoice",
        help="Leave empty to pay internal users through payroll and everybody else by bill.",
    )

    def _get_commission_payouts(self):
        """``{person: 'bill' or 'payroll'}``: employees, including former ones, are paid by payroll, agents by bill."""
        return {
            person: person.credit_commission_payout
            or ("payroll" if person.with_context(active_test=False)._is_internal() else "bill")
            for person in self.sudo()
        }

    def _is_internal(self):
        return any(not user.share for user in self.user_ids)
