from odoo import models
from odoo.tools import SQL

from ..credit_followup_item import NEXT_INSTALMENT


class CreditStatement(models.AbstractModel):
    """On statements and their ageing an item in a payment plan is due with the next instalment, as everywhere else."""

    _inherit = "credit.statement"

    def _flush_facts(self):
        # EXTENDS 'credit_followup'
        for name in (
            "credit.payment.plan",
            "credit.payment.plan.line",
            "credit.payment.plan.instalment",
        ):
            self.env[name].flush_model()
        return super()._flush_facts()

    def _due_sql(self, date_to):
        # EXTENDS 'credit_followup'
        return SQL(
            """COALESCE((SELECT %s FROM credit_payment_plan_line q JOIN credit_payment_plan p ON p.id = q.plan_id
                          WHERE q.item_id = l.id AND q.state = 'agreed' AND p.date_agreed <= %s), %s)""",
            NEXT_INSTALMENT,
            date_to,
            super()._due_sql(date_to),
        )
