from odoo import fields, models


class CreditCommissionStatement(models.Model):
    """Exports employees' statements to payroll."""

    _inherit = "credit.commission.statement"

    def action_payroll(self):
        """Export the closed statements of employees to payroll, one export per company.

        :raise UserError: if a statement is already paid, not closed, or paid by a bill
        """
        self._check_accountant()
        payrolls = self.env["credit.commission.payroll"].sudo()
        for company, statements in (
            self.sudo()._lock_to_pay("payroll").grouped("company_id").items()
        ):
            payroll = payrolls.create(
                {
                    "name": self.env["ir.sequence"].sudo().next_by_code(payrolls._name),
                    "company_id": company.id,
                    "date": fields.Date.context_today(self),
                }
            )
            statements.payroll_id = payroll
            payrolls |= payroll
        return payrolls.with_env(self.env)._open()

    def action_view_payroll(self):
        """Open the payroll exports."""
        self.check_access("read")
        return self.payroll_id._open()
