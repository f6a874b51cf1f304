from odoo import models
from odoo.addons.credit_followup.left_out import LeftOut
from odoo.tools import SQL

#: the first instalment of plan ``p`` that is not paid, as the ledger says of its items
NEXT_INSTALMENT = SQL(
    """(SELECT MIN(i.date) FROM credit_payment_plan_instalment i
         WHERE i.plan_id = p.id AND i.cumulative > p.amount + 0.004 - (
               SELECT COALESCE(SUM(r.amount_residual_currency), 0)
                 FROM credit_payment_plan_line o JOIN account_move_line r ON r.id = o.item_id
                WHERE o.plan_id = p.id))"""
)


class CreditFollowupItem(models.Model):
    """The instalments of a plan replace the due dates of its items: nothing is reminded of before one of them is missed."""

    _inherit = "credit.followup.item"
    _depends = {
        "credit.payment.plan": ["amount", "state", "tolerance_days"],
        "credit.payment.plan.instalment": ["cumulative", "date", "plan_id"],
        "credit.payment.plan.line": ["item_id", "plan_id", "state"],
    }

    def _left_out_sources(self):
        # EXTENDS 'credit_followup'
        return super()._left_out_sources() | {
            "planned": LeftOut(
                self.env._("In a payment plan"),
                self._planned_rows,
                self.env._(
                    "It is paid in instalments: reminders go on by themselves if one is missed"
                ),
                keeps_credits=True,
            ),
        }

    def _planned_rows(self, today):
        return SQL(
            """SELECT q.item_id, n.day + p.tolerance_days AS until
                 FROM credit_payment_plan_line q
                 JOIN credit_payment_plan p ON p.id = q.plan_id
                CROSS JOIN LATERAL (SELECT %s AS day OFFSET 0) n
                WHERE q.state = 'agreed' AND n.day + p.tolerance_days >= %s""",
            NEXT_INSTALMENT,
            today,
        )
