from odoo import models
from odoo.addons.credit_followup.left_out import LeftOut
from odoo.tools import SQL

#: the first instalment of plan ``p`` that is not paid, as the ledger says of its items; less than half of the currency's unit is
#: not missing
NEXT_INSTALMENT = SQL(
    """(SELECT MIN(i.date) FROM credit_payment_plan_instalment i
         WHERE i.plan_id = p.id AND i.cumulative > p.amount - (
               SELECT COALESCE(SUM(r.amount_residual_currency), 0)
                 FROM credit_payment_plan_line o JOIN account_move_line r ON r.id = o.item_id
                WHERE o.plan_id = p.id) + (SELECT c.rounding / 2 FROM res_currency c WHERE c.id = p.currency_id))"""
)


class CreditFollowupItem(models.Model):
    """What customers answered is not asked for again: a promise before its day is over, a plan before an instalment is missed,
    of a disputed item the disputed part. Each comes back by itself.
    """

    _inherit = "credit.followup.item"
    _depends = {
        "credit.dispute.line": ["item_id", "withheld"],
        "credit.payment.plan": ["amount", "state", "tolerance_days"],
        "credit.payment.plan.instalment": ["cumulative", "date", "plan_id"],
        "credit.payment.plan.line": ["item_id", "plan_id", "state"],
        "credit.promise": ["last_day", "state"],
        "credit.promise.line": ["item_id", "promise_id", "state"],
    }

    def _left_out_sources(self):
        # EXTENDS 'credit_followup'
        return super()._left_out_sources() | {
            "promised": LeftOut(
                self.env._("Promised"),
                self._promised_rows,
                self.env._(
                    "The customer promised to pay: reminders resume automatically if the promise is broken"
                ),
                keeps_credits=True,
            ),
            "planned": LeftOut(
                self.env._("In a payment plan"),
                self._planned_rows,
                self.env._("Paid in instalments: reminders resume automatically if one is missed"),
                keeps_credits=True,
            ),
            "disputed": LeftOut(
                self.env._("Disputed"),
                self._disputed_rows,
                self.env._(
                    "Settle the dispute: reminders resume automatically for the refused part"
                ),
                keeps_credits=True,
            ),
        }

    def _promised_rows(self, today):
        return SQL(
            """SELECT q.item_id, p.last_day AS until
                 FROM credit_promise_line q JOIN credit_promise p ON p.id = q.promise_id
                WHERE q.state = 'open' AND p.last_day >= %s""",
            today,
        )

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

    def _disputed_rows(self, _today):
        """Items disputed in full; the undisputed part of other items is still reminded."""
        return SQL(
            """SELECT l.id AS item_id, NULL::date AS until
                 FROM account_move_line l
                WHERE %s >= l.amount_residual_currency AND l.amount_residual_currency > 0""",
            self._disputed_sql(),
        )

    def _disputed_sql(self):
        """Disputed part of item ``l``, in its currency; NULL if none."""
        return SQL(
            "(SELECT SUM(d.withheld) FROM credit_dispute_line d WHERE d.item_id = l.id AND d.withheld > 0)"
        )

    def _withheld_sql(self):
        # EXTENDS 'credit_followup'
        disputed = SQL(
            "LEAST(COALESCE(%s, 0), GREATEST(l.amount_residual_currency, 0))", self._disputed_sql()
        )
        other = super()._withheld_sql()
        return SQL("%s + %s", other, disputed) if other else disputed
