"""The kit: promises, plans and disputes as a collector records them, in one line each."""

from datetime import timedelta

from odoo.addons.credit_followup.tests.common import FollowupCommon
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class AnswerCommon(FollowupCommon):
    def _answer(self, name, items=(), user=None, customer=None, **values):
        """An answer of the customer as the collector records it; ``items``: invoices, or pairs of invoice and amount."""
        pairs = [item if isinstance(item, tuple) else (item, None) for item in items]
        lines = [
            Command.create(
                {
                    "item_id": self._item(invoice).id,
                    "amount": self._item(invoice).amount_residual_currency
                    if amount is None
                    else amount,
                }
            )
            for invoice, amount in pairs
        ]
        return (
            self.env[name]
            .with_user(user or self.collector)
            .create(
                {
                    "partner_id": (customer or self.customer).id,
                    "company_id": self.company.id,
                    "line_ids": lines,
                    **values,
                }
            )
        )

    def _promise(self, amount, *items, days=5, **values):
        """A promise for so many days from today."""
        day = self.today + timedelta(days)
        return self._answer("credit.promise", items, amount=amount, date=day, **values)

    def _judged(self, promise, days):
        """The state of a promise so many days from today."""
        promise.sudo()._judge(self.today + timedelta(days))
        return promise.state

    def _dispute(self, *items, category="price", **values):
        """A dispute of invoices, or of pairs of invoice and amount."""
        values.setdefault(
            "category_id", self.env.ref(f"credit_collection.dispute_category_{category}").id
        )
        return self._answer("credit.dispute", items, **values)
