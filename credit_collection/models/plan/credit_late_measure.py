from datetime import date, timedelta

from odoo import models
from odoo.tools import SQL


class CreditLateMeasure(models.AbstractModel):
    """Late charges of items in a payment plan: what the plan says replaces them for as long as it runs.

    They run up to the day of the agreement, and again from the day on which a plan failed. A cancelled plan changes nothing,
    unless a new version replaced it.
    """

    _inherit = "credit.late.measure"

    def _read_facts(self, items):
        # EXTENDS 'credit_followup'
        facts = super()._read_facts(items)
        for item_id, agreed, ended, last in self.env.execute_query(self._query_plans(tuple(facts))):
            fact = facts[item_id]
            fact.counted.append((agreed + timedelta(1), ended or date.max))
            if fact.due >= agreed:
                fact.due = max(fact.due, ended or last)
        return facts

    def _query_plans(self, item_ids):
        """Rows of item, days on which the plan was agreed and failed or was replaced, and last instalment, oldest first."""
        for name in ("credit.payment.plan", "credit.payment.plan.line"):
            self.env[name].flush_model()
        return SQL(
            """SELECT q.item_id, p.date_agreed, CASE WHEN p.state IN ('defaulted', 'cancelled') THEN p.date_ended END, p.date_last
                 FROM credit_payment_plan_line q JOIN credit_payment_plan p ON p.id = q.plan_id
                WHERE q.item_id IN %s AND p.date_agreed IS NOT NULL
                  AND (p.state IN ('agreed', 'kept', 'defaulted')
                       OR EXISTS (SELECT FROM credit_payment_plan n WHERE n.previous_id = p.id AND n.date_agreed IS NOT NULL))
                ORDER BY p.date_agreed, p.id""",
            item_ids or (0,),
        )
