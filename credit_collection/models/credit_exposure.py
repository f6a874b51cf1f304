from odoo import fields, models
from odoo.addons.credit_management.models.credit_exposure import Source
from odoo.tools import SQL

from .credit_followup_item import NEXT_INSTALMENT


class CreditExposure(models.Model):
    """Exposure with payment plans and disputes: planned items are due with the next instalment; a policy may exclude disputes."""

    _inherit = "credit.exposure"
    _depends = {
        "account.move.line": ["amount_residual_currency"],
        "credit.dispute.line": ["item_id", "withheld"],
        "credit.payment.plan": ["amount", "state"],
        "credit.payment.plan.instalment": ["cumulative", "date", "plan_id"],
        "credit.payment.plan.line": ["item_id", "plan_id", "state"],
    }

    source = fields.Selection(selection_add=[("disputed", "Disputed, left out")])

    def _exposure_sources(self):
        # EXTENDS 'credit_management'
        return super()._exposure_sources() | {"disputed": Source("disputed", self._disputed_rows())}

    def _receivable_rows(self):
        # EXTENDS 'credit_management': the due date of an item that is paid in instalments is that of the next one. The
        # items of plans are read once: to look for the plan of each item costs more than all else at the gate
        return SQL(
            """SELECT s.line_id, s.partner_id, s.company_id, s.amount, s.date,
                      CASE WHEN s.line_id IN (SELECT q.item_id FROM credit_payment_plan_line q WHERE q.state = 'agreed')
                           THEN COALESCE((SELECT %s FROM credit_payment_plan_line q
                                            JOIN credit_payment_plan p ON p.id = q.plan_id
                                           WHERE q.item_id = s.line_id AND q.state = 'agreed'), s.date_due)
                           ELSE s.date_due END AS date_due,
                      s.res_model, s.res_id
                 FROM (%s) s""",
            NEXT_INSTALMENT,
            super()._receivable_rows(),
        )

    def _disputed_rows(self):
        """Disputed parts of open items, as negative amounts that reduce the exposure of policies counting this source."""
        return SQL(
            """SELECT l.id AS line_id, l.partner_id, l.company_id,
                      -%(disputed)s AS amount,
                      l.date, COALESCE(l.date_maturity, l.date) AS date_due,
                      'account.move'::varchar AS res_model, l.move_id AS res_id
                 FROM account_move_line l
                WHERE l.id IN (SELECT d.item_id FROM credit_dispute_line d WHERE d.withheld > 0)
                  AND l.account_id IN %(accounts)s AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
                  AND l.amount_residual > 0 AND l.amount_residual_currency > 0""",
            disputed=self.env["credit.followup.item"]._disputed_amount_sql(),
            accounts=self.env["account.account"]._get_exposure_account_ids(),
        )
