from odoo import fields, models

#: account settings by payout: expense and accrual
_ACCOUNTS = {
    "bill": ("credit_commission_agent_expense_id", "credit_commission_agent_accrual_id"),
    "payroll": ("credit_commission_employee_expense_id", "credit_commission_employee_accrual_id"),
}


class CreditCommissionAccrualLine(models.Model):
    """The accrual of one person: earned, or expected on unpaid invoices."""

    _name = "credit.commission.accrual.line"
    _description = "Line of a Commission Accrual"
    _order = "accrual_id, person_id, kind"

    accrual_id = fields.Many2one(
        "credit.commission.accrual", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="accrual_id.company_id")
    currency_id = fields.Many2one(related="accrual_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, ondelete="restrict")
    kind = fields.Selection(
        [("earned", "Earned, not paid out"), ("expected", "Expected, not collected")], required=True
    )
    payout = fields.Selection(
        [("bill", "Vendor bill"), ("payroll", "Payroll")], "Paid by", required=True
    )
    amount = fields.Monetary("Commission", required=True)
    tax_amount = fields.Monetary("VAT", help="Tax that the bill will add, not billed yet.")
    charge_amount = fields.Monetary(
        "Social Charges", help="Employer's charges on top of the commission."
    )

    def _prepare_items(self):
        """The journal items: expense, VAT and the liability to the person; social charges and their liability."""
        self.ensure_one()
        expense, liability = _ACCOUNTS[self.payout]
        amounts = [
            (expense, self.amount),
            ("credit_commission_agent_vat_id", self.tax_amount),
            (liability, -self.amount - self.tax_amount),
            ("credit_commission_charge_expense_id", self.charge_amount),
            ("credit_commission_charge_accrual_id", -self.charge_amount),
        ]
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        common = {
            "name": self.env._(
                "Commission of %(person)s: %(nature)s",
                person=self.person_id.name,
                nature=kinds[self.kind],
            ),
            "partner_id": self.person_id.id,
        }
        return [
            {
                **common,
                "account_id": self.company_id._get_commission_account(setting).id,
                "balance": balance,
            }
            for setting, balance in amounts
            if balance
        ]
