"""Test kit of late charges: a reference rate, a policy, debts with a history."""

from odoo import fields
from odoo.fields import Command

from .common import FollowupCommon

#: main refinancing operations of the European Central Bank, on the first day of each half-year
ECB = (("2025-01-01", "2025-06-30", 3.15), ("2025-07-01", "2025-12-31", 2.15))


class LateCommon(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.series = cls._series("Reference", ECB)
        cls.late_policy = cls._late_policy()
        company = cls.company.sudo()
        company.credit_late_policy_id = cls.late_policy
        income = cls.company_data["default_account_revenue"]
        company.credit_late_interest_account_id = income
        company.credit_late_indemnity_account_id = income
        company.credit_late_date_start = "2020-01-01"
        cls.charges = cls.env["credit.late.charge"]

    @classmethod
    def _series(cls, name, rates=()):
        """A reference rate; ``rates``: ``(first, last, rate)`` each."""
        return cls.env(su=True)["credit.interest.series"].create(
            {
                "name": name,
                "code": name.lower(),
                "rate_ids": [
                    Command.create({"date_from": first, "date_to": last, "rate": rate})
                    for first, last, rate in rates
                ],
            }
        )

    @classmethod
    def _late_policy(cls, fees=((0, 40),), **values):
        """A policy for businesses: reference rate + 10, 40 per debt."""
        return cls.env(su=True)["credit.late.policy"].create(
            {
                "name": "Businesses",
                "series_id": cls.series.id,
                "margin": 10.0,
                "currency_id": cls.company.currency_id.id,
                "fee_ids": [
                    Command.create({"amount_from": start, "fee": fee}) for start, fee in fees
                ],
                **values,
            }
        )

    def _day(self, text):
        return fields.Date.to_date(text)

    def _debt(self, amount, due, paid=(), **values):
        """The journal item of an invoice; ``paid``: ``{day: amount}``."""
        invoice = self._invoice(
            amount, invoice_date=self._day(due), invoice_date_due=self._day(due), **values
        )
        for day, part in dict(paid).items():
            self._pay(invoice, part, payment_date=self._day(day))
        return self._item(invoice)

    def _measured(self, item, day="2025-12-01"):
        """``(interest, indemnity)`` of an item as of a day."""
        figures = self.charges._measure(item, self._day(day))[item.id]
        return figures.interest, figures.indemnity

    def _claim(self, items, day="2025-12-01"):
        """The charges claimed on items as of a day, as seen by the collector."""
        charges = self.charges._claim(None, items, self._day(day))
        return charges.with_user(self.collector)

    def _kind(self, charges, kind):
        return charges.filtered(lambda charge: charge.kind == kind)

    def _charges(self, domain):
        """Charges as seen by the collector."""
        return self.charges.with_user(self.collector).search(domain)
