"""The kit: guarantees and insurance contracts in one line each."""

from datetime import timedelta

from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class GuaranteeCommon(CreditCommon):
    def _guarantee(self, amount, kind="bank", active=True, days=None, customer=None, **values):
        """A guarantee entered by the analyst and put in force by the manager, for ``days`` from today."""
        values.setdefault("type_id", self.env.ref(f"credit_guarantee.guarantee_type_{kind}").id)
        if days is not None:
            values.setdefault("date_to", self.today + timedelta(days))
        guarantee = (
            self.env["credit.guarantee"]
            .with_user(self.analyst)
            .create({"partner_id": (customer or self.customer).id, "amount": amount, **values})
        )
        if active:
            guarantee.with_user(self.manager).action_activate()
        return guarantee.sudo()

    def _contract(self, **values):
        """A contract with an insurer: 30 days to declare, 60 days of extension."""
        terms = {"declaration_days": 30, "extension_days": 60, "date_from": "2000-01-01"}
        return (
            self.env["credit.insurance.policy"]
            .sudo()
            .create(
                {
                    "name": "C-1",
                    "insurer_id": self._customer("Insurer").id,
                    "company_id": self.company.id,
                    "user_id": self.analyst.id,
                    **terms,
                    **values,
                }
            )
        )

    def _limit_now(self):
        profile = self._profile()
        profile.invalidate_recordset()
        return profile.credit_limit
