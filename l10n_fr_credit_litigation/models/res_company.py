from odoo import models

#: accounts of the French chart: impairment of receivables, its expense and its reversal; losses of the year and of earlier years
ACCOUNTS = {
    "credit_provision_expense_account_id": "pcg_68174",
    "credit_provision_account_id": "pcg_491",
    "credit_provision_income_account_id": "pcg_78174",
    "credit_write_off_account_id": "pcg_6541",
    "credit_write_off_earlier_account_id": "pcg_6544",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    def _set_french_provisions(self):
        """Set the accounts of a French company, unless they are already set."""
        self.ensure_one()
        charts = self.env["account.chart.template"].with_context(allowed_company_ids=self.ids)
        self.write(
            {
                name: account.id
                for name, code in ACCOUNTS.items()
                if not self[name] and (account := charts.ref(code, raise_if_not_found=False))
            }
        )
