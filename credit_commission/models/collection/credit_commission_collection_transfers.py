from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ...rules.chains import Graph, Item, Money, Step, outcome
from .credit_commission_collection_log import SALES

#: amounts of chains keep all digits, so that the parts add up to the whole without rounding
PLACES = Decimal("1e-16")


class CreditCommissionCollection(models.Model):
    """Follows payments through entries that transferred an invoice's debt to another account or customer.

    Everything connected by transfers is read at once, whatever the length of the chains; ``rules/chains.py`` walks
    through it.
    """

    _inherit = "credit.commission.collection"

    def _log_chains(self, chosen):
        """Log the payments at the end of chains that contain a chosen step; returns the ids of the rows."""
        moves = self._find_connected(chosen)
        if not moves:
            return []
        graph, new = self._read_graph(moves, chosen)
        chains = list(graph.find(new))
        money = self._read_money({chain.entry for chain in chains})
        rows = [self._to_row(chain, money[chain.entry]) for chain in chains if chain.entry in money]
        return self._insert(self._chains_sql(rows)) if rows else []

    # === READING === #

    def _find_connected(self, chosen):
        """Entries and documents connected by transfers to the chosen reconciliations."""
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE accounts AS MATERIALIZED (%(accounts)s),
                        touched AS (
                   SELECT l.move_id AS id FROM account_partial_reconcile p
                     JOIN account_move_line l ON l.id IN (p.debit_move_id, p.credit_move_id)
                    WHERE p.id %(chosen)s),
                        connected AS (
                   SELECT t.id FROM touched t
                     JOIN account_move m ON m.id = t.id AND m.move_type = 'entry'
                    WHERE EXISTS (%(transfer_t)s)
                    UNION
                   SELECT n.id FROM connected c CROSS JOIN LATERAL (%(neighbours)s) n
                    WHERE EXISTS (%(transfer_c)s))
                   SELECT id FROM connected""",
                accounts=self._accounts_sql(),
                chosen=chosen,
                transfer_t=self._transfer_sql(SQL("t.id")),
                transfer_c=self._transfer_sql(SQL("c.id")),
                neighbours=self._neighbours_sql(SQL("c.id")),
            )
        )
        return [id_ for (id_,) in rows]

    def _transfer_sql(self, move_id):
        """Whether the entry is a transfer, which payments and bank statements are not."""
        return SQL(
            """SELECT FROM account_move tm
                WHERE tm.id = %(move)s AND tm.move_type = 'entry' AND tm.state = 'posted'
                  AND tm.origin_payment_id IS NULL AND tm.statement_line_id IS NULL
                  AND NOT EXISTS (
                      SELECT FROM account_move_line tl
                       WHERE tl.move_id = tm.id
                         AND EXISTS (SELECT FROM accounts ta WHERE ta.id = tl.account_id AND ta.money))""",
            move=move_id,
        )

    def _neighbours_sql(self, move_id):
        """Entries reconciled with an entry. ``OFFSET 0`` keeps index look-ups: the planner overestimates recursive
        CTEs and would scan whole tables.
        """
        return SQL(
            """SELECT o.move_id AS id
                 FROM (SELECT l.id FROM account_move_line l WHERE l.move_id = %s OFFSET 0) l
           CROSS JOIN LATERAL (
                      SELECT p.credit_move_id AS id FROM account_partial_reconcile p WHERE p.debit_move_id = l.id
                       UNION ALL
                      SELECT p.debit_move_id FROM account_partial_reconcile p WHERE p.credit_move_id = l.id) s
                 JOIN account_move_line o ON o.id = s.id""",
            move_id,
        )

    def _read_graph(self, moves, chosen):
        """The connected graph, and the ids of its chosen reconciliations."""
        items = [Item(*row) for row in self.env.execute_query(self._items_sql(moves))]
        transfers = {
            id_: (Decimal(debit), Decimal(credit))
            for id_, debit, credit in self.env.execute_query(self._transfers_sql(moves))
        }
        known, steps, new = {item.id for item in items}, [], set()
        for is_new, id_, debit, credit, *amounts, day in self.env.execute_query(
            self._steps_sql(list(known), chosen)
        ):
            if debit in known and credit in known:
                steps.append(Step(id_, debit, credit, *map(Decimal, amounts), day))
                new |= {id_} if is_new else set()
        return Graph(items, transfers, steps), new

    def _items_sql(self, moves):
        return SQL(
            """WITH accounts AS MATERIALIZED (%(accounts)s)
               SELECT l.id, l.move_id, SIGN(l.balance)::int, COALESCE(a.passing, FALSE), COALESCE(a.factor, FALSE),
                      COALESCE(a.receivable, FALSE) AND m.move_type IN %(sales)s AND m.state = 'posted'
                      AND (m.move_type <> 'out_refund' OR NOT %(counted)s)
                 FROM account_move_line l
                 JOIN account_move m ON m.id = l.move_id
            LEFT JOIN accounts a ON a.id = l.account_id
                WHERE l.move_id = ANY(%(moves)s)
                ORDER BY l.id""",
            accounts=self._accounts_sql(),
            sales=SALES,
            counted=self._counted_whole_sql("l"),
            moves=moves,
        )

    def _transfers_sql(self, moves):
        """The transfers among some entries, with their total debits and credits."""
        return SQL(
            """WITH accounts AS MATERIALIZED (%s)
               SELECT l.move_id, COALESCE(SUM(l.balance) FILTER (WHERE l.balance > 0), 0)::text,
                      COALESCE(-SUM(l.balance) FILTER (WHERE l.balance < 0), 0)::text
                 FROM account_move_line l
                WHERE l.move_id = ANY(%s) AND EXISTS (%s)
             GROUP BY l.move_id""",
            self._accounts_sql(),
            moves,
            self._transfer_sql(SQL("l.move_id")),
        )

    def _steps_sql(self, items, chosen):
        return SQL(
            """SELECT p.id %(chosen)s, p.id, p.debit_move_id, p.credit_move_id, p.amount::text,
                      p.debit_amount_currency::text, p.credit_amount_currency::text, p.max_date
                 FROM account_partial_reconcile p
                WHERE p.debit_move_id = ANY(%(items)s) AND p.credit_move_id = ANY(%(items)s)
                ORDER BY p.id""",
            chosen=chosen,
            items=items,
        )

    def _read_money(self, entries):
        """``{entry: its composition}``."""
        rows = self.env.execute_query(
            SQL(
                """WITH accounts AS MATERIALIZED (%s)
                   SELECT s.move_id, s.has_money, s.bank, s.passed_share::text, s.factor_share::text,
                          s.lost_debit::text, s.lost_credit::text
                     FROM (SELECT x.move_id, %s
                             FROM account_move_line x
                             JOIN account_move k ON k.id = x.move_id AND k.move_type = 'entry' AND k.state = 'posted'
                             JOIN res_company co ON co.id = x.company_id
                        LEFT JOIN accounts ax ON ax.id = x.account_id
                            WHERE x.move_id = ANY(%s)
                         GROUP BY x.move_id) s""",
                self._accounts_sql(),
                self._money_sql(),
                list(entries),
            )
        )
        return {
            id_: Money(has_money, bank, *map(Decimal, shares))
            for id_, has_money, bank, *shares in rows
        }

    # === WRITING === #

    def _to_row(self, chain, money):
        """The columns of :meth:`_chains_sql`."""
        nature, share, lost = outcome(chain, money)
        first, last = chain.steps[0], chain.steps[-1]
        weight = chain.sign * chain.weight
        amounts = (
            _exactly(weight, amount, part)
            for amount, part in (
                (chain.amount_currency, share),
                (chain.amount_currency, lost),
                (chain.amount, share),
            )
        )
        return (
            nature,
            money.is_bank if money.has_money else nature == "loss",
            first,
            last if len(chain.steps) > 1 else None,
            ",".join(map(str, chain.steps[1:-1])) or None,
            chain.item,
            chain.other,
            *amounts,
            chain.date,
        )

    def _chains_sql(self, rows):
        """Payments at the end of chains, invoices assigned to a factor, and amounts settled without money on the way."""
        return SQL(
            """SELECT 'registered' AS stage, c.nature, c.is_cleared, i.company_id, c.partial_id, c.via_partial_id,
                      c.via_path, NULL::int AS clearing_partial_id, m.id AS move_id, i.id AS line_id,
                      o.move_id AS payment_move_id, m.currency_id, c.amount, 0 AS amount_discount,
                      c.lost AS amount_lost, c.amount_company, c.date,
                      COALESCE(i.date_maturity, i.date) AS date_due,
                      o.date - COALESCE(i.date_maturity, i.date) AS days_late
                 FROM (VALUES %s) c (nature, is_cleared, partial_id, via_partial_id, via_path, item_id, other_id, amount,
                      lost, amount_company, date)
                 JOIN account_move_line i ON i.id = c.item_id
                 JOIN account_move m ON m.id = i.move_id
                 JOIN account_move_line o ON o.id = c.other_id""",
            SQL(", ").join(
                SQL(
                    "(%s, %s, %s, %s::int, %s::text, %s, %s, %s::numeric, %s::numeric, %s::numeric, %s)",
                    *row,
                )
                for row in rows
            ),
        )


def _exactly(weight, amount, part):
    """A part of an amount, to sixteen decimals."""
    number = weight.numerator * amount * part / weight.denominator
    return number.quantize(PLACES)
