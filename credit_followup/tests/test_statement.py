import random
from collections import defaultdict
from datetime import timedelta

from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged


@tagged("post_install", "-at_install")
class AccountStatementCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.statements = cls.env["credit.statement"].with_user(cls.analyst)
        cls.foreign = cls.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        cls.local = cls.company.currency_id

    def _day(self, days):
        return self.today + timedelta(days)

    def _bill(self, amount, days=0, due=30, customer=None, **values):
        """An invoice dated a number of days from today and due a number of days later."""
        date = self._day(days)
        dates = {"invoice_date": date, "invoice_date_due": date + timedelta(due)}
        return self._invoice(amount, customer=customer, **dates | values)

    def _statement(self, customer=None, to=0, since=None):
        """The statement at the end of a day, or since another one, days counted from today."""
        customer = customer or self.customer
        date_from = None if since is None else self._day(since)
        found = self.statements._read(customer, self.company, self._day(to), date_from)
        return found[customer.commercial_partner_id]

    def _accounts(self, *args, **kwargs):
        """``{currency: account}`` of a statement."""
        accounts = self._statement(*args, **kwargs).accounts
        return {self.env["res.currency"].browse(a.currency_id): a for a in accounts}

    def _account(self, *args, **kwargs):
        """The one account of a statement, in the company's currency."""
        [[currency, account]] = self._accounts(*args, **kwargs).items()
        self.assertEqual(currency, self.local)
        return account

    def _receivable(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    # === AN INDEPENDENT COMPUTATION === #

    def _ledger(self, customer):
        """All receivable items of a customer."""
        return self.env["account.move.line"].search(
            [
                ("partner_id", "child_of", customer.id),
                ("parent_state", "=", "posted"),
                ("company_id", "child_of", self.company.id),
                "|",
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.doubtful_customers", "=", True),
            ]
        )

    def _residual_at(self, item, day):
        """Forward from the original amount, one allocation after the other."""
        taken = sum(p.debit_amount_currency for p in item.matched_credit_ids if p.max_date <= day)
        given = sum(p.credit_amount_currency for p in item.matched_debit_ids if p.max_date <= day)
        return round(item.amount_currency - taken + given, 2)

    def _expected_open(self, customer, day):
        """``{item: open amount}`` of the unpaid items."""
        items = self._ledger(customer).filtered(lambda item: item.date <= day)
        found = {item.id: self._residual_at(item, day) for item in items}
        return {item: amount for item, amount in found.items() if amount}

    def _expected_buckets(self, customer, day):
        """``{currency: [not due, 1-30, 31-60, 61-90, more, credits]}``"""
        found = defaultdict(lambda: [0.0] * 6)
        for item, amount in self._expected_open(customer, day).items():
            item = self.env["account.move.line"].browse(item)
            late = (day - (item.date_maturity or item.date)).days
            number = sum(late > limit for limit in (0, 30, 60, 90)) if amount > 0 else 5
            found[item.currency_id][number] += amount
        return {c: [round(a, 2) for a in amounts] for c, amounts in found.items()}

    def _round(self, account):
        return [round(amount, 2) for amount in (*account.ageing.buckets, account.ageing.credits)]


class TestStatement(AccountStatementCommon):
    def test_open_items_are_those_of_the_day(self):
        bill = self._bill(100.0, -60)
        self._bill(40.0, -10)
        self._pay(bill, 30.0, payment_date=self._day(-20))
        self._pay(bill, 70.0, payment_date=self._day(-5))
        for to, expected in ((-61, []), (-30, [100.0]), (-20, [70.0]), (-6, [70.0, 40.0])):
            with self.subTest(to=to):
                accounts = self._accounts(to=to)
                account = accounts.get(self.local)
                self.assertEqual(
                    [line.balance for line in account.lines] if account else [], expected
                )
        self.assertEqual([line.balance for line in self._account().lines], [40.0])
        self.assertEqual(self._account(to=-6).lines[0].amount, 100.0)

    def test_an_open_item_says_what_the_customer_knows_it_by(self):
        bill = self._bill(100.0, -60, due=30, ref="PO 12")
        [line] = self._account().lines
        self.assertEqual(
            (line.kind, line.name, line.reference, line.date, line.date_due),
            ("invoice", bill.name, "PO 12", self._day(-60), self._day(-30)),
        )
        self.assertEqual(line.count_days_late(self.today), 30)

    def test_what_is_matched_with_a_draft_is_open(self):
        """Odoo keeps the reconciliation of a document reset to draft, although nothing is posted."""
        bill = self._bill(1000.0, -60)
        self._pay(bill, 1000.0, payment_date=self._day(-20))
        bill.button_draft()
        self.assertEqual([line.balance for line in self._account().lines], [-1000.0])
        account = self._account(since=-90)
        self.assertEqual((account.lines[-1].balance, account.closing), (-1000.0, -1000.0))
        bill.action_post()
        self.assertFalse(self._accounts())
        account = self._account(since=-90)
        self.assertEqual((account.lines[-1].balance, account.closing), (0.0, 0.0))

    def test_a_credit_note_in_draft_settles_nothing(self):
        bill = self._bill(1000.0, -60)
        refund = self._bill(50.0, -30, move_type="out_refund")
        self._receivable(bill | refund).reconcile()
        self.assertEqual([line.balance for line in self._account().lines], [950.0])
        refund.button_draft()
        self.assertEqual([line.balance for line in self._account().lines], [1000.0])
        account = self._account(since=-90)
        self.assertEqual((account.lines[-1].balance, account.closing), (1000.0, 1000.0))
        earlier = self._account(to=-40, since=-90)
        self.assertEqual((earlier.lines[-1].balance, earlier.closing), (1000.0, 1000.0))

    def test_what_is_less_than_a_cent_of_ours_is_in_items_and_balance_alike(self):
        """One yen of a hundred is 0.00 in the company's currency, but still open in the invoice's."""
        yen = self.setup_other_currency("JPY", rounding=1.0, rates=[("2020-01-01", 1000.0)])
        bill = self._bill(100.0, -60, currency_id=yen.id)
        self._pay(bill, 99.0, payment_date=self._day(-20), currency_id=yen.id)
        self.assertEqual(self._receivable(bill).amount_residual_currency, 1.0)
        [item] = self._accounts()[yen].lines
        account = self._accounts(since=-90)[yen]
        self.assertEqual(
            (item.balance, account.lines[-1].balance, account.closing), (1.0, 1.0, 1.0)
        )

    def test_ageing_is_by_due_date_and_credits_stand_beside_it(self):
        for late in (0, 1, 30, 31, 60, 61, 90, 91):
            self._bill(10.0 + late, -120, due=120 - late)
        self._pay_on_account(25.0)
        account = self._account()
        self.assertEqual(self._round(account), [10.0, 51.0, 111.0, 171.0, 101.0, -25.0])
        self.assertEqual(account.ageing.overdue, 434.0)
        self.assertEqual(account.closing, 419.0)

    def test_credit_notes_and_payments_on_account_are_shown(self):
        self._bill(100.0, -5)
        self._create_invoice(
            move_type="out_refund",
            post=True,
            partner_id=self.customer.id,
            invoice_date=self._day(-4),
            invoice_line_ids=[
                self._prepare_invoice_line(price_unit=20.0, product_id=self.service, tax_ids=[])
            ],
        )
        self._pay_on_account(30.0)
        account = self._account()
        self.assertEqual(
            sorted((line.kind, line.balance) for line in account.lines),
            [("invoice", 100.0), ("payment", -30.0), ("refund", -20.0)],
        )
        self.assertEqual(account.closing, 50.0)

    def test_contacts_share_the_statement_of_their_company(self):
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self._bill(100.0)
        self._bill(50.0, customer=contact)
        self.assertEqual(self._account().closing, 150.0)
        self.assertEqual(self._account(customer=contact).closing, 150.0)

    def test_a_subsidiary_has_a_statement_of_its_own(self):
        daughter = self._customer("Daughter", parent_id=self.customer.id)
        self.assertEqual(daughter.commercial_partner_id, daughter)
        self._bill(70.0)
        self._bill(30.0, customer=daughter)
        self.assertEqual([line.balance for line in self._account().lines], [70.0])
        self.assertEqual([line.balance for line in self._account(daughter).lines], [30.0])

    def test_the_ageing_of_a_past_day_adds_up_to_the_balance_of_that_day(self):
        late, young = self._bill(100.0, -90, due=10), self._bill(50.0, -40, due=30)
        self._pay(late, 100.0, payment_date=self._day(-5))
        self._pay(young, 20.0, payment_date=self._day(-20))
        account = self._account(to=-20)
        self.assertEqual(self._round(account), [30.0, 0.0, 100.0, 0.0, 0.0, 0.0])
        balance = self._account(to=-20, since=-120).lines[-1].balance
        self.assertEqual((account.closing, balance), (130.0, 130.0))

    def test_a_balance_is_brought_forward_in_the_currency_of_the_documents(self):
        bill = self._bill(200.0, -90, currency_id=self.foreign.id)
        self._bill(100.0, -90)
        self._pay(bill, 50.0, payment_date=self._day(-10), currency_id=self.foreign.id)
        accounts = self._accounts(since=-30)
        self.assertEqual(
            {
                currency: (account.opening, account.closing)
                for currency, account in accounts.items()
            },
            {self.local: (100.0, 100.0), self.foreign: (200.0, 150.0)},
        )

    def test_what_was_overpaid_and_adjusted_is_not_open(self):
        bill = self._bill(100.0, -60)
        self._pay(bill, 100.1, payment_date=self._day(-20))
        self.assertEqual([line.balance for line in self._account().lines], [-0.1])
        entry = self.env["account.move"].create(
            {
                "date": self._day(-10),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customer.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (self._receivable(bill).account_id, 0.1),
                        (self.company_data["default_account_revenue"], -0.1),
                    )
                ],
            }
        )
        entry.action_post()
        items = self._ledger(self.customer).filtered(lambda item: not item.reconciled)
        items.reconcile()
        self.assertFalse(self._accounts())

    def test_drafts_cancelled_and_later_documents_are_not_in_it(self):
        self._bill(1.0, post=False)
        self._bill(2.0).button_cancel()
        self._bill(4.0, 1)
        self.assertFalse(self._statement().accounts)
        self.assertFalse(self._statement(since=-30).accounts)

    def test_each_currency_has_its_account(self):
        self._bill(100.0)
        self._bill(60.0, currency_id=self.foreign.id)
        accounts = self._accounts()
        self.assertEqual([c.name for c in accounts], [self.local.name, "CHF"])
        self.assertEqual(accounts[self.foreign].closing, 60.0)
        self.assertEqual(accounts[self.local].closing, 100.0)

    # === MOVEMENTS === #

    def test_movements_of_a_period_run_from_opening_to_closing_balance(self):
        old = self._bill(100.0, -90)
        new = self._bill(40.0, -20)
        self._pay(old, 70.0, payment_date=self._day(-10))
        self._bill(500.0, 2)
        account = self._account(since=-30)
        self.assertEqual(account.opening, 100.0)
        self.assertEqual(
            [(line.kind, line.amount, line.balance) for line in account.lines],
            [("invoice", 40.0, 140.0), ("payment", -70.0, 70.0)],
        )
        self.assertEqual(account.lines[0].name, new.name)
        self.assertEqual((account.debits, account.credits, account.closing), (40.0, 70.0, 70.0))
        self.assertEqual(self._round(account), [40.0, 0.0, 30.0, 0.0, 0.0, 0.0])

    def test_a_customer_at_rest_has_a_balance_and_no_movement(self):
        self._bill(100.0, -90)
        account = self._account(since=-30)
        self.assertEqual((account.opening, account.lines, account.closing), (100.0, [], 100.0))

    def test_the_first_and_the_last_day_belong_to_the_period(self):
        for days in (-11, -10, -5, -4):
            self._bill(10.0 - days, days)
        account = self._account(since=-10, to=-5)
        self.assertEqual(account.opening, 21.0)
        self.assertEqual([line.amount for line in account.lines], [20.0, 15.0])

    def test_what_is_moved_to_the_doubtful_customers_is_owed_as_before(self):
        bill = self._bill(100.0, -50)
        doubtful = self.env["account.account"].create(
            {
                "name": "Doubtful customers",
                "code": "416999",
                "account_type": "asset_current",
                "reconcile": True,
                "doubtful_customers": True,
            }
        )
        receivable = self._receivable(bill)
        entry = self.env["account.move"].create(
            {
                "date": self._day(-5),
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.customer.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in ((doubtful, 100.0), (receivable.account_id, -100.0))
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids.filtered(lambda line: line.balance < 0)).reconcile()
        [line] = self._account().lines
        self.assertEqual((line.balance, line.doubtful), (100.0, True))
        account = self._account(since=-10)
        self.assertEqual((account.opening, account.lines, account.closing), (100.0, [], 100.0))

    def test_money_of_another_customer_is_a_movement_of_both(self):
        other = self._customer("Other")
        bill = self._bill(100.0, -50)
        entry = self._pay_on_account(130.0, customer=other)
        (self._receivable(bill) | self._receivable(entry)).reconcile()
        account = self._account(since=-10)
        self.assertEqual(account.opening, 100.0)
        self.assertEqual(
            [(line.kind, line.amount, line.balance) for line in account.lines],
            [("allocation", -100.0, 0.0)],
        )
        account = self._account(customer=other, since=-10)
        self.assertEqual(
            [(line.kind, line.amount, line.balance) for line in account.lines],
            [("payment", -130.0, -130.0), ("allocation", 100.0, -30.0)],
        )
        self.assertEqual(account.closing, -30.0)

    def test_money_in_another_currency_is_a_movement_in_both(self):
        bill = self._bill(100.0, -50, currency_id=self.foreign.id)
        entry = self._pay_on_account(50.0)
        (self._receivable(bill) | self._receivable(entry)).reconcile()
        self.assertFalse(self._statement().accounts)
        accounts = self._accounts(since=-10)
        found = {
            currency.name: (
                account.opening,
                [line.amount for line in account.lines],
                account.closing,
            )
            for currency, account in accounts.items()
        }
        self.assertEqual(found["CHF"], (100.0, [-100.0], 0.0))
        self.assertEqual(found[self.local.name], (0.0, [-50.0, 50.0], 0.0))

    def test_a_branch_counts_and_another_company_never_does(self):
        self._bill(100.0)
        branch = self._create_company(name="Branch", parent_id=self.company.id)
        other = self.setup_other_company()["company"]
        self._in_company(branch, 20.0)
        self._in_company(other, 4000.0)
        self.assertEqual(self._account().closing, 120.0)
        self.assertEqual(self._account(since=-3).closing, 120.0)

    def _in_company(self, company, amount):
        """An entry in the books of a company."""
        books = self.env["account.move"].with_company(company).sudo()
        journal = books.env["account.journal"].search(
            [("company_id", "parent_of", company.id), ("type", "=", "general")], limit=1
        )
        accounts = books.env["account.account"].search([("company_ids", "parent_of", company.id)])
        receivable = accounts.filtered(lambda a: a.account_type == "asset_receivable")[:1]
        income = accounts.filtered(lambda a: a.account_type == "income")[:1]
        lines = [
            Command.create({"account_id": a.id, "partner_id": self.customer.id, "balance": balance})
            for a, balance in ((receivable, amount), (income, -amount))
        ]
        values = {"company_id": company.id, "journal_id": journal.id, "line_ids": lines}
        books.create(values)._post()

    # === AGAINST AN INDEPENDENT COMPUTATION === #

    def test_any_history_agrees_with_the_bookkeeper_on_any_day(self):
        dice = random.Random(4)
        contact = self.env["res.partner"].create({"name": "C", "parent_id": self.customer.id})
        self._make_history(dice, [self.customer, contact])
        for to in (-150, -100, -61, -30, -1, 0, 20):
            with self.subTest(to=to):
                self._compare_with_bookkeeper(to, since=to - dice.randint(0, 70))

    def _make_history(self, dice, customers):
        """Invoices in two currencies, paid in part, early, late or never, and unallocated payments."""
        for _n in range(25):
            date = dice.randint(-200, -1)
            currency = dice.choice([self.local, self.local, self.foreign])
            bill = self._bill(
                round(dice.uniform(1, 900), 2),
                date,
                due=dice.choice([0, 15, 30, 60]),
                customer=dice.choice(customers),
                currency_id=currency.id,
            )
            for share in dice.choice([(), (1.0,), (0.4,), (0.25, 0.5)]):
                self._pay(
                    bill,
                    round(bill.amount_total * share, 2),
                    currency_id=dice.choice([currency, self.local]).id
                    if share == 1.0
                    else currency.id,
                    payment_date=self._day(dice.randint(date, 30)),
                )
        self._pay_on_account(12.34)

    def _compare_with_bookkeeper(self, to, since):
        day = self._day(to)
        expected = self._expected_open(self.customer, day)
        statement = self._accounts(to=to)
        lines = [line for account in statement.values() for line in account.lines]
        self.assertEqual({line.item_id: round(line.balance, 2) for line in lines}, expected)
        buckets = {currency: self._round(account) for currency, account in statement.items()}
        self.assertEqual(buckets, self._expected_buckets(self.customer, day))
        before = defaultdict(float)
        for item, amount in self._expected_open(self.customer, self._day(since - 1)).items():
            before[self.env["account.move.line"].browse(item).currency_id] += amount
        moved = self._accounts(to=to, since=since)
        for currency, account in moved.items():
            self.assertAlmostEqual(account.opening, before[currency], 2)
            last = account.lines[-1].balance if account.lines else account.opening
            self.assertAlmostEqual(last, account.closing, 2)
            self.assertEqual(self._round(account), buckets.get(currency, [0.0] * 6))

    # === MANY, AND WHO MAY === #

    def test_fifty_customers_take_as_many_queries_as_one(self):
        customers = self.env["res.partner"].concat(*(self._customer(f"C{n}") for n in range(50)))
        for customer in customers:
            self._bill(100.0, -40, customer=customer)
        self._pay(self._bill(50.0, -40, customer=customers[0]), 20.0)
        for since in (None, -50):
            date_from = None if since is None else self._day(since)
            self.statements._read(customers[:1], self.company, self.today, date_from)
            counts = []
            for some in (customers[:1], customers):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                found = self.statements._read(some, self.company, self.today, date_from)
                counts.append(self.env.cr.sql_log_count - before)
                self.assertEqual(len(found), len(some))
                self.assertEqual({len(s.accounts) for s in found.values()}, {1})
            with self.subTest(since=since):
                self.assertEqual(counts[0], counts[1])
                self.assertLess(counts[1], 12)

    def test_credit_people_alone_read_statements(self):
        self._bill(100.0)
        portal = new_test_user(self.env(su=True), "credit_portal", "base.group_portal")
        accountant = self._user("accountant", "account.group_account_invoice")
        for user in (self.salesperson, portal, accountant):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.statements.with_user(user)._read(self.customer, self.company, self.today)

    def test_nobody_reads_statements_of_a_company_that_is_not_theirs(self):
        other = self.setup_other_company()["company"]
        with self.assertRaises(AccessError):
            self.statements._read(self.customer, other, self.today)
        foreign = self.env(su=True)["res.partner"].create({"name": "F", "company_id": other.id})
        with self.assertRaises(AccessError):
            self.statements._read(foreign, self.company, self.today)
