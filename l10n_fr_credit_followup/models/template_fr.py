from odoo import models
from odoo.addons.account.models.chart_template import template


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    @template("fr", "res.company")
    def _get_fr_credit_followup_res_company(self):
        """Accounts of late charges, for companies that load the French chart: 7631 and 7581 (formerly 7711)."""
        return {
            self.env.company.id: {
                "credit_late_interest_account_id": "pcg_7631",
                "credit_late_indemnity_account_id": "pcg_7581",
            }
        }
