from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

from odoo import api, models
from odoo.tools import SQL

from ..rules import CreditRequest, default_limit
from ..rules.simulation import Bill, History, Item, PastOrder, limit_on


class CreditSimulationPast(models.AbstractModel):
    """Reads the history of customers from ledger, orders and decisions, for simulations.

    A few queries per batch of customers. Amounts: the root company's currency, taxes included; receivables as booked,
    orders at the rate stored on them. ``period`` is a ``credit.policy.simulation``.
    """

    _name = "credit.simulation.past"
    _description = "Past Figures for a Simulation"

    @api.model
    def _read(self, partner_ids, period):
        """``{partner id: History}`` of commercial partners."""
        partner_ids = tuple(partner_ids)
        positions = self._read_positions(partner_ids, period)
        files = self._read_files(partner_ids, period)
        limits = self._read_limits(files.values(), period)
        items = self._read_items(partner_ids, period)
        orders = self._read_orders(partner_ids, period)
        return {
            partner_id: self._to_history(
                positions[partner_id],
                files[partner_id],
                limits,
                period,
                items=tuple(items[partner_id]),
                orders=tuple(orders[partner_id]),
            )
            for partner_id in partner_ids
        }

    def _to_history(self, position, file, limits, period, items, orders):
        if self._is_assumed(position, file, period):
            position = replace(position, credit_mode="limited")
        if not period._is_judged(file):
            orders = tuple(replace(order, judged=False) for order in orders)
        rows, fallback = self._get_limits(position, file, limits[file.id], period)
        return History(
            replace(position, policy=period._get_rules()),
            items=items,
            orders=orders,
            limits=rows,
            fallback=fallback,
            status_since=file.status_date or None,
            groups=tuple(int(id_) for id_ in (file.parent_path or "").split("/") if id_),
        )

    # === FILES AND LIMITS === #

    def _read_positions(self, partner_ids, period):
        """What does not change from day to day: mode, class, groups. Today's figures are replaced by those of each
        day."""
        customers = {(partner_id, period.company_id.id) for partner_id in partner_ids}
        today = self.env["res.company"]._get_credit_today()
        positions = self.env["credit.profile"]._read_positions(customers, today)
        return {partner_id: position for (partner_id, _company), position in positions.items()}

    def _read_files(self, partner_ids, period):
        """``{partner id: credit file}``, empty for customers without one."""
        profiles = self.env["credit.profile"]
        found = profiles._find({(id_, period.company_id.id) for id_ in partner_ids})
        files = {file.partner_id.id: file for file in found}
        return {id_: files.get(id_, profiles) for id_ in partner_ids}

    def _read_limits(self, files, period):
        """``{credit file id: approved (kind, date_from, date_to, amount)}``, the latest decided last."""
        limits = defaultdict(list)
        last = period.date_to if period.limit_basis == "dated" else period.run_date
        found = self.env["credit.limit"].search_fetch(
            [
                ("profile_id", "in", [file.id for file in files if file]),
                ("state", "=", "approved"),
                ("date_from", "<=", last),
            ],
            ["profile_id", "kind", "date_from", "date_to", "amount"],
            order="id",
        )
        for row in found:
            limits[row.profile_id.id].append((row.kind, row.date_from, row.date_to, row.amount))
        return limits

    def _get_limits(self, position, file, rows, period):
        """The limits of a customer and the amount that applies without one: ``(rows, amount or None)``."""
        if position.credit_mode != "limited":
            return (), 0.0 if position.credit_mode == "prepaid" else None
        default = self._get_default_limit(position, file, period)
        if period.limit_basis == "dated":
            return tuple(rows), default
        permanent = [row for row in rows if row[0] == "permanent"]
        return (), limit_on(permanent, period.run_date, default)

    def _get_default_limit(self, position, file, period):
        """Limit of a customer without one of its own; ``None`` in a group, whose limit applies alone."""
        if self._is_assumed(position, file, period):
            return period.assumed_limit
        if file.parent_id:
            return None
        return default_limit(
            (file.risk_class_id, period.policy_id),
            period.company_id.credit_management_default_limit,
        )

    def _is_assumed(self, position, file, period):
        """Whether the simulation's assumed limit applies: there is no decision and no group limit."""
        return position.undecided and period.assumes_limit and not file.parent_id

    # === LEDGER === #

    def _read_items(self, partner_ids, period):
        """``{partner id: [Item]}``: items open on the first day or created later, with their settlements."""
        accounts = self.env["account.account"]
        debts = self._lines_sql(partner_ids, period, accounts._get_exposure_account_ids())
        items = defaultdict(list)
        for partner_id, _cleared, item in self._read_lines(debts, SQL("NULL"), period):
            items[partner_id].append(item)
        if "uncleared" in period._get_sources():
            waiting = accounts._get_outstanding_account_ids()
            money = self._lines_sql(partner_ids, period, waiting, self._payments_sql())
            for partner_id, cleared, item in self._read_lines(
                money, SQL("y.credit_cleared_date"), period
            ):
                items[partner_id].append(item.as_money(cleared))
        return items

    def _read_lines(self, lines, cleared, period):
        """``(partner id, day of clearing, Item)`` of journal items.

        :param lines: ``FROM`` and ``WHERE`` parts
        """
        settled = self._read_settlements(lines, period)
        rows = self.env.execute_query(
            SQL(
                """SELECT l.id, p.commercial_partner_id, %(cleared)s, l.date, COALESCE(l.date_maturity, l.date),
                          l.amount_residual, l.move_id
                     FROM %(lines)s
                      AND (l.date >= %(first)s OR l.reconciled IS NOT TRUE OR l.id = ANY(%(settled)s))""",
                cleared=cleared,
                lines=lines,
                first=period.date_from,
                settled=list(settled),
            )
        )
        for id_, partner_id, cleared_on, day, due, residual, move in rows:
            later = tuple(settled.get(id_, ()))
            amount = float(residual) + sum(amount for _day, amount in later)
            yield partner_id, cleared_on, Item(id_, day, due, amount, later, move)

    def _read_settlements(self, lines, period):
        """``{item: [(day, amount)]}`` from the first day on, signed like the item."""
        sides = (("debit_move_id", SQL("r.amount")), ("credit_move_id", SQL("-r.amount")))
        rows = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    """SELECT l.id, r.max_date, %(amount)s FROM (SELECT l.id FROM %(lines)s) l
                         JOIN account_partial_reconcile r ON %(side)s = l.id
                        WHERE r.max_date >= %(first)s""",
                    amount=amount,
                    lines=lines,
                    side=SQL.identifier("r", side),
                    first=period.date_from,
                )
                for side, amount in sides
            )
        )
        settled = defaultdict(list)
        for id_, day, amount in rows:
            settled[id_].append((day, float(amount)))
        return settled

    def _lines_sql(self, partner_ids, period, account_ids, also=SQL()):  # noqa: B008
        """Posted journal items ``l`` on the accounts, with their partner ``p``."""
        return SQL(
            """(SELECT id, commercial_partner_id FROM res_partner WHERE commercial_partner_id IN %(partners)s) p
                 JOIN account_move_line l ON l.partner_id = p.id %(also)s
                WHERE l.account_id IN %(accounts)s AND l.company_id IN %(companies)s
                  AND l.parent_state = 'posted'""",
            partners=partner_ids,
            also=also,
            accounts=account_ids,
            companies=period._get_company_ids(),
        )

    def _payments_sql(self):
        return SQL(
            """JOIN account_payment y ON y.move_id = l.move_id
                AND y.payment_type = 'inbound' AND y.partner_type = 'customer'"""
        )

    # === ORDERS === #

    def _read_orders(self, partner_ids, period):
        """``{partner id: [PastOrder]}``: orders of the period, and older ones still open at its start."""
        found = self._read_order_rows(partner_ids, period)
        ids = tuple(row["id"] for row in found) or (0,)
        bills = self._read_bills(ids)
        paid = self._read_paid(ids)
        terms = {}
        horizon = self._get_horizon(period)
        orders = defaultdict(list)
        for row in found:
            order = self._to_order(row, bills[row["id"]], paid.get(row["id"], 0.0), period)
            order = replace(order, counts_from=self._get_first_day(row["date_due"], horizon))
            term = row["payment_term_id"], order.day
            if term not in terms:
                terms[term] = self._get_payment_days(*term)
            request = replace(order.request, payment_days=terms[term])
            orders[row["partner_id"]].append(replace(order, request=request))
        return orders

    def _read_order_rows(self, partner_ids, period):
        first, after = period._get_moments()
        query = SQL(
            """SELECT o.id, p.commercial_partner_id AS partner_id, o.date_order, o.payment_term_id,
                      o.amount_total / NULLIF(o.currency_rate, 0) AS amount, o.invoice_status,
                      COALESCE(o.commitment_date, o.date_order + make_interval(days => (
                          SELECT MAX(l.customer_lead)::int FROM sale_order_line l WHERE l.order_id = o.id
                      )))::date AS date_due
                 FROM sale_order o
                 JOIN res_partner p ON p.id = o.partner_invoice_id
                WHERE p.commercial_partner_id IN %(partners)s AND o.company_id IN %(companies)s
                  AND o.state = 'sale' AND o.amount_total > 0 AND o.date_order < %(after)s
                  AND (o.date_order >= %(first)s OR o.invoice_status IS DISTINCT FROM 'invoiced' OR EXISTS (
                      SELECT FROM sale_order_line l
                        JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                        JOIN account_move_line e ON e.id = r.invoice_line_id
                       WHERE l.order_id = o.id AND e.date >= %(day)s))""",
            partners=partner_ids,
            companies=period._get_company_ids(),
            after=after,
            first=first,
            day=period.date_from,
        )
        self.env.cr.execute(query)
        return self.env.cr.dictfetchall()

    def _to_order(self, row, bills, paid, period):
        """:rtype: PastOrder"""
        at = period._to_local(row["date_order"])
        amount = float(row["amount"] or 0.0)
        closed = None
        if row["invoice_status"] == "invoiced":
            closed = max((bill.day for bill in bills), default=at.date())
        return PastOrder(
            CreditRequest(
                row["partner_id"],
                period.company_id.id,
                amount,
                document=("sale.order", row["id"]),
                schedule=((row["date_due"], amount),) if row["date_due"] else (),
            ),
            at,
            tuple(bills),
            closed,
            paid,
            judged=at.date() >= period.date_from,
        )

    def _get_horizon(self, period):
        """How far ahead orders count: ``timedelta.max`` without a horizon, ``None`` if the policy does not count
        orders."""
        if "ordered" not in period._get_sources():
            return None
        days = period._get_rules().horizon_days
        return timedelta.max if days is None else timedelta(days)

    def _get_first_day(self, due, horizon):
        """First day on which an order's delivery is within the horizon."""
        if horizon is None:
            return date.max
        return date.min if horizon == timedelta.max or not due else due - horizon

    def _read_bills(self, order_ids):
        """``{order: [Bill]}``: posted invoices of orders, converted at the order's rate."""
        rows = self.env.execute_query(
            SQL(
                """SELECT l.order_id, m.id, m.date, m.payment_state = 'reversed',
                          SUM(CASE WHEN m.move_type = 'out_refund' THEN -e.price_total ELSE e.price_total END
                              / NULLIF(CASE WHEN m.currency_id = o.currency_id THEN o.currency_rate
                                            ELSE m.invoice_currency_rate END, 0))
                     FROM sale_order o
                     JOIN sale_order_line l ON l.order_id = o.id
                     JOIN sale_order_line_invoice_rel r ON r.order_line_id = l.id
                     JOIN account_move_line e ON e.id = r.invoice_line_id
                     JOIN account_move m ON m.id = e.move_id
                    WHERE o.id IN %s AND m.state = 'posted' AND m.move_type IN ('out_invoice', 'out_refund')
                    GROUP BY l.order_id, m.id""",
                order_ids,
            )
        )
        bills = defaultdict(list)
        for order_id, move, day, credited, amount in rows:
            bills[order_id].append(Bill(move, day, float(amount or 0.0), bool(credited)))
        return bills

    def _read_paid(self, order_ids):
        """``{order: amount}`` paid online by the order's day, unless the ledger still shows it on account: a booked
        payment that settled an invoice of that day leaves nothing there."""
        return {
            id_: float(amount)
            for id_, amount in self.env.execute_query(
                SQL(
                    """SELECT o.id, SUM(t.amount / NULLIF(o.currency_rate, 0))
                         FROM sale_order o
                         JOIN sale_order_transaction_rel r ON r.sale_order_id = o.id
                         JOIN payment_transaction t ON t.id = r.transaction_id
                         LEFT JOIN account_payment y ON y.id = t.payment_id
                         LEFT JOIN account_move m ON m.id = y.move_id
                        WHERE o.id IN %s AND t.state IN ('authorized', 'done')
                          AND t.last_state_change < o.date_order + interval '1 day'
                          AND (m.state = 'posted' AND m.date <= o.date_order::date
                               AND (m.date < o.date_order::date OR EXISTS (
                                   SELECT FROM account_move_line l
                                    WHERE l.move_id = m.id AND l.account_id IN %s AND l.reconciled IS NOT TRUE))
                              ) IS NOT TRUE
                        GROUP BY o.id""",
                    order_ids,
                    self.env["account.account"]._get_exposure_account_ids(),
                )
            )
        }

    def _get_payment_days(self, term_id, day):
        """Days until the last instalment, under today's definition of the terms."""
        lines = self.env["account.payment.term"].browse(term_id or ()).line_ids
        return max(((line._get_due_date(day) - day).days for line in lines), default=0)
