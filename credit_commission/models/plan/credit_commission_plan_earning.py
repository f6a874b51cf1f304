from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules import Sale, factor_of, first_match, rate_of, shares_of

#: collections entered by one statement
BATCH = 10_000
#: a row of the table of rates
RATE = (
    "(%s, %s, %s, %s, %s, %s, %s::boolean, %s, %s, %s, %s::numeric, %s::numeric, %s::numeric, %s, %s::numeric, "
    "%s::numeric, %s::boolean)"
)
#: the payment-speed step of what is no payment: the full rate
NO_STEP = -1
#: what a plan may ask for
ASKED = (
    "salesperson",
    "team",
    "product",
    "category",
    "customer",
    "country",
    "rank",
    "days",
    "steps",
)
#: the one combination where it asks for nothing
NOTHING_ASKED = (0, 0, 0, 0, 0, 0, False, 0, NO_STEP)


class CreditCommissionPlan(models.Model):
    """How a plan makes entries from the log.

    The rules of the plan are asked once for each combination of facts that they look at; SQL then turns their answers
    into cents, for thousands of invoice lines at once. Nothing is read or written line by line.
    """

    _inherit = "credit.commission.plan"

    @api.model
    def _cron_compute(self):
        """Enter what was collected, plan by plan, for a scheduled job."""
        plans = self.sudo().with_context(active_test=False).search([("state", "!=", "draft")])
        if not plans:
            return
        self.env["credit.commission.collection"]._log_new(commit=True)
        today = fields.Date.context_today(self)
        for plan in plans:
            plan._compute_entries(today, log=False, commit=True)

    def _compute_entries(self, until, log=True, commit=False):
        """Enter what the plans pay for the collections until a day; returns the number of entries made.

        Reversals first follow what was undone, then the periods that have ended get their adjustments. Without
        plans in ``self``: those of the company that ever were active.

        :param until: last day of money that counts, safety days included
        :param log: read the ledger into the log first
        :param commit: after each batch, for a scheduled job
        """
        plans = self.sudo() or self.sudo().with_context(active_test=False).search(
            Domain("state", "!=", "draft") & Domain("company_id", "=", self.env.company.root_id.id)
        )
        if log:
            self.env["credit.commission.collection"].sudo()._log_new()
        self.env.flush_all()
        made = 0
        for plan in plans:
            if plan._lock_entering(commit):
                made += plan._enter_collections(until, commit)
            if plan._lock_entering(commit):  # a commit has let go of it
                made += plan._enter_reversals(until) + len(plan._adjust_periods(until))
        self.env["credit.commission.entry"].invalidate_model()
        return made

    def _lock_entering(self, commit=False):
        """Nobody else makes entries of the plan until the end of this transaction.

        Who read the plan before another transaction had made entries of it starts again: the row has changed.

        :param commit: for a scheduled job, which leaves the plan to whoever is at it
        :raise UserError: for everybody else
        """
        if not self.try_lock_for_update():
            if commit:
                return False
            raise UserError(
                self.env._(
                    "Entries of the plan %(plan)s are being made just now. Try again in a minute.",
                    plan=self.display_name,
                )
            )
        self.env.cr.execute(
            SQL(
                "UPDATE credit_commission_plan SET collection_read = collection_read WHERE id = %s",
                self.id,
            )
        )
        return True

    # === COLLECTIONS === #

    def _enter_collections(self, until, commit=False):
        """Entries for collections that have none yet, in batches of bounded size."""
        if self.state != "active":
            return 0
        made, after = 0, self.collection_read
        while ids := self._find_collections(until, after):
            made += self._enter(self._find_to_enter(ids))
            after = ids[-1]
            if commit and not self.env["ir.cron"]._commit_progress(len(ids)):
                return made
        self.collection_read = self._get_collection_read(until)
        return made

    def _enter(self, ids):
        """Entries of a batch. What only makes a sale smaller is settled first, so that it moves no cent of the rest."""
        refunds, own = self._find_credits(ids)
        first = [id_ for id_ in ids if id_ in own]
        rest = [id_ for id_ in ids if id_ not in own]
        made = self._enter_in_turn(first, refunds) - self._drop_cancelled(first)
        return made + self._enter_in_turn(rest, refunds)

    def _enter_in_turn(self, ids, refunds):
        """Invoices first, as a credit note takes back what its invoice earned."""
        return sum(
            self._insert_entries([id_ for id_ in ids if (id_ in refunds) == turn], turn)
            for turn in (False, True)
        )

    def _find_credits(self, ids):
        """Which collections are of credit notes, and which of a credit note with its own invoice, from either side."""
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id, m.move_type = 'out_refund',
                          c.nature = 'credit' AND c.partial_id > 0
                          AND (m.reversed_entry_id = k.id OR k.reversed_entry_id = m.id) IS TRUE
                     FROM credit_commission_collection c
                     JOIN account_move m ON m.id = c.move_id
                LEFT JOIN account_move k ON k.id = c.payment_move_id AND c.nature = 'credit'
                    WHERE c.id = ANY(%s) AND (m.move_type = 'out_refund' OR c.nature = 'credit')""",
                ids,
            )
        )
        refunds = {id_ for id_, is_refund, _is_own in rows if is_refund}
        return refunds, {id_ for id_, _is_refund, is_own in rows if is_own}

    def _find_collections(self, until, after):
        """Ids of the next collections that may be of the plan: read in their order, without looking at anything else."""
        rows = self.env.execute_query(
            SQL(
                "SELECT c.id FROM credit_commission_collection c WHERE c.id > %s AND %s ORDER BY c.id LIMIT %s",
                after,
                self._due_sql(until),
                BATCH,
            )
        )
        return [id_ for (id_,) in rows]

    def _find_to_enter(self, ids):
        """Those of the collections that the plan pays for and has no entries of, in their order.

        Two queries: the planner of PostgreSQL does not know the entries that this transaction has made, and would read
        all of them for each collection.
        """
        paid = self.env.execute_query(
            SQL(
                """SELECT c.id FROM credit_commission_collection c
                     JOIN account_move m ON m.id = c.move_id
                LEFT JOIN account_move d ON d.id = m.reversed_entry_id AND m.move_type = 'out_refund'
                    WHERE c.id = ANY(%(ids)s)
                      AND COALESCE(d.invoice_date, m.invoice_date) BETWEEN %(first)s AND %(last)s
                      AND NOT EXISTS (SELECT FROM credit_commission_collection u
                                       WHERE u.origin_id = c.id AND u.kind = 'undone'
                                         AND u.date <= c.date + %(safety)s)
                    ORDER BY c.id""",
                ids=ids,
                first=self.date_from,
                last=self.date_to or date.max,
                safety=self.safety_days,
            )
        )
        entered = self.env.execute_query(
            SQL(
                "SELECT collection_id FROM credit_commission_entry WHERE collection_id = ANY(%s) AND plan_id = %s",
                ids,
                self.id,
            )
        )
        done = {id_ for (id_,) in entered}
        return [id_ for (id_,) in paid if id_ not in done]

    def _due_sql(self, until):
        """Collections ``c`` that are what the plan waits for, and old enough."""
        return SQL(
            "c.company_id = %s AND c.kind <> 'undone' AND %s AND c.date + %s <= %s",
            self.company_id.id,
            self._trigger_sql(),
            self.safety_days,
            until,
        )

    def _trigger_sql(self):
        if self.trigger == "cleared":
            return SQL("(c.stage = 'cleared' OR c.is_cleared)")
        if self.factor_event == "money":
            return SQL("c.stage = 'registered' AND c.nature <> 'factor'")
        return SQL(
            """c.stage = 'registered' AND NOT (c.nature = 'factored' AND EXISTS (
                   SELECT FROM credit_commission_collection h
                    WHERE h.partial_id = c.partial_id AND h.line_id = c.line_id AND h.nature = 'factor'
                      AND h.kind <> 'undone'))"""
        )

    def _get_collection_read(self, until):
        """Up to where nothing is left to enter: before the first collection that still has to wait.

        What is undone does not count: it is written without the lock of the log, and may overtake a collection.
        """
        [(waiting, last)] = self.env.execute_query(
            SQL(
                """SELECT MIN(id) FILTER (WHERE date + %s > %s), MAX(id)
                     FROM credit_commission_collection
                    WHERE id > %s AND company_id = %s AND kind <> 'undone'""",
                self.safety_days,
                until,
                self.collection_read,
                self.company_id.id,
            )
        )
        return waiting - 1 if waiting else last or self.collection_read

    # === WHO AND HOW MUCH === #

    def _insert_entries(self, ids, refunds):
        if not ids:
            return 0
        facts = self._get_facts()
        parts = self._parts_sql(ids, refunds, facts)
        rates = self._get_rates(self._read_keys(parts, facts), facts)
        if not rates:
            return 0
        self.env.cr.execute(self._entries_sql(parts, rates, refunds))
        return self.env.cr.rowcount

    def _read_keys(self, parts, facts):
        """The combinations of facts in a batch; a plan that asks for none has one."""
        if not any(facts[name] for name in ASKED):
            return [NOTHING_ASKED]
        return self.env.execute_query(
            SQL("WITH parts AS (%s) SELECT DISTINCT %s FROM parts", parts, self._keys_sql("parts"))
        )

    def _get_facts(self):
        """What the rules and shares of the plan look at; everything else is not even read."""
        rules = [rule._to_rule() for rule in self.rule_ids]
        shares = [agent._to_share() for agent in self.agent_ids]
        days = {share.date_from for share in shares} | {
            date.fromordinal(share.date_to.toordinal() + 1)
            for share in shares
            if share.date_to < date.max
        }
        return {
            "rules": rules,
            "shares": shares,
            "steps": sorted(
                (step._to_speed() for step in self.speed_ids), key=lambda s: s.days_late
            ),
            "days": sorted(days - {date.min}),
            "salesperson": self._used(rules, "salespeople") | self._used_in(shares, "salesperson"),
            "team": self._used(rules, "teams") | self._used_in(shares, "team"),
            "customer": self._used(rules, "customers") | self._used_in(shares, "customer"),
            "product": self._used(rules, "products"),
            "country": self._used(rules, "countries"),
            "category": self.rule_ids.category_ids._get_below(),
            "rank": any(rule.invoice_rank for rule in rules),
        }

    def _used(self, rules, name):
        return frozenset().union(*(getattr(rule, name) for rule in rules))

    def _used_in(self, shares, name):
        return frozenset(getattr(share, name) for share in shares) - {0}

    def _get_rates(self, keys, facts):
        """Rows of the table of rates: the key, then rule, percent, fixed amount, tier factor, share and its place."""
        return [(*key, *rate) for key in keys for rate in self._get_key_rates(key, facts)]

    def _get_key_rates(self, key, facts):
        salesperson, team, product, category, customer, country, is_first, turn, step = key
        sale = Sale(
            salesperson,
            team,
            product,
            facts["category"].get(category, frozenset()),
            customer,
            country,
            is_first,
        )
        rule = first_match(facts["rules"], sale)
        if not rule:
            return
        day = facts["days"][turn - 1] if turn else date.min
        speed = facts["steps"][step - 1] if step > 0 else None
        percent = self._get_percent(rule, speed)
        factor = factor_of(speed)
        fixed = rule.fixed * factor if rule.earning == "fixed" else None
        tier_factor = (
            factor if rule.earning == "tiers" and not (speed and speed.kind == "rate") else None
        )
        for share in shares_of(facts["shares"], sale, day):
            yield (
                rule.id,
                percent,
                fixed,
                tier_factor,
                share.id,
                share.begin,
                share.share,
                share.is_override,
            )

    def _get_percent(self, rule, speed):
        if rule.earning == "fixed":
            return None
        base = rule.percent if rule.earning == "percent" else self._get_first_rate()
        return rate_of(speed, base)

    def _get_first_rate(self):
        """What money earns before the period's volume is known: the rate of the tier that begins at 0, if any."""
        first = self.tier_ids.filtered(lambda tier: tier.threshold <= 0)
        return first[:1].percent

    # === SQL === #

    def _keys_sql(self, alias):
        names = (
            "salesperson",
            "team",
            "product",
            "category",
            "customer",
            "country",
            "is_first",
            "turn",
            "step",
        )
        return SQL(", ").join(SQL.identifier(alias, name) for name in names)

    def _parts_sql(self, ids, refunds, facts):
        """What the collections of a batch are for: invoice lines, and order lines where it is a down payment.

        ``net`` is the line without taxes in the company's currency, ``ratio`` the part of the document that was
        collected, ``portion`` how many times a fixed amount the line is worth. The rest is what the rules look at.
        """
        return SQL(
            """SELECT c.id AS collection_id, c.date, c.partial_id, c.nature, m.id AS move_id,
                      m.commercial_partner_id AS partner_id, d.id AS deal_id, d.invoice_user_id AS user_id,
                      l.id AS line_id, w.order_line_id, COALESCE(w.order_line_id, 0) AS order_part,
                      %(net)s * w.weight * %(margin)s AS net,
                      COALESCE(w.portion, SIGN(-l.balance)) AS portion,
                      (c.amount + %(discount)s) / NULLIF(m.amount_total_in_currency_signed, 0) AS ratio,
                      %(salesperson)s AS salesperson, %(team)s AS team, %(product)s AS product,
                      %(category)s AS category, %(customer)s AS customer, %(country)s AS country,
                      %(rank)s AS is_first, %(turn)s AS turn, %(step)s AS step
                 FROM credit_commission_collection c
                 JOIN account_move m ON m.id = c.move_id AND (m.move_type = 'out_refund') = %(refunds)s
                 JOIN account_move d ON d.id = CASE WHEN m.move_type = 'out_refund'
                      THEN COALESCE(m.reversed_entry_id, m.id) ELSE m.id END
                 JOIN res_partner cp ON cp.id = m.commercial_partner_id
                 JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product' AND l.balance <> 0
           CROSS JOIN LATERAL (%(weights)s) w
            LEFT JOIN product_product pp ON pp.id = w.product_id
            LEFT JOIN product_template pt ON pt.id = pp.product_tmpl_id
            %(cost)s
                WHERE c.id = ANY(%(ids)s)""",
            ids=ids,
            refunds=refunds,
            weights=self._weights_sql(refunds),
            net=self._net_sql(refunds),
            discount=SQL("c.amount_discount") if self.discount_is_money else SQL("0"),
            margin=SQL("x.margin") if self.base == "margin" else SQL("1"),
            cost=self._cost_sql() if self.base == "margin" else SQL(),
            salesperson=self._fact_sql(SQL("d.invoice_user_id"), facts["salesperson"]),
            team=self._fact_sql(SQL("d.team_id"), facts["team"]),
            product=self._fact_sql(SQL("w.product_id"), facts["product"]),
            category=self._fact_sql(SQL("pt.categ_id"), facts["category"]),
            customer=self._fact_sql(SQL("m.commercial_partner_id"), facts["customer"]),
            country=self._fact_sql(SQL("cp.country_id"), facts["country"]),
            rank=self._first_sql() if facts["rank"] else SQL("FALSE"),
            turn=self._bucket_sql(
                SQL("(d.invoice_date - %s)", date(2000, 1, 1)),
                [(day - date(2000, 1, 1)).days for day in facts["days"]],
            ),
            step=self._step_sql(facts["steps"]),
        )

    def _step_sql(self, steps):
        if not steps:
            return SQL("%s", NO_STEP)
        return SQL(
            "CASE WHEN c.nature = 'credit' OR m.move_type = 'out_refund' THEN %s ELSE %s END",
            NO_STEP,
            self._bucket_sql(SQL("c.days_late"), [step.days_late for step in steps]),
        )

    def _fact_sql(self, column, wanted):
        """The id where a rule asks for it, else 0: so there are few combinations to decide on."""
        if not wanted:
            return SQL("0")
        return SQL("CASE WHEN %s = ANY(%s) THEN %s ELSE 0 END", column, sorted(wanted), column)

    def _bucket_sql(self, value, bounds):
        """How many of the bounds a number has reached."""
        return SQL("width_bucket(%s, %s::int[])", value, bounds) if bounds else SQL("0")

    def _net_sql(self, refunds):
        """The line ``l`` without taxes in the company's currency: a credit note at the rate of its invoice.

        Otherwise what a rate moved between the two would be earned, or lost, by nobody's money.
        """
        if not refunds:
            return SQL("-l.balance")
        return SQL(
            """CASE WHEN d.id <> m.id AND d.currency_id = m.currency_id AND l.currency_id <> l.company_currency_id
                    THEN round(-l.amount_currency / NULLIF(d.invoice_currency_rate::numeric, 0), %s)
                    ELSE -l.balance END""",
            self.currency_id.decimal_places,
        )

    def _weights_sql(self, refunds):
        """The line itself; for a down payment, invoiced or deducted, each line of its order by its part of the net.

        ``quantity`` in ``uom_id`` was sold for ``sold``, signed, in the company's currency: what a margin is made of.
        """
        return SQL(
            """SELECT NULL::int AS order_line_id, l.product_id, 1.0 AS weight, NULL::numeric AS portion,
                      l.quantity * CASE m.move_type WHEN 'out_refund' THEN -1 ELSE 1 END AS quantity,
                      l.product_uom_id AS uom_id, %(net)s AS sold
                WHERE l.is_downpayment IS NOT TRUE
               UNION ALL
               SELECT o.id, COALESCE(o.product_id, l.product_id), COALESCE(o.weight, 1), o.portion,
                      o.product_uom_qty, o.product_uom_id, o.sold
                 FROM (SELECT 1) one
            LEFT JOIN LATERAL (
                      SELECT ol.id, ol.product_id, ol.price_subtotal / SUM(ol.price_subtotal) OVER () AS weight,
                             %(net)s * so.currency_rate / SUM(ol.price_subtotal) OVER () AS portion,
                             ol.product_uom_qty, ol.product_uom_id,
                             ol.price_subtotal / NULLIF(so.currency_rate, 0) AS sold
                        FROM sale_order_line dl
                        JOIN sale_order so ON so.id = dl.order_id
                        JOIN sale_order_line ol ON ol.order_id = so.id AND ol.is_downpayment IS NOT TRUE
                             AND ol.display_type IS NULL AND ol.price_subtotal <> 0
                       WHERE dl.id = (SELECT MIN(r.order_line_id) FROM sale_order_line_invoice_rel r
                                        JOIN sale_order_line rl ON rl.id = r.order_line_id AND rl.is_downpayment
                                       WHERE r.invoice_line_id = l.id)
                         AND (SELECT SUM(price_subtotal) FROM sale_order_line s
                               WHERE s.order_id = so.id AND s.is_downpayment IS NOT TRUE
                                 AND s.display_type IS NULL) <> 0) o ON TRUE
                WHERE l.is_downpayment""",
            net=self._net_sql(refunds),
        )

    def _cost_sql(self):
        """The margin as a part of the net amount: with the product's cost as it is when the money comes."""
        products = self.env["product.product"].with_company(self.company_id)
        cost = products._field_to_sql("pp", "standard_price")
        return SQL(
            """CROSS JOIN LATERAL (
                   SELECT 1 - COALESCE(
                       w.quantity * lu.factor / NULLIF(pu.factor, 0) * %s / NULLIF(w.sold, 0), 0)
                       AS margin
                     FROM (SELECT 1) one
                LEFT JOIN uom_uom lu ON lu.id = w.uom_id
                LEFT JOIN uom_uom pu ON pu.id = pt.uom_id) x""",
            cost,
        )

    def _first_sql(self):
        """No earlier invoice of the same customer in the company."""
        return SQL(
            """NOT EXISTS (SELECT FROM account_move f
                            JOIN res_partner fp ON fp.id = f.partner_id
                             AND fp.commercial_partner_id = d.commercial_partner_id
                           WHERE f.move_type = 'out_invoice' AND f.state = 'posted' AND f.company_id = d.company_id
                             AND (f.invoice_date, f.id) < (d.invoice_date, d.id))"""
        )

    def _rates_sql(self, rates):
        """The table of rates; ids and numbers only."""
        return SQL(", ").join(SQL(RATE, *rate) for rate in rates)

    def _entries_sql(self, parts, rates, refunds):
        """Insert the entries of a batch.

        ``exact_amount`` is what the whole sale earns, ``a_before`` and ``a_after`` its sum over the line's collections
        without and with this one. The cents are the difference of the rounded sums, so that none drifts.
        """
        return SQL(
            """WITH parts AS MATERIALIZED (%(parts)s),
                    rates (salesperson, team, product, category, customer, country, is_first, turn, step, rule_id,
                           percent, fixed, tier_factor, agent_id, share_begin, share, is_override) AS (
                        VALUES %(rates)s),
                    earned AS (
                   SELECT p.*, r.rule_id, %(tier_factor)s AS tier_factor, r.agent_id, r.is_override, r.share,
                          %(original_period)s AS original_period,
                          CASE WHEN r.is_override THEN 0 ELSE r.share_begin END AS share_begin,
                          COALESCE(a.person_id, u.partner_id) AS person_id, a.role,
                          round(p.net * p.ratio, 12) AS exact_base,
                          round(%(amount)s, 12) AS exact_amount
                     FROM parts p
                     JOIN rates r ON (r.salesperson, r.team, r.product, r.category, r.customer, r.country, r.is_first,
                                      r.turn, r.step)
                                   = (p.salesperson, p.team, p.product, p.category, p.customer, p.country, p.is_first,
                                      p.turn, p.step)
                     JOIN credit_commission_agent a ON a.id = r.agent_id
                LEFT JOIN res_users u ON u.id = p.user_id AND a.person_kind = 'salesperson'
                %(original)s
                    WHERE p.ratio <> 0 AND COALESCE(a.person_id, u.partner_id) IS NOT NULL),
                    summed AS (
                   SELECT e.*, COALESCE(s.base, 0) + SUM(e.exact_base) OVER line AS b_after,
                          COALESCE(s.amount, 0) + SUM(e.exact_amount) OVER line AS a_after
                     FROM earned e
           CROSS JOIN LATERAL (
                          SELECT SUM(z.exact_base) AS base, SUM(z.exact_amount) AS amount
                            FROM credit_commission_entry z
                           WHERE z.line_id = e.line_id AND z.agent_id = e.agent_id
                             AND z.order_part = e.order_part) s
                   WINDOW line AS (PARTITION BY e.line_id, e.agent_id, e.order_part ORDER BY e.collection_id))
               INSERT INTO credit_commission_entry (
                      kind, company_id, person_id, role, plan_id, rule_id, agent_id, collection_id, partner_id, move_id,
                      line_id, order_line_id, order_part, date, period_start, base, percent, share, share_begin, is_override,
                      tier_factor, amount, exact_base, exact_amount, create_uid, create_date)
               SELECT 'collection', %(company)s, person_id, role, %(plan)s, rule_id, agent_id, collection_id,
                      partner_id, move_id, line_id, order_line_id, order_part, date + %(safety)s,
                      COALESCE(original_period, date_trunc(%(period)s, date + %(safety)s)::date),
                      %(base_after)s - %(base_before)s,
                      CASE WHEN exact_base = 0 THEN 0 ELSE
                           round(100 * exact_amount / exact_base
                                 * CASE WHEN is_override THEN share / 100 ELSE 1 END, 4) END,
                      share, share_begin, is_override, tier_factor,
                      %(amount_after)s - %(amount_before)s,
                      exact_base, exact_amount, %(uid)s, %(now)s
                 FROM summed
                ORDER BY collection_id, line_id""",
            parts=parts,
            rates=self._rates_sql(rates),
            amount=self._amount_sql(refunds),
            original=self._original_sql() if refunds else SQL(),
            original_period=SQL("g.period_start") if refunds else SQL("NULL::date"),
            tier_factor=SQL("CASE WHEN g.rate IS NULL THEN r.tier_factor ELSE g.tier_factor END")
            if refunds
            else SQL("r.tier_factor"),
            company=self.company_id.id,
            plan=self.id,
            safety=self.safety_days,
            period=self.period,
            uid=self.env.uid,
            now=self.env.cr.now(),
            base_after=self._base_sql(SQL("b_after")),
            base_before=self._base_sql(SQL("(b_after - exact_base)")),
            amount_after=self._cents_sql(SQL("a_after")),
            amount_before=self._cents_sql(SQL("(a_after - exact_amount)")),
        )

    def _amount_sql(self, refunds):
        """What the whole sale earns; a credit note gives back at the rate that its invoice earned at."""
        nominal = SQL("COALESCE(p.net * r.percent / 100, p.portion * r.fixed) * p.ratio")
        return SQL("COALESCE(p.net * p.ratio * g.rate, %s)", nominal) if refunds else nominal

    def _original_sql(self):
        """The rate at which the invoice of a credit note earned: where it settles that invoice, at the same moment.

        With it the part of the tier's rate, and the (last) period whose tiers and cap it counted for: taken back from
        there, it earned what its period would have earned without it.
        """
        return SQL(
            """LEFT JOIN LATERAL (
                   SELECT SUM(z.exact_amount) / NULLIF(SUM(z.exact_base), 0) AS rate,
                          SUM(z.exact_base * z.tier_factor) / NULLIF(SUM(z.exact_base), 0) AS tier_factor,
                          MAX(z.period_start) AS period_start
                     FROM credit_commission_entry z
                     JOIN credit_commission_collection zc ON zc.id = z.collection_id
                    WHERE z.move_id = p.deal_id AND z.agent_id = r.agent_id AND z.rule_id = r.rule_id
                      AND p.deal_id <> p.move_id
                      AND CASE WHEN p.nature = 'credit' AND EXISTS (
                                    SELECT FROM credit_commission_collection oc
                                     WHERE oc.partial_id = p.partial_id AND oc.move_id = p.deal_id)
                               THEN zc.partial_id = p.partial_id ELSE zc.nature <> 'credit' END) g ON TRUE"""
        )

    def _cents_sql(self, total):
        """The cents of a share of ``total``: see ``rules.earning.part``."""
        places = self.currency_id.decimal_places
        return SQL(
            """(round(round(%(total)s * (share_begin + share) / 100, 8), %(places)s)
                - round(round(%(total)s * share_begin / 100, 8), %(places)s))""",
            total=total,
            places=places,
        )

    def _base_sql(self, total):
        """Like :meth:`_cents_sql`; what is paid on top is paid on the whole."""
        return SQL(
            "CASE WHEN is_override THEN round(round(%s, 8), %s) ELSE %s END",
            total,
            self.currency_id.decimal_places,
            self._cents_sql(total),
        )

    # === WHAT CANCELS OUT AND WHAT IS UNDONE === #

    def _drop_cancelled(self, ids):
        """Delete the entries of credit notes on their own invoices that cancel out: nothing was earned or lost."""
        if not ids:
            return 0
        self.env.cr.execute(
            SQL(
                """WITH entries AS (
                       SELECT e.id, SUM(e.exact_amount) OVER pair AS amount, SUM(e.exact_base) OVER pair AS base
                         FROM credit_commission_collection c
                         JOIN credit_commission_collection o ON o.partial_id = c.partial_id AND o.turn = c.turn
                          AND o.kind <> 'undone'
                         JOIN credit_commission_entry e ON e.collection_id = o.id AND e.plan_id = %(plan)s
                          AND e.kind = 'collection' AND e.statement_id IS NULL
                        WHERE c.id = ANY(%(ids)s) AND c.amount < 0
                       WINDOW pair AS (PARTITION BY c.partial_id, e.agent_id))
                   DELETE FROM credit_commission_entry e USING entries x
                    WHERE x.id = e.id AND round(x.amount, 8) = 0 AND round(x.base, 8) = 0""",
                ids=ids,
                plan=self.id,
            )
        )
        return self.env.cr.rowcount

    def _enter_reversals(self, until):
        """Take back what was earned by collections that were undone since, settled or not, in the open period."""
        self.env.cr.execute(
            SQL(
                """WITH undone AS (
                   SELECT e.*, u.id AS undone_id, u.date AS undone_date, COALESCE(s.base, 0) AS base_sum,
                          COALESCE(s.amount, 0) AS amount_sum
                     FROM credit_commission_collection u
                     JOIN credit_commission_entry e ON e.collection_id = u.origin_id AND e.plan_id = %(plan)s
                      AND e.kind = 'collection'
           CROSS JOIN LATERAL (
                          SELECT SUM(z.exact_base) AS base, SUM(z.exact_amount) AS amount
                            FROM credit_commission_entry z
                           WHERE z.line_id = e.line_id AND z.agent_id = e.agent_id
                             AND z.order_part = e.order_part) s
                    WHERE u.kind = 'undone' AND u.date <= %(until)s AND u.company_id = %(company)s
                      AND NOT EXISTS (SELECT FROM credit_commission_entry x WHERE x.origin_id = e.id)),
                    summed AS (
                   SELECT u.*, CASE WHEN line_id IS NULL THEN 0 ELSE
                               base_sum - SUM(exact_base) OVER line END AS b_after,
                          CASE WHEN line_id IS NULL THEN 0 ELSE
                               amount_sum - SUM(exact_amount) OVER line END AS a_after
                     FROM undone u
                   WINDOW line AS (PARTITION BY line_id, agent_id, order_part ORDER BY undone_id))
               INSERT INTO credit_commission_entry (
                      kind, company_id, person_id, role, plan_id, rule_id, agent_id, collection_id, partner_id, move_id,
                      line_id, order_line_id, order_part, date, period_start, base, percent, share, share_begin, is_override,
                      tier_factor, amount, exact_base, exact_amount, origin_id, create_uid, create_date)
               SELECT 'reversal', company_id, person_id, role, plan_id, rule_id, agent_id, undone_id,
                      partner_id, move_id, line_id, order_line_id, order_part, GREATEST(undone_date, date), period_start,
                      CASE WHEN line_id IS NULL THEN -base ELSE %(base_after)s - %(base_before)s END,
                      percent, share, share_begin, is_override, tier_factor,
                      CASE WHEN line_id IS NULL THEN -amount ELSE %(amount_after)s - %(amount_before)s END,
                      -exact_base, -exact_amount, id, %(uid)s, %(now)s
                 FROM summed
                ORDER BY undone_id, id""",
                plan=self.id,
                until=until,
                company=self.company_id.id,
                uid=self.env.uid,
                now=self.env.cr.now(),
                base_after=self._base_sql(SQL("b_after")),
                base_before=self._base_sql(SQL("(b_after + exact_base)")),
                amount_after=self._cents_sql(SQL("a_after")),
                amount_before=self._cents_sql(SQL("(a_after + exact_amount)")),
            )
        )
        return self.env.cr.rowcount
