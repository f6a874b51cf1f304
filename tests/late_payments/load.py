"""Loads the file into a database of Odoo and judges its customers.

With the Python of Odoo: `python -m late_payments.load CSV -- ODOO OPTIONS`, on a database that may be
thrown away. Prints a table; fails when a figure is not as expected.
"""

import os
import sys
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from freezegun import freeze_time

from . import books, commissions, earnings, figures, history, orders, plan, reminders, schedule
from .history import DAY, INVOICED, NOT_OVERDUE, RECEIVABLES
from .table import Table

END = date(2014, 1, 31)
TWO_YEARS = date(2012, 1, 1), date(2013, 12, 31)
GAPS = (0, 7)
NOTHING = Decimal("0.00"), 0

CREDIT_MANAGER = "credit_management.group_credit_manager"
SALES = "sales_team.group_sale_salesman_all_leads"


def main(path: Path, options) -> int:
    """Open the database, tell the story, print the table; 1 when a figure differs."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.service import server
    from odoo.tools import config

    config.parse_config(options, setup_logging=True)
    server.start(preload=[], stop=True)
    with Registry(config["db_name"][0]).cursor() as cr:
        table = Story(api.Environment(cr, SUPERUSER_ID, {}), history.read(path)).tell()
    _say(f"\n{table}\n\nDifferences: {', '.join(table.differences) or 'none'}")
    return int(bool(table.differences))


class Story:
    """Two years of a company, and the day in between on which its customers get limits."""

    def __init__(self, env, invoices):
        self.env = env
        self.invoices = invoices
        self.cases = {case.customer: case for case in plan.make(invoices, DAY)}
        self.table = Table()

    def tell(self) -> Table:
        """All of it, in order of time."""
        with self._phase("company, users, customers", DAY):
            self._open()
        self._book(date.min, DAY)
        for title, chapter in (
            ("figures", self._check_receivables),
            ("open orders", self._open_orders),
            ("limits", self._grant_limits),
            ("an order of every customer", self._judge),
        ):
            with self._phase(title, DAY):
                chapter()
        self._book(DAY, END)
        with self._phase("figures", END):
            self._check_end()
        for gap in GAPS:
            with self._phase(f"reminders, {gap} days between two", END):
                self._remind(gap)
        with self._phase("commissions of five salespeople", END):
            self._pay_commissions()
        return self.table

    # === Chapters === #

    def _open(self):
        self.env = books.open_company(self.env)
        self.sales = books.add_user(self.env, "sales", SALES)
        self.manager = books.add_user(self.env, "manager", CREDIT_MANAGER)
        self.partners = books.add_customers(self.env, list(self.cases))
        self.ledger = books.Ledger(self.env, self.partners)

    def _book(self, after, until):
        """What was invoiced and paid after a day, until another."""
        issued = [invoice for invoice in self.invoices if after < invoice.issued <= until]
        settled = [invoice for invoice in self.invoices if after < invoice.settled <= until]
        with self._phase(f"{len(issued)} invoices, {len(settled)} payments", until):
            self.ledger.book(issued, settled)

    def _check_receivables(self):
        add, today = self.table.add, DAY.isoformat()
        add("30 June 2013: receivables", figures.exposure(self.env, "receivable"), RECEIVABLES)
        add("the same in Odoo's ledger", figures.ledger(self.env), RECEIVABLES)
        amount, _count = figures.exposure(self.env, "receivable", ("date_due", ">=", today))
        add("not overdue", amount, NOT_OVERDUE)
        amount, _count = figures.ledger(self.env, ("invoice_date_due", ">=", today))
        add("not overdue in Odoo's ledger", amount, NOT_OVERDUE)
        found = figures.exposure_by_customer(self.env, "receivable")
        right = [
            found.get(self.partners[name], 0) == c.receivable for name, c in self.cases.items()
        ]
        add("customers whose receivables are right", sum(right), len(self.cases))

    def _open_orders(self):
        amounts = self._amounts("open_order")
        orders.confirm(self._as(self.sales), amounts)
        self.env.flush_all()
        expected = sum(amounts.values()), len(amounts)
        self.table.add("open orders", figures.exposure(self.env, "ordered"), expected)

    def _grant_limits(self):
        orders.hold_over_limit(self._as(self.manager))
        orders.grant(self._as(self.manager), self._amounts("limit"))

    def _judge(self):
        confirmed = orders.confirm(self._as(self.sales), self._amounts("order"))
        self.env.invalidate_all()
        self._count("orders held", confirmed, "sent", held=True)
        self._count("orders that became sales", confirmed, "sale", held=False)
        right = [
            orders.outcome(confirmed[self.partners[name]].sudo()) == orders.expected_outcome(case)
            for name, case in self.cases.items()
        ]
        self.table.add("customers judged right, to the cent", sum(right), len(self.cases))

    def _count(self, title, confirmed, state, held):
        amounts = [case.order for case in self.cases.values() if case.is_held is held]
        found = figures.orders_in_state(confirmed, state)
        self.table.add(title, found, (sum(amounts), len(amounts)))

    def _check_end(self):
        add = self.table.add
        add("31 January 2014: invoiced in all", figures.invoiced(self.env), INVOICED)
        add("31 January 2014: receivables", figures.exposure(self.env, "receivable"), NOTHING)
        add("31 January 2014: in Odoo's ledger", figures.ledger(self.env), NOTHING)

    def _remind(self, gap):
        """Every evening of two years a run, and what an independent computation expects of it."""
        expected = schedule.play(self.invoices, gap, *TWO_YEARS)
        found = reminders.Reminders(self.env, self.ledger).play(gap, *TWO_YEARS)
        title = f"two years, {gap} days between two:"
        for level in schedule.LEVELS:
            counts = (sum(n.level == level for n in notices) for notices in (found, expected))
            self.table.add(f"{title} notices of +{level}", *counts)
        self.table.add(
            f"{title} right in day, items and levels", len(found & expected), len(expected)
        )
        self.table.add(
            f"{title} months and levels that differ", len(_differing(found, expected)), 0
        )
        _say(f"\nNotices, {gap} days between two\n\n{schedule.by_month(found)}\n")

    def _pay_commissions(self):
        work = commissions.Commissions(self.env, self.invoices, self.partners, END)
        found, expected = work.play(), earnings.by_month(self.invoices)
        self.table.add("commissions in all", sum(found.values()), sum(expected.values()))
        right = [found.get(key) == amount for key, amount in expected.items()]
        self.table.add("months of a salesperson, to the cent", sum(right), len(expected))
        self.table.add("months with a commission", len(found), len(expected))

    # === Tools === #

    @contextmanager
    def _phase(self, title, day):
        """A step on a day, committed like the work of people: the gate reads what others committed."""
        start = os.times().elapsed  # the one clock that does not stand still
        with freeze_time(f"{day} 12:00:00"):
            yield
            self.env.cr.commit()
        _say(f"{day}  {title}: {os.times().elapsed - start:.1f} s")

    def _as(self, user):
        return self.env(user=user.id, su=False)

    def _amounts(self, name):
        """`{partner: amount}` of the cases that have one."""
        amounts = {self.partners[key]: getattr(case, name) for key, case in self.cases.items()}
        return {partner: amount for partner, amount in amounts.items() if amount}


def _differing(found, expected):
    """Months and levels whose numbers of notices differ."""
    ours, theirs = schedule.count(found), schedule.count(expected)
    return {key for key in ours | theirs if ours[key] != theirs[key]}


def _say(text):
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    cut = sys.argv.index("--")
    sys.exit(main(Path(sys.argv[1]), sys.argv[cut + 1 :]))
