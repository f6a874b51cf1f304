"""The kit: contacts with a customer and what the worklist says of it, in one line each. Dates are days from ``self.today``."""

from datetime import timedelta

from odoo.addons.credit_followup.tests.common import FollowupCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class WorklistCommon(FollowupCommon):
    def _contact(self, outcome, customer=None, user=None, days=None, **values):
        """A contact that the collector records; ``days`` is the day named, so many days from today."""
        if days is not None:
            values["answer_date"] = self.today + timedelta(days)
        return (
            self.env["credit.contact.log"]
            .with_user(user or self.collector)
            .create(
                {
                    "profile_id": self._profile(customer).id,
                    "outcome_id": self.env.ref(f"credit_collection.outcome_{outcome}").id,
                    **values,
                }
            )
        )

    def _contacted(self, days, customer=None):
        """The customer was contacted so many days ago, and no day was agreed."""
        log = self._contact("answered", customer).sudo()
        log.write({"date": log.date - timedelta(days), "next_date": False})
        return log

    def _row(self, customer=None):
        """The row of a customer in the worklist, as the collector reads it."""
        self.env.invalidate_all()
        rows = self.env["credit.worklist"].with_user(self.collector)
        return rows.search([("partner_id", "=", (customer or self.customer).id)])

    def assertToday(self, customer=None):
        self.assertTrue(self._row(customer).is_today, "it is not called today")

    def assertNotToday(self, customer=None):
        self.assertFalse(self._row(customer).is_today, "it is called today")
