from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: documents whose payments earn commission
SALES = ("out_invoice", "out_refund", "out_receipt")
#: reconciliations read per statement
BATCH = 20_000


class CreditCommissionCollection(models.Model):
    """Reads the ledger into the log.

    Each step is one ``INSERT … SELECT`` over a range of reconciliations. A reconciliation may be read twice; the
    unique index of the log ensures that it is written once.
    """

    _inherit = "credit.commission.collection"

    @api.model
    def _log_new(self, commit=False):
        """Log new payments of customer invoices; returns the number of rows.

        :param commit: commit after each batch, for a scheduled job, which stops when its time is up and resumes later
        :raise UserError: while another process reads the ledger; a scheduled job returns instead
        """
        self.env.flush_all()
        cursor = self.env["credit.commission.cursor"].sudo()._lock()
        if not cursor:
            if commit:
                return 0
            raise UserError(
                self.env._(
                    "Another user is updating the log of collections. Try again in a minute."
                )
            )
        first, last, settled = cursor._get_range()
        self._log_undone(self._find_vanished(first))
        written = 0
        for start in range(first, last + 1, BATCH):
            end = min(start + BATCH - 1, last)
            written += self._log(SQL("BETWEEN %s AND %s", start, end))
            cursor.partial_id = max(cursor.partial_id, min(end, settled))
            if commit and not self.env["ir.cron"]._commit_progress(remaining=last - end):
                break
        else:
            written += len(self._insert(self._open_credits_sql()))
        self.env.invalidate_all(flush=True)
        return written

    @api.model
    def _cron_log(self):
        if (
            self.env["credit.commission.plan"]
            .sudo()
            .search_count([("state", "!=", "draft")], limit=1)
        ):
            self._log_new(commit=True)

    @api.model
    def _log_again(self, partial_ids):
        """Log reconciliations again because a draft that holds them is posted."""
        cursor = self.env["credit.commission.cursor"].search([], limit=1)
        if read := [id_ for id_ in partial_ids if id_ <= cursor.partial_id]:
            self.env.flush_all()
            cursor._touch()
            self._log(SQL("= ANY(%s)", read))
            self.invalidate_model()

    # === READING SOME RECONCILIATIONS === #

    def _log(self, chosen):
        """Log the chosen reconciliations and the clearings they affect; returns the number of rows.

        :param SQL chosen: condition to append to an id
        """
        self.env.cr.execute(
            SQL("SET LOCAL jit TO off")
        )  # JIT compilation takes longer than a batch; the setting ends with the transaction
        written = self._insert(self._direct_sql(), self._read_sql(chosen))
        written += self._log_chains(chosen)
        cleared = self._insert(self._cleared_sql(), self._arrivals_sql(chosen, written))
        return len(written) + len(cleared)

    def _insert(self, rows, read=SQL()):  # noqa: B008
        """Insert rows and return the ids of the new ones.

        :param rows: query of the rows to log
        :param read: common table expressions that the rows use
        """
        return [
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    """WITH RECURSIVE accounts AS MATERIALIZED (%(accounts)s), %(read)s found AS (%(rows)s)
                       INSERT INTO credit_commission_collection (
                              event, stage, nature, is_cleared, company_id, partial_id, via_partial_id,
                              via_path, clearing_partial_id, undo_count, move_id, line_id, payment_move_id, currency_id, amount,
                              amount_discount, amount_lost, amount_company, date, date_due, days_late, create_uid,
                              create_date)
                       SELECT f.stage, f.stage, f.nature, f.is_cleared, split_part(co.parent_path, '/', 1)::int,
                              f.partial_id, f.via_partial_id, f.via_path, f.clearing_partial_id,
                              (SELECT COUNT(*) FROM credit_commission_collection u
                                WHERE u.event = 'undone' AND u.partial_id = f.partial_id AND u.line_id = f.line_id
                                  AND u.stage = f.stage
                                  AND u.via_partial_id IS NOT DISTINCT FROM f.via_partial_id
                                  AND u.via_path IS NOT DISTINCT FROM f.via_path
                                  AND u.clearing_partial_id IS NOT DISTINCT FROM f.clearing_partial_id),
                              f.move_id, f.line_id,
                              f.payment_move_id, f.currency_id, f.amount, f.amount_discount, f.amount_lost,
                              f.amount_company,
                              f.date, f.date_due, f.days_late, %(uid)s, %(now)s
                         FROM found f
                         JOIN res_company co ON co.id = f.company_id
                        WHERE f.amount <> 0 OR f.amount_discount <> 0 OR f.amount_lost <> 0
                        ORDER BY f.date, f.partial_id, f.amount DESC
                           ON CONFLICT DO NOTHING
                    RETURNING id""",
                    accounts=self._accounts_sql(),
                    read=read,
                    rows=rows,
                    uid=self.env.uid,
                    now=self.env.cr.now(),
                )
            )
        ]

    def _accounts_sql(self):
        """Accounts by use: ``receivable``; ``money`` (``bank``, or waiting for it); ``passing`` for transfers of
        debts; ``factor``; ``waiting`` for the bank, including cheques.
        """
        return SQL(
            """SELECT a.id, a.account_type = 'asset_receivable' AS receivable,
                      a.account_type = 'asset_cash' AS bank,
                      a.account_type = 'asset_cash' OR a.id = ANY(%(outstanding)s) AS money,
                      a.id = ANY(%(factor)s) AS factor,
                      a.account_type = 'asset_receivable' OR (
                          a.reconcile AND a.account_type IN ('asset_current', 'liability_current')
                          AND a.id <> ALL(%(outstanding)s)) AS passing,
                      a.account_type <> 'asset_cash' AND (
                          a.id = ANY(%(outstanding)s) OR a.reconcile AND a.account_type = 'asset_current') AS waiting
                 FROM account_account a
                WHERE a.account_type IN ('asset_receivable', 'asset_cash', 'asset_current', 'liability_current')""",
            outstanding=self._get_outstanding_account_ids(),
            factor=self._get_factor_account_ids(),
        )

    def _get_outstanding_account_ids(self):
        """Outstanding accounts of payments, payment methods and charts, in all companies."""
        used = self.env.execute_query(
            SQL(
                """SELECT a.id FROM account_account a WHERE EXISTS (
                       SELECT FROM account_payment y WHERE y.outstanding_account_id = a.id)"""
            )
        )
        methods = self.env["account.payment.method.line"].sudo()
        accounts = methods.search([("payment_account_id", "!=", False)]).payment_account_id
        roots = self.env["res.company"].sudo().search([("parent_id", "=", False)])
        accounts |= roots.transfer_account_id
        return sorted({id_ for (id_,) in used} | set(accounts.ids))

    def _get_factor_account_ids(self):
        """Factors' accounts, in all companies."""
        naming = [("credit_commission_factor_account_ids", "!=", False)]
        companies = self.env["res.company"].sudo().search(naming)
        return companies.credit_commission_factor_account_ids.ids

    def _read_sql(self, chosen):
        """Facts about the chosen reconciliations, each read once.

        ``sides``: both sides of each reconciliation, ``item_id`` settled by ``other_id``, signed, in the item's currency.
        ``entries``: the part of an entry that is money (``share``; ``passed_share`` if it settles a transferred
        debt), whether it is already at the ``bank``, and whether the rest is a cash discount.
        """
        return SQL(
            """sides AS MATERIALIZED (
                   SELECT p.id, p.debit_move_id AS item_id, p.credit_move_id AS other_id, p.amount,
                          p.debit_amount_currency AS amount_currency, 1 AS sign, p.max_date
                     FROM account_partial_reconcile p WHERE p.id %(chosen)s
                   UNION ALL
                   SELECT p.id, p.credit_move_id, p.debit_move_id, p.amount, p.credit_amount_currency, -1, p.max_date
                     FROM account_partial_reconcile p WHERE p.id %(chosen)s),
               entries AS MATERIALIZED (
                   SELECT x.move_id, %(money)s
                     FROM (SELECT DISTINCT o.move_id FROM sides s JOIN account_move_line o ON o.id = s.other_id
                             JOIN account_move k ON k.id = o.move_id AND k.move_type = 'entry') k
                     JOIN account_move_line x ON x.move_id = k.move_id
                     JOIN res_company co ON co.id = x.company_id
                LEFT JOIN accounts ax ON ax.id = x.account_id
                 GROUP BY x.move_id),""",
            chosen=chosen,
            money=self._money_sql(),
        )

    def _money_sql(self):
        """Totals of the items ``x`` of an entry with their accounts ``ax``."""
        return SQL(
            """COALESCE(bool_or(ax.money), FALSE) AS has_money,
               COALESCE(bool_and(ax.bank) FILTER (WHERE ax.money), FALSE) AS bank,
               COALESCE(LEAST(1, GREATEST(0, -SUM(x.balance) FILTER (WHERE ax.money)
                   / NULLIF(SUM(x.balance) FILTER (WHERE ax.receivable), 0))), 0) AS share,
               COALESCE(LEAST(1, GREATEST(0, -SUM(x.balance) FILTER (WHERE ax.money)
                   / NULLIF(SUM(x.balance) FILTER (WHERE ax.passing), 0))), 0) AS passed_share,
               COALESCE(LEAST(1, GREATEST(0, -SUM(x.balance) FILTER (WHERE ax.factor)
                   / NULLIF(SUM(x.balance) FILTER (WHERE ax.passing AND NOT ax.factor), 0))), 0) AS factor_share,
               1 - COALESCE(SUM(x.balance) FILTER (WHERE ax.passing AND x.balance > 0)
                   / NULLIF(SUM(x.balance) FILTER (WHERE x.balance > 0), 0), 0) AS lost_debit,
               1 - COALESCE(SUM(x.balance) FILTER (WHERE ax.passing AND x.balance < 0)
                   / NULLIF(SUM(x.balance) FILTER (WHERE x.balance < 0), 0), 0) AS lost_credit,
               COALESCE(bool_or(x.account_id IN (
                   co.account_journal_early_pay_discount_loss_account_id,
                   co.account_journal_early_pay_discount_gain_account_id)), FALSE) AS discounted"""
        )

    def _direct_sql(self):
        """Payments and credit notes reconciled with a customer's invoice."""
        return SQL(
            """SELECT 'registered' AS stage,
                      CASE WHEN e.move_id IS NULL THEN 'credit' WHEN e.has_money THEN 'money' ELSE 'loss' END AS nature,
                      COALESCE(e.bank OR NOT e.has_money, TRUE) AS is_cleared, i.company_id, p.id AS partial_id,
                      NULL::int AS via_partial_id, NULL::text AS via_path, NULL::int AS clearing_partial_id, m.id AS move_id, i.id AS line_id,
                      k.id AS payment_move_id, m.currency_id, r.amount,
                      CASE WHEN e.discounted THEN r.rest ELSE 0 END AS amount_discount,
                      CASE WHEN e.discounted OR e.move_id IS NULL THEN 0 WHEN e.has_money THEN r.rest
                           ELSE round(r.rest * CASE p.sign WHEN 1 THEN e.lost_debit ELSE e.lost_credit END,
                                      cu.decimal_places) END AS amount_lost,
                      round(p.sign * p.amount * COALESCE(e.share, 1), cc.decimal_places) AS amount_company, p.max_date AS date,
                      COALESCE(i.date_maturity, i.date) AS date_due,
                      CASE WHEN e.move_id IS NULL THEN 0
                           ELSE o.date - COALESCE(i.date_maturity, i.date) END AS days_late
                 FROM sides p
                 JOIN account_move_line i ON i.id = p.item_id
                 JOIN accounts ai ON ai.id = i.account_id AND ai.receivable
                 JOIN account_move m ON m.id = i.move_id AND m.move_type IN %(sales)s AND m.state = 'posted'
                 JOIN account_move_line o ON o.id = p.other_id
                 JOIN account_move k ON k.id = o.move_id AND k.id <> m.id AND k.state = 'posted'
                      AND (k.move_type = 'entry' OR k.move_type IN %(sales)s)
            LEFT JOIN entries e ON e.move_id = k.id
                 JOIN res_currency cu ON cu.id = m.currency_id
                 JOIN res_company co ON co.id = i.company_id
                 JOIN res_currency cc ON cc.id = co.currency_id
           CROSS JOIN LATERAL (
                      SELECT y.amount, p.sign * p.amount_currency - y.amount AS rest
                        FROM (SELECT round(p.sign * p.amount_currency * COALESCE(e.share, 1),
                                           cu.decimal_places) AS amount) y) r
                WHERE m.move_type <> 'out_refund' OR NOT %(counted)s""",
            sales=SALES,
            counted=self._counted_whole_sql("i"),
        )

    def _counted_whole_sql(self, item):
        """Whether the item belongs to a credit note already logged in full, whose later use does not count."""
        return SQL(
            """EXISTS (SELECT FROM credit_commission_collection w
                        WHERE w.partial_id = -%(item)s.id AND w.event <> 'undone'
                          AND NOT EXISTS (SELECT FROM credit_commission_collection wu
                                           WHERE wu.origin_id = w.id AND wu.event = 'undone'))""",
            item=SQL.identifier(item),
        )

    def _open_credits_sql(self):
        """Open credit notes of collected invoices: they take commission back at once, before being refunded or used.

        Without a reconciliation, their ``partial_id`` is the negative id of the item.
        """
        return SQL(
            """SELECT 'registered' AS stage, 'credit' AS nature, TRUE AS is_cleared, i.company_id, -i.id AS partial_id,
                      NULL::int AS via_partial_id, NULL::text AS via_path, NULL::int AS clearing_partial_id, m.id AS move_id,
                      i.id AS line_id, NULL::int AS payment_move_id, m.currency_id,
                      i.amount_residual_currency AS amount, 0 AS amount_discount, 0 AS amount_lost,
                      i.amount_residual AS amount_company, GREATEST(m.date, s.date) AS date,
                      COALESCE(i.date_maturity, i.date) AS date_due, 0 AS days_late
                 FROM account_move m
                 JOIN account_move d ON d.id = m.reversed_entry_id AND d.state = 'posted'
                      AND d.move_type IN %(sales)s
                 JOIN account_move_line i ON i.move_id = m.id AND i.amount_residual_currency <> 0
                 JOIN accounts ai ON ai.id = i.account_id AND ai.receivable
           CROSS JOIN LATERAL (
                      SELECT round(SUM(c.amount + c.amount_discount + c.amount_lost), 8) AS amount, MAX(c.date) AS date
                        FROM credit_commission_collection c
                       WHERE c.move_id = d.id AND c.stage = 'registered' AND c.nature <> 'factor') s
                WHERE m.move_type = 'out_refund' AND m.state = 'posted'
                  AND s.amount >= d.amount_total_in_currency_signed AND NOT %(counted)s""",
            sales=SALES,
            counted=self._counted_whole_sql("i"),
        )
