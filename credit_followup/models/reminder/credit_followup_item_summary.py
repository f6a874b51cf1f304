from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from odoo import api, models
from odoo.tools import SQL


@dataclass(slots=True)
class Summary:
    """Reminder status of a customer in a root company: record ids, or ``None``."""

    next_date: date | None = None
    next_level_id: int | None = None
    level_id: int | None = None
    last_date: date | None = None


class CreditFollowupItem(models.Model):
    """Summaries of a customer's items, for the panels."""

    _inherit = "credit.followup.item"

    @api.model
    def _read_summaries(self, customers, today):
        """The reminder status of customers.

        :param customers: pairs of ids of customer and root company
        :return: ``{pair: Summary}`` of all of them
        """
        self._flush_facts()
        items = self._read_items_of(customers)
        nexts = self._read_next([item for found in items.values() for item in found], today)
        reached = self._read_levels_reached(items)
        summaries = {}
        for customer in customers:
            steps = [nexts[item] for item in items[customer] if item in nexts]
            first = min(steps, key=lambda step: (step.date, -step.level.days), default=None)
            summaries[customer] = Summary(
                next_date=first and first.date,
                next_level_id=first and first.level.id,
                level_id=reached.get(customer),
            )
        self._add_last_dates(summaries)
        return summaries

    def _read_items_of(self, customers):
        """``{(customer, root company): [item id]}`` of the open debts."""
        root, _currency, _decimals = self._roots_sql()
        found = defaultdict(list)
        for customer, company, item in self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, %s, l.id
                     FROM res_partner p JOIN account_move_line l ON l.partner_id = p.id
                    WHERE p.commercial_partner_id = ANY(%s) AND l.amount_residual > 0 AND %s""",
                root,
                [customer for customer, _company in customers],
                self._open_sql(),
            )
        ):
            found[customer, company].append(item)
        return found

    def _read_levels_reached(self, items):
        """``{(customer, root company): level}``: the highest level reached by an open item."""
        histories = self._read_histories([item for found in items.values() for item in found])
        reached = {}
        for customer, found in items.items():
            named = [
                named for item in found if item in histories for named in histories[item].named
            ]
            if named:
                reached[customer] = max(named, key=lambda one: one.days).level_id
        return reached

    def _add_last_dates(self, summaries):
        companies = defaultdict(list)
        for customer, company in summaries:
            companies[company].append(customer)
        for company, customers in companies.items():
            contacts = self._read_last_contacts(customers, company, proposals=False)
            for customer, day in contacts.items():
                summaries[customer, company].last_date = day
