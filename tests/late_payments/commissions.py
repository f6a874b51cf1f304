"""Five salespeople, a plan that pays less for late money, and what Odoo enters for them month by month."""

from datetime import date, timedelta

from odoo.fields import Command

from . import books, earnings
from .table import cents

SALES = "sales_team.group_sale_salesman"
FIRST = date(2012, 1, 1)


class Commissions:
    """The add-on at work on the books of the company."""

    def __init__(self, env, invoices, partners, last):
        self.env = env
        self.last = last
        self.people = [books.add_user(env, f"seller{n}", SALES) for n in range(earnings.PEOPLE)]
        owners = earnings.salesperson(invoice.customer for invoice in invoices)
        for place, person in enumerate(self.people):
            names = [name for name, owner in owners.items() if owner == place]
            self._assign(person, [partners[name].id for name in names])

    def _assign(self, person, partner_ids):
        domain = [("move_type", "=", "out_invoice"), ("partner_id", "in", partner_ids)]
        self.env["account.move"].search(domain).invoice_user_id = person

    def play(self):
        """`{(salesperson, first day of the month): commission}`, entered at the end of each month."""
        plan = self._make_plan()
        for end in self._month_ends():
            plan._compute_entries(end)
        rows = self.env["credit.commission.entry"]._read_group(
            [("plan_id", "=", plan.id)], ["person_id", "date:month"], ["amount:sum"]
        )
        places = {person.partner_id: place for place, person in enumerate(self.people)}
        found = {(places[person], month): cents(amount) for person, month, amount in rows}
        return {key: amount for key, amount in found.items() if amount}

    def _make_plan(self):
        plan = self.env["credit.commission.plan"].create(
            {
                "name": "3 % of what came in time",
                "company_id": self.env.company.id,
                "date_from": FIRST,
                "rule_ids": [Command.create({"name": "All sales", "percent": 3.0})],
                "agent_ids": [Command.create({})],
                "speed_ids": [
                    Command.create({"days_late": days, "kind": "rate", "percent": percent})
                    for days, percent in ((11, 2.0), (31, 0.0))
                ],
            }
        )
        plan.action_activate()
        return plan

    def _month_ends(self):
        month = FIRST
        while month <= self.last:
            month = (month + timedelta(32)).replace(day=1)
            yield month - timedelta(1)
