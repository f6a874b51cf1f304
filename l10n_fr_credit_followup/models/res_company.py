from odoo import models

#: accounts of the French chart: income from trade receivables; penalties received on sales
_ACCOUNTS = {
    "credit_late_interest_account_id": "pcg_7631",
    "credit_late_indemnity_account_id": "pcg_7581",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    def _set_french_late_charges(self):
        """Set the policy and accounts of a French company, unless they are already set."""
        self.ensure_one()
        charts = self.env["account.chart.template"].with_context(allowed_company_ids=self.ids)
        values = {
            name: account.id
            for name, code in _ACCOUNTS.items()
            if not self[name] and (account := charts.ref(code, raise_if_not_found=False))
        }
        if not self.credit_late_policy_id:
            values["credit_late_policy_id"] = self.env.ref(
                "l10n_fr_credit_followup.late_policy_business"
            ).id
        self.write(values)
