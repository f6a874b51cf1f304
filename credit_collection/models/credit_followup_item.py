from odoo import fields, models
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

#: what is still to come of line ``q`` of a promise on item ``l``: what was settled since pays the promise first
LEFT_OF_PROMISE = SQL(
    "GREATEST(q.amount - GREATEST(q.amount_then - l.amount_residual_currency, 0), 0)"
)


class CreditFollowupItem(models.Model):
    """What customers answered is not asked for again: of a promised item the promised part before its day is over, a plan before
    an instalment is missed, of a disputed item the disputed part. Each comes back by itself.
    """

    _inherit = "credit.followup.item"
    _depends = {
        "credit.dispute.line": ["item_id", "withheld"],
        "credit.payment.plan": ["amount", "state", "tolerance_days"],
        "credit.payment.plan.instalment": ["cumulative", "date", "plan_id"],
        "credit.payment.plan.line": ["item_id", "plan_id", "state"],
        "credit.promise": ["last_day", "state"],
        "credit.promise.line": ["amount", "amount_then", "item_id", "promise_id", "state"],
    }

    move_name = fields.Char(string="Number", related="move_id.name")

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
        """Items promised in full, or promised but for what is disputed; the rest of other items is still reminded."""
        return SQL(
            """SELECT q.item_id, p.last_day AS until
                 FROM credit_promise_line q
                 JOIN credit_promise p ON p.id = q.promise_id
                 JOIN account_move_line l ON l.id = q.item_id
                WHERE q.state = 'open' AND p.last_day >= %s AND %s + COALESCE(%s, 0) >= l.amount_residual_currency""",
            today,
            LEFT_OF_PROMISE,
            self._disputed_sql(),
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

    def _disputed_amount_sql(self):
        """Disputed part of an open item ``l``, at most what is open, in the company's currency."""
        return SQL(
            "ROUND(LEAST(COALESCE(%s, 0), l.amount_residual_currency) * l.amount_residual / NULLIF(l.amount_residual_currency, 0), %s)",
            self._disputed_sql(),
            self._roots_sql()[2],
        )

    def _promised_sql(self, today):
        """Promised part of item ``l`` that is not paid yet, in its currency; NULL if none."""
        return SQL(
            """(SELECT SUM(%s) FROM credit_promise_line q JOIN credit_promise p ON p.id = q.promise_id
                 WHERE q.item_id = l.id AND q.state = 'open' AND p.last_day >= %s)""",
            LEFT_OF_PROMISE,
            today,
        )

    def _withheld_items_sql(self):
        """The few items of which :meth:`_withheld_sql` may withhold something. Extend together with it."""
        return SQL(
            """SELECT d.item_id FROM credit_dispute_line d WHERE d.withheld > 0
                UNION ALL SELECT q.item_id FROM credit_promise_line q WHERE q.state = 'open' AND q.item_id IS NOT NULL"""
        )

    def _withheld_sql(self, today):
        # EXTENDS 'credit_followup'
        return SQL(
            "LEAST(%s COALESCE(%s, 0) + COALESCE(%s, 0), GREATEST(l.amount_residual_currency, 0))",
            SQL("%s +", other) if (other := super()._withheld_sql(today)) else SQL(),
            self._disputed_sql(),
            self._promised_sql(today),
        )
