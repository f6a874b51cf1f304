"""Loads the file into a database of Odoo and judges its customers: `load.py CSV -- ODOO OPTIONS`.

Run with the Python of Odoo, as `python -m late_payments.load`, on a database that may be thrown away. Prints a table;
fails when a figure is not as expected.
"""

import os
import sys
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

from freezegun import freeze_time

from . import books, figures, history, orders, plan
from .table import Table

DAY = date(2013, 6, 30)
END = date(2014, 1, 31)

# Published with the file, computed by others: amount and number of invoices.
RECEIVABLES = Decimal("5119.85"), 84
NOT_OVERDUE = Decimal("4284.29")
INVOICED = Decimal("147703.18"), 2466
NOTHING = Decimal("0.00"), 0


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
    _say(f"\n{table}\n")
    _say(f"Differences: {', '.join(table.differences) or 'none'}")
    return int(bool(table.differences))


class Story:
    """Two years of a company, and the day in between on which its customers get limits."""

    def __init__(self, env, invoices):
        self.invoices = invoices
        self.cases = {case.customer: case for case in plan.make(invoices, DAY)}
        self.table = Table()
        with self._phase("company, users, customers", DAY):
            self.env = env = books.open_company(env)
            self.sales = books.add_user(env, "sales", "sales_team.group_sale_salesman_all_leads")
            self.manager = books.add_user(
                env, "manager", "credit_management.group_credit_manager"
            )
            self.partners = books.add_customers(env, list(self.cases))
            self.ledger = books.Ledger(env, self.partners)

    def tell(self) -> Table:
        """All of it, in order of time."""
        earlier = [invoice for invoice in self.invoices if invoice.issued <= DAY]
        settled = [invoice for invoice in earlier if invoice.settled <= DAY]
        with self._phase(f"{len(earlier)} invoices, {len(settled)} payments", DAY):
            self.ledger.book(earlier, settled)
        with self._phase("figures", DAY):
            self._check_receivables()
        with self._phase("open orders", DAY):
            self._open_orders()
        with self._phase("limits", DAY):
            self._grant_limits()
        with self._phase("an order for every customer", DAY):
            self._judge()
        later = [invoice for invoice in self.invoices if invoice.issued > DAY]
        settled = [invoice for invoice in self.invoices if invoice.settled > DAY]
        with self._phase(f"{len(later)} invoices, {len(settled)} payments", END):
            self.ledger.book(later, settled)
        with self._phase("figures", END):
            self._check_end()
        return self.table

    # === Chapters === #

    def _check_receivables(self):
        add, today = self.table.add, DAY.isoformat()
        not_due = figures.exposure(self.env, "receivable", ("date_due", ">=", today))
        ledger_not_due = figures.ledger(self.env, ("invoice_date_due", ">=", today))
        add("30 June 2013: receivables, invoices", figures.exposure(self.env, "receivable"), RECEIVABLES)
        add("the same in Odoo's ledger", figures.ledger(self.env), RECEIVABLES)
        add("of which not overdue", not_due[0], NOT_OVERDUE)
        add("the same in Odoo's ledger", ledger_not_due[0], NOT_OVERDUE)
        found = figures.exposure_by_customer(self.env, "receivable")
        right = [found.get(self.partners[c.customer], 0) == c.receivable for c in self.cases.values()]
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
        self._count("orders that are sales", confirmed, "sale", held=False)
        outcomes = [
            orders.outcome(confirmed[self.partners[name]].sudo()) == orders.expected_outcome(case)
            for name, case in self.cases.items()
        ]
        self.table.add("customers judged right, holds to the cent", sum(outcomes), len(self.cases))

    def _count(self, title, confirmed, state, held):
        amounts = [case.order for case in self.cases.values() if case.is_held is held]
        found = figures.orders_in_state(confirmed, state)
        self.table.add(title, found, (sum(amounts), len(amounts)))

    def _check_end(self):
        self.table.add("31 January 2014: invoiced", figures.invoiced(self.env), INVOICED)
        self.table.add("receivables, invoices", figures.exposure(self.env, "receivable"), NOTHING)
        self.table.add("the same in Odoo's ledger", figures.ledger(self.env), NOTHING)

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
        amounts = {self.partners[case.customer]: getattr(case, name) for case in self.cases.values()}
        return {partner: amount for partner, amount in amounts.items() if amount}


def _say(text):
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    cut = sys.argv.index("--")
    sys.exit(main(Path(sys.argv[1]), sys.argv[cut + 1 :]))
