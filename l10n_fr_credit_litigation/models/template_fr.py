from odoo import models
from odoo.addons.account.models.chart_template import template

from .res_company import ACCOUNTS


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    @template("fr", "res.company")
    def _get_fr_credit_litigation_res_company(self):
        """Accounts of provisions, for companies that load the French chart: 68174, 491 and 78174."""
        return {self.env.company.id: dict(ACCOUNTS)}
