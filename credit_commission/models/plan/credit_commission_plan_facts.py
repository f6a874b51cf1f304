from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ...rules import Entering, Part, Terms


class CreditCommissionPlan(models.Model):
    """Reads the facts for entries: terms of the plan, lines behind the collections, earlier entries."""

    _inherit = "credit.commission.plan"

    def _make_entering(self):
        """:rtype: ..rules.Entering"""
        return Entering(
            self._to_terms(), self.period, self.safety_days, self.currency_id.decimal_places
        )

    def _to_terms(self):
        """:rtype: ..rules.Terms"""
        first = self.tier_ids.filtered(lambda tier: tier.threshold <= 0)
        return Terms(
            tuple(rule._to_rule() for rule in self.rule_ids),
            tuple(share._to_share() for share in self.agent_ids),
            {share.id: share.person_id.id or None for share in self.agent_ids},
            tuple(step._to_speed() for step in self.speed_ids),
            self.rule_ids.category_ids._get_below(),
            first[:1].percent,
        )

    # === WHAT THE COLLECTIONS ARE FOR === #

    def _logged_sql(self, ids):
        """Collections of the log that match a condition."""
        return SQL("SELECT * FROM credit_commission_collection WHERE id = ANY(%s)", ids)

    def _read_parts(self, collections):
        """The lines behind collections: document lines, or order lines for a down payment.

        :param SQL collections: rows like those of the log
        :rtype: list[..rules.Part]
        """
        if self.base == "margin":
            self._log_costs(collections)
        rows = self.env.execute_query(self._parts_sql(collections))
        return [
            Part(
                *row[:5],
                Decimal(row[5]),
                Decimal(row[6]),
                *row[7:16],
                Decimal(row[16]),
                Decimal(row[17]),
                row[18:],
            )
            for row in rows
        ]

    def _log_costs(self, collections):
        """Log the costs of sales from before the installation, so that they no longer change."""
        moves = self.env["account.move"].browse(
            id_
            for (id_,) in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT c.move_id FROM (%s) c WHERE c.move_id IS NOT NULL", collections
                )
            )
        )
        self.env["credit.commission.cost"]._log_invoices(moves)

    def _parts_sql(self, collections):
        """The columns of :class:`..rules.Part`, amounts as text (Odoo reads numbers as floats), facts last."""
        wanted = self._get_wanted()
        return SQL(
            """SELECT c.id, c.date, c.partial_id, c.nature = 'credit',
                      CASE WHEN c.nature <> 'credit' AND m.move_type <> 'out_refund' THEN c.days_late END,
                      (c.amount + %(discount)s)::text, m.amount_total_in_currency_signed::text, m.id, d.id,
                      m.move_type = 'out_refund', %(own)s, d.invoice_date, m.commercial_partner_id, u.partner_id,
                      l.id, COALESCE(o.id, 0), (%(net)s)::text,
                      COALESCE(l.net * o.rate, SIGN(-l.balance))::text,
                      %(salesperson)s, %(team)s, %(product)s, %(category)s, %(customer)s, %(country)s, %(rank)s
                 FROM (%(collections)s) c
                 JOIN account_move m ON m.id = c.move_id
                 JOIN account_move d ON d.id = CASE WHEN m.move_type = 'out_refund'
                      THEN COALESCE(m.reversed_entry_id, m.id) ELSE m.id END
                 JOIN res_partner cp ON cp.id = m.commercial_partner_id
            LEFT JOIN res_users u ON u.id = d.invoice_user_id
           CROSS JOIN LATERAL (%(lines)s) l
            LEFT JOIN LATERAL (%(orders)s) o ON TRUE
            LEFT JOIN product_product pp ON pp.id = COALESCE(o.product_id, l.product_id)
            LEFT JOIN product_template pt ON pt.id = pp.product_tmpl_id
             %(cost)s
                ORDER BY c.id, l.id, o.id""",
            collections=collections,
            discount=self._discount_sql(),
            own=self._own_sql(),
            net=SQL("l.net * COALESCE(o.weight, 1) * x.margin")
            if self.base == "margin"
            else SQL("l.net * COALESCE(o.weight, 1)"),
            lines=self._lines_sql(),
            orders=self._orders_sql(),
            cost=self._cost_sql() if self.base == "margin" else SQL(),
            salesperson=self._fact_sql(SQL("d.invoice_user_id"), wanted["salesperson"]),
            team=self._fact_sql(SQL("d.team_id"), wanted["team"]),
            product=self._fact_sql(SQL("pp.id"), wanted["product"]),
            category=self._fact_sql(SQL("pt.categ_id"), wanted["category"]),
            customer=self._fact_sql(SQL("m.commercial_partner_id"), wanted["customer"]),
            country=self._fact_sql(SQL("cp.country_id"), wanted["country"]),
            rank=self._first_sql() if any(self.rule_ids.mapped("invoice_rank")) else SQL("FALSE"),
        )

    def _get_wanted(self):
        """Ids that the plan's rules and shares use; nothing else is read."""
        rules, shares = self.rule_ids, self.agent_ids
        customers = rules.partner_ids | shares.scope_partner_id
        return {
            "salesperson": (rules.user_ids | shares.scope_user_id).ids,
            "team": (rules.team_ids | shares.scope_team_id).ids,
            "product": rules.product_ids.ids,
            "category": list(rules.category_ids._get_below()),
            "customer": customers.commercial_partner_id.ids,
            "country": rules.country_ids.ids,
        }

    def _fact_sql(self, column, wanted):
        """The id if a rule uses it, otherwise 0, which keeps the number of combinations small."""
        if not wanted:
            return SQL("0")
        return SQL("CASE WHEN %s = ANY(%s) THEN %s ELSE 0 END", column, sorted(wanted), column)

    def _own_sql(self):
        """Whether a credit note and its own invoice settle each other, from either side."""
        return SQL(
            """c.nature = 'credit' AND c.partial_id > 0 AND (
                   SELECT m.reversed_entry_id = k.id OR k.reversed_entry_id = m.id
                     FROM account_move k WHERE k.id = c.payment_move_id) IS TRUE"""
        )

    def _lines_sql(self):
        """The lines sold, with ``net`` excluding taxes in the company's currency.

        A credit note is converted at the exchange rate of its invoice; otherwise exchange differences would change
        the commission.
        """
        return SQL(
            """SELECT l.id, l.balance, l.product_id, l.quantity, l.product_uom_id, l.is_downpayment,
                      CASE WHEN d.id <> m.id AND d.currency_id = m.currency_id
                            AND l.currency_id <> l.company_currency_id
                           THEN round(-l.amount_currency / NULLIF(d.invoice_currency_rate::numeric, 0), %s)
                           ELSE -l.balance END AS net
                 FROM account_move_line l
                WHERE l.move_id = m.id AND l.display_type = 'product' AND l.balance <> 0""",
            self.currency_id.decimal_places,
        )

    def _orders_sql(self):
        """For a down payment, invoiced or deducted: each order line by its part of the net (``weight``).

        ``rate``: multiplied by the net of the down payment, it gives the number of fixed amounts of the line.
        """
        return SQL(
            """SELECT ol.id, ol.product_id, ol.price_subtotal / s.total AS weight,
                      so.currency_rate / s.total AS rate, ol.product_uom_qty AS quantity, ol.product_uom_id,
                      ol.price_subtotal / NULLIF(so.currency_rate, 0) AS sold
                 FROM sale_order_line dol
                 JOIN sale_order so ON so.id = dol.order_id
           CROSS JOIN LATERAL (
                      SELECT NULLIF(SUM(sl.price_subtotal), 0) AS total FROM sale_order_line sl
                       WHERE sl.order_id = so.id AND sl.is_downpayment IS NOT TRUE AND sl.display_type IS NULL) s
                 JOIN sale_order_line ol ON ol.order_id = so.id AND ol.is_downpayment IS NOT TRUE
                      AND ol.display_type IS NULL AND ol.price_subtotal <> 0
                WHERE l.is_downpayment AND s.total <> 0
                  AND dol.id = (SELECT MIN(r.order_line_id) FROM sale_order_line_invoice_rel r
                                  JOIN sale_order_line rl ON rl.id = r.order_line_id AND rl.is_downpayment
                                 WHERE r.invoice_line_id = l.id)"""
        )

    def _cost_sql(self):
        """The margin as a part of the net amount, at the cost logged at the sale.

        Sales from before the installation use the current cost, logged when they are first read.
        """
        products = self.env["product.product"].with_company(self.company_id)
        return SQL(
            """CROSS JOIN LATERAL (
                   SELECT 1 - COALESCE(COALESCE(o.quantity,
                                                l.quantity * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END)
                              * lu.factor / NULLIF(pu.factor, 0)
                              * COALESCE((SELECT k.unit_cost FROM credit_commission_cost k
                                           WHERE k.order_line_id = o.id),
                                         (SELECT k.unit_cost FROM credit_commission_cost k
                                           WHERE o.id IS NULL AND k.line_id = l.id), %s)
                              / NULLIF(COALESCE(o.sold, l.net), 0), 0) AS margin
                     FROM (SELECT 1) one
                LEFT JOIN uom_uom lu ON lu.id = COALESCE(o.product_uom_id, l.product_uom_id)
                LEFT JOIN uom_uom pu ON pu.id = pt.uom_id) x""",
            products._field_to_sql("pp", "standard_price"),
        )

    def _first_sql(self):
        """Whether the customer has no earlier invoice in the company."""
        return SQL(
            """NOT EXISTS (SELECT FROM account_move f
                            JOIN res_partner fp ON fp.id = f.partner_id
                             AND fp.commercial_partner_id = d.commercial_partner_id
                           WHERE f.move_type = 'out_invoice' AND f.state = 'posted' AND f.company_id = d.company_id
                             AND (f.invoice_date, f.id) < (d.invoice_date, d.id))"""
        )

    # === WHAT WAS ENTERED === #

    def _load_entered(self, entering, parts):
        """Load what the documents have earned so far, and the rates for their credit notes."""
        self._load_sums(entering, {part.move_id for part in parts})
        if deals := {part.deal_id for part in parts if part.is_refund}:
            self._load_originals(entering, deals)
        self._load_kept(entering, parts)

    def _load_kept(self, entering, parts):
        """Load the part of the credit notes' invoices settled with money, if not all."""
        deals = {part.deal_id for part in parts if part.is_refund}
        if not deals:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT move_id, SUM(amount + %(discount)s)::text, SUM(amount + amount_discount + amount_lost)::text
                     FROM credit_commission_collection
                    WHERE move_id = ANY(%(deals)s) AND stage = 'registered' AND nature NOT IN ('credit', 'factor')
                 GROUP BY move_id
                   HAVING SUM(amount + %(discount)s) <> SUM(amount + amount_discount + amount_lost)
                      AND SUM(amount) <> 0""",
                discount=self._discount_sql(),
                deals=list(deals),
            )
        )
        for deal, money, settled in rows:
            if Decimal(settled):
                entering.kept[deal] = Decimal(money) / Decimal(settled)

    def _discount_sql(self):
        """The cash discount, if it counts as paid."""
        return SQL("amount_discount") if self.discount_is_money else SQL("0")

    def _load_sums(self, entering, moves):
        """Load the totals of document lines by share, without corrections after a contest."""
        rows = self.env.execute_query(
            SQL(
                """SELECT move_id, agent_id, line_id, order_part, SUM(exact_base)::text, SUM(exact_amount)::text,
                          SUM(base)::text, SUM(amount)::text
                     FROM credit_commission_entry
                    WHERE move_id = ANY(%s) AND plan_id = %s AND kind <> 'adjustment' AND line_id IS NOT NULL
                 GROUP BY move_id, agent_id, line_id, order_part
                 ORDER BY move_id, agent_id, line_id, order_part""",
                list(moves - {None}),
                self.id,
            )
        )
        for move, share, line, part, *sums in rows:
            entering.ledger.load(move, share, (line, part), *map(Decimal, sums))

    def _load_originals(self, entering, deals):
        """Load what invoices earned with payments, and with each credit note that settled them."""
        rows = self.env.execute_query(
            SQL(
                """SELECT e.move_id, e.agent_id, e.rule_id, CASE WHEN c.nature = 'credit' THEN c.partial_id END,
                          MAX(e.period_start), SUM(e.exact_base)::text, SUM(e.exact_amount)::text,
                          SUM(e.exact_base * e.tier_factor)::text
                     FROM credit_commission_entry e
                     JOIN credit_commission_collection c ON c.id = e.collection_id
                    WHERE e.move_id = ANY(%s) AND e.plan_id = %s AND e.exact_base IS NOT NULL
                 GROUP BY 1, 2, 3, 4""",
                list(deals),
                self.id,
            )
        )
        for move, share, rule, partial, period, *sums in rows:
            base, amount, tier_base = (number and Decimal(number) for number in sums)
            original = entering.originals[move, share, rule, partial]
            original.add(base, amount, tier_base, period)
