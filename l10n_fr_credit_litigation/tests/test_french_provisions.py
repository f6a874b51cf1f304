from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install", "post_install_l10n")
class TestFrenchProvisions(AccountTestInvoicingCommon):
    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    @AccountTestInvoicingCommon.setup_chart_template("fr")
    def setUpClass(cls):
        super().setUpClass()

    def _codes(self, company):
        return [account.code for account in company._get_provision_accounts()]

    def test_a_french_company_has_the_accounts_of_impairment(self):
        company = self.company_data["company"].sudo()
        codes = ["681740", "491000", "781740"]
        self.assertEqual(self._codes(company), codes)
        company.credit_provision_account_id = False
        company._set_french_provisions()
        self.assertEqual(self._codes(company), codes)
