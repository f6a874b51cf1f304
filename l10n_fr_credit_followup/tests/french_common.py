from odoo.addons.account.tests.common import AccountTestInvoicingCommon
from odoo.addons.credit_followup.tests.late_common import LateCommon


class FrenchCommon(LateCommon):
    """Test kit of late charges in a French company after installation."""

    @classmethod
    @AccountTestInvoicingCommon.setup_chart_template("fr")
    def setUpClass(cls):
        super().setUpClass()
        company = cls.company.sudo()
        company.write(
            {
                "credit_late_policy_id": False,
                "credit_late_interest_account_id": False,
                "credit_late_indemnity_account_id": False,
            }
        )
        company._set_french_late_charges()
        cls.business = cls._ref("late_policy_business")
        cls.consumer = cls._customer("Camille", is_company=False)
        cls.town = cls._customer("Town Hall")
        cls._make_public(cls.town)

    @classmethod
    def _ref(cls, name):
        """Data of the add-on, with sudo."""
        return cls.env(su=True).ref(f"l10n_fr_credit_followup.{name}")

    @classmethod
    def _make_public(cls, customer):
        profile = cls.env["credit.profile"].sudo()._ensure(customer, cls.company)
        profile.debtor_type = "public"

    def _notice(self, customer=None, stage="formal_notice", level=None, **values):
        """A notice to a customer, as a letter uses it."""
        return (
            self.env["credit.followup.notice"]
            .sudo()
            .create(
                {
                    "partner_id": (customer or self.customer).id,
                    "company_id": self.company.id,
                    "stage": stage,
                    "level_id": level.id if level else False,
                    "channel": "letter",
                    "date": "2025-12-01",
                    **values,
                }
            )
        )
