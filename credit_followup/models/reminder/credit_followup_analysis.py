from odoo import api, fields, models
from odoo.tools import SQL

from .credit_followup_level import CHANNELS, STAGE_SELECTION


class CreditFollowupAnalysis(models.Model):
    """Sent notices and the money collected after them.

    No table: one row per notice, with its id. Both amounts cover the items listed on the notice as they stood,
    without credits, so that collections never exceed the amount reminded. A collection counts once, for the last
    notice that listed the item before the payment, so that amounts add up. Only payments from bank and cash journals
    count, not credit notes. Amounts are in the root company's currency, taxes included.
    """

    _name = "credit.followup.analysis"
    _description = "Follow-up Analysis"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "account.journal": ["type"],
        "account.move.line": ["balance", "journal_id"],
        "account.partial.reconcile": ["amount", "credit_move_id", "debit_move_id", "max_date"],
        "credit.followup.notice": ["date", "state"],
        "credit.followup.notice.line": [
            "amount",
            "cancelled",
            "item_id",
            "notice_id",
            "occurrence",
        ],
    }

    notice_id = fields.Many2one("credit.followup.notice", readonly=True)
    date = fields.Date(readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    procedure_id = fields.Many2one("credit.followup.procedure", readonly=True)
    level_id = fields.Many2one("credit.followup.level", readonly=True)
    stage = fields.Selection(STAGE_SELECTION, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    notice_count = fields.Integer(string="Notices", readonly=True)
    amount = fields.Monetary(
        string="Amount Reminded",
        readonly=True,
        help="Items listed on the notice, before credits",
    )
    collected_15 = fields.Monetary(string="Collected Within 15 Days", readonly=True)
    collected_30 = fields.Monetary(string="Collected Within 30 Days", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """SELECT n.id, n.id AS notice_id, n.date, n.partner_id, n.company_id, n.procedure_id, n.level_id,
                      n.stage, n.channel, n.user_id, 1 AS notice_count,
                      (SELECT COALESCE(SUM(e.amount), 0) FROM credit_followup_notice_line e
                        WHERE e.notice_id = n.id AND e.occurrence > 0 AND e.cancelled IS NOT TRUE) AS amount,
                      COALESCE(c.collected_15, 0) AS collected_15, COALESCE(c.collected_30, 0) AS collected_30
                 FROM credit_followup_notice n
                 LEFT JOIN (%s) c ON c.notice_id = n.id
                WHERE n.state = 'sent'""",
            self._collected_sql(),
        )

    def _collected_sql(self):
        """Collections after each notice within 15 and 30 days: ``(notice_id, collected_15, collected_30)``."""
        return SQL(
            """SELECT p.notice_id, SUM(LEAST(p.in_15, p.named)) AS collected_15,
                      SUM(LEAST(p.in_30, p.named)) AS collected_30
                 FROM (SELECT q.notice_id, q.line_id, q.named,
                              COALESCE(SUM(q.amount) FILTER (WHERE q.days <= 15), 0) AS in_15,
                              COALESCE(SUM(q.amount) FILTER (WHERE q.days <= 30), 0) AS in_30
                         FROM (%s) q
                        GROUP BY 1, 2, 3) p
                GROUP BY p.notice_id""",
            self._payments_sql(),
        )

    def _payments_sql(self):
        """Each payment with the last notice before it: ``(notice_id, line_id, named, amount, days)``.

        A payment on the notice's own day counts as later if it left less open than the notice listed.
        """
        return SQL(
            """SELECT DISTINCT ON (r.id) e.notice_id, e.id AS line_id, e.amount AS named, r.amount, r.max_date - n.date AS days
                 FROM credit_followup_notice_line e
                 JOIN credit_followup_notice n ON n.id = e.notice_id AND n.state = 'sent'
                 JOIN account_move_line o ON o.id = e.item_id
                 JOIN account_partial_reconcile r ON r.debit_move_id = e.item_id AND r.max_date >= n.date
                 JOIN account_move_line l ON l.id = r.credit_move_id
                 JOIN account_journal j ON j.id = l.journal_id AND j.type IN ('bank', 'cash', 'credit')
                WHERE e.occurrence > 0 AND e.cancelled IS NOT TRUE
                  AND (r.max_date > n.date
                       OR o.balance - (SELECT SUM(x.amount) FROM account_partial_reconcile x
                                        WHERE x.debit_move_id = e.item_id AND x.id <= r.id) < e.amount)
                ORDER BY r.id, n.date DESC, n.id DESC"""
        )

    @api.depends("partner_id")
    def _compute_display_name(self):
        # a user who may see the row sees the name, even of a branch's customer
        for row in self:
            row.display_name = row.sudo().partner_id.display_name
