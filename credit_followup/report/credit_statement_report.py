from odoo import api, fields, models


class ReportCreditStatement(models.AbstractModel):
    _name = "report.credit_followup.report_statement"
    _description = "Statement of Account as PDF"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Values for the template.

        :param data: ``partner_ids``, ``company_id``, ``date_to``, and for movements ``date_from``
        """
        data = data or {}
        statements = self.env["credit.statement"]
        partners = self.env["res.partner"].browse(data.get("partner_ids") or docids)
        company = self.env["res.company"].browse(data.get("company_id")) or self.env.company.root_id
        date_to = fields.Date.to_date(data.get("date_to")) or company._get_credit_today()
        pages = statements._get_pages(
            partners, company, date_to, fields.Date.to_date(data.get("date_from"))
        )
        company = company.sudo()
        return {
            "pages": pages,
            "company": company,
            "bank_accounts": statements._get_bank_accounts(company),
            "has_letterhead": statements._has_letterhead(),
        }
