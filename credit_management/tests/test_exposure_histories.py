import os
import unittest
from contextlib import contextmanager
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon
from .exposure_actions import Actions
from .exposure_oracle import Oracle

try:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
except ImportError:
    given = None

#: how many histories are played, and of how many steps; more of them on demand
HISTORIES = int(os.environ.get("CREDIT_HISTORIES") or 12)
STEPS = int(os.environ.get("CREDIT_HISTORY_STEPS") or 14)
#: days ahead that orders count
HORIZON = 90


@tagged("post_install", "-at_install")
@unittest.skipUnless(given, "needs the Python package hypothesis (setup/requirements-dev.txt)")
class TestExposureHistories(CreditCommon):
    """Random histories: after each step the exposure is what plain Python makes of the documents."""

    #: what happens more often than the rest
    often = (
        *("do_order",) * 3,
        *("do_invoice_order", "do_post", "do_pay") * 3,
        *("do_deliver", "do_ship", "do_down_payment", "do_refund", "do_reconcile") * 2,
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.sudo().write(
            {"count_uncleared": True, "has_horizon": True, "horizon_days": HORIZON}
        )
        cls._make_companies()
        cls._make_people()
        cls._make_products()
        cls._make_terms()
        cls._make_accounts()

    @classmethod
    def _make_companies(cls):
        companies = cls.env["res.company"].sudo()
        cls.branch = companies.create({"name": "Branch", "parent_id": cls.company.id})
        cls.other = cls.setup_other_company()["company"]
        cls.other.credit_management_policy_id = cls.policy
        cls.env.user.company_ids |= cls.branch | cls.other
        everywhere = (cls.company | cls.branch | cls.other).ids
        cls.env = cls.env(context={**cls.env.context, "allowed_company_ids": everywhere})
        cls.companies = [cls.company, cls.company, cls.branch, cls.other]
        currency = cls.setup_other_currency("EUR", rates=[("2000-01-01", 2.0)])
        values = {"currency_id": currency.id, "name": cls.today, "rate": 2.0}
        cls.rates = cls.env["res.currency.rate"].create(
            [{**values, "company_id": company.id} for company in (cls.company, cls.other)]
        )
        cls.currencies = [cls.company.currency_id, cls.company.currency_id, currency]
        cls.taxes = {
            company: cls.env["account.tax"]
            .with_company(company)
            .create({"name": "20 %", "amount": 20.0, "company_id": company.id})
            for company in (cls.company, cls.other)
        }
        cls.pricelists = cls.env["product.pricelist"].create(
            [
                {"name": currency.name, "currency_id": currency.id, "company_id": False}
                for currency in cls.currencies
            ]
        )

    @classmethod
    def _make_people(cls):
        cls.customers = cls.customer | cls._customer("Second")
        contact = cls._customer("Contact", parent_id=cls.customer.id, is_company=False)
        cls.partners = cls.customers | contact

    @classmethod
    def _make_products(cls):
        cls.products = [cls.service, cls.service_delivered]
        for policy in ("order", "delivery"):
            cls.products.append(
                cls._create_product(
                    name=f"Good invoiced on {policy}",
                    type="consu",
                    invoice_policy=policy,
                    list_price=1.0,
                    taxes_id=False,
                )
            )

    @classmethod
    def _make_terms(cls):
        terms = cls.env["account.payment.term"]
        halves = [
            Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
            for days in (10, 45)
        ]
        discount = {"early_discount": True, "discount_percentage": 2, "discount_days": 60}
        cls.terms = [
            terms,
            terms.create({"name": "Halves", "line_ids": halves}),
            terms.create({"name": "2 % in 60 days", **discount}),
        ]

    @classmethod
    def _make_accounts(cls):
        accounts = cls.env["account.account"]
        values = {"account_type": "asset_current", "reconcile": True}
        cls.doubtful = accounts.create(
            {"name": "Doubtful", "code": "416990", "doubtful_customers": True, **values}
        )
        waiting = accounts.create({"name": "Cheques", "code": "511990", **values})
        bank = cls.company_data["default_journal_bank"]
        bank.inbound_payment_method_line_ids.payment_account_id = waiting

    def test_exposure_is_what_the_documents_say_after_each_step(self):
        @settings(
            max_examples=HISTORIES,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.randoms(use_true_random=True))
        def play(random):
            with self._undone():
                self._play(lambda values: random.choice(list(values)))

        play()

    def _play(self, draw):
        actions, told = Actions(self, draw), []
        for _step in range(STEPS):
            told.append(self._act(actions))
            self.env.flush_all()
            self.env.invalidate_all()
            self._compare(told)

    def _act(self, actions):
        """One action as it would be done alone: what Odoo refuses leaves nothing behind."""
        with self._undone() as savepoint:
            try:
                sentence = actions.run()
            except UserError as error:
                return f"refused: {error}"
            self.env.flush_all()
            savepoint.keep = True
        return sentence

    @contextmanager
    def _undone(self):
        """Roll back what is done inside, unless ``keep`` is set."""
        savepoint = self.env.cr.savepoint()
        savepoint.keep = False
        try:
            yield savepoint
        finally:
            savepoint.close(rollback=not savepoint.keep)

    def _compare(self, told):
        oracle = Oracle(self.customers.sudo(), self.today, self.today + timedelta(HORIZON))
        story = "\n".join(told)
        self.assertEqual(self._read_sources(), oracle.get_sources(), story)
        keys = {
            (customer.id, company.id)
            for customer in self.customers
            for company in (self.company, self.other)
        }
        positions = self.env["credit.profile"].sudo()._read_positions(keys, self.today)
        for key, position in positions.items():
            figures = (position.exposure, position.overdue, position.oldest_due_days)
            self.assertEqual(
                tuple(round(figure, 2) for figure in figures), oracle.get_figures(key), story
            )

    def _read_sources(self):
        """``{(partner id, company id): {source: amount}}`` as the rows say."""
        rows = (
            self.env["credit.exposure"]
            .sudo()
            ._read_group(
                [("partner_id", "in", self.partners.ids)],
                ["partner_id", "company_id", "source"],
                ["amount:sum"],
            )
        )
        found = {}
        for partner, company, source, amount in rows:
            if round(amount, 2):
                found.setdefault((partner.id, company.id), {})[source] = round(amount, 2)
        return found
