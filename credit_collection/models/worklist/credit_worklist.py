from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.worklist_score import weigh
from ...worklist_fact import WorklistFact

URGENCIES = [
    ("answered", "Customer Answered"),
    ("callback", "Call-back Due"),
    ("broken", "Promise Broken"),
    ("high", "Urgent"),
    ("medium", "Normal"),
    ("low", "Can Wait"),
    ("waiting", "Nothing to Do Today"),
]

#: days over which what a customer did counts
_YEAR = 365
#: days of the latest payments, compared with those of the year before
_LATELY = 90


class CreditWorklist(models.Model):
    """Customers to call: amount to collect, urgency and its reasons, last and next contact.

    No table: one row for each credit file, with its id. Amounts are in the root company's currency, taxes included. Days are counted
    from the company's today.
    """

    _name = "credit.worklist"
    _description = "Customer to Call"
    _auto = False
    _order = "has_answer desc, is_today desc, score desc, id"
    _rec_name = "partner_id"

    profile_id = fields.Many2one("credit.profile", string="Credit File", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    risk_class_id = fields.Many2one("credit.risk.class", string="Class", readonly=True)
    portfolio_id = fields.Many2one("credit.portfolio", readonly=True)
    collector_id = fields.Many2one("res.users", readonly=True)
    overdue_amount = fields.Monetary(
        string="Overdue", readonly=True, help="Past due, less credits that are not allocated"
    )
    to_chase = fields.Monetary(
        readonly=True,
        help="Overdue, without what is promised, planned, disputed, paused or being paid",
    )
    days_late = fields.Integer(string="Oldest (days late)", readonly=True, aggregator="max")
    last_contact_date = fields.Date(string="Last Contact", readonly=True)
    next_contact_date = fields.Date(string="Next Contact", readonly=True)
    has_callback = fields.Boolean(string="Call-back Agreed", readonly=True)
    has_answer = fields.Boolean(
        string="Customer Answered", readonly=True, help="Nobody has read what the customer wrote"
    )
    disputed = fields.Monetary(readonly=True, help="Past due and disputed")
    promised = fields.Monetary(readonly=True, help="Promised and not due yet")
    promise_date = fields.Date(string="Promised for", readonly=True)
    broken_promises = fields.Integer(readonly=True, help="In the last twelve months")
    score = fields.Float(readonly=True, digits=(16, 1), aggregator="avg")
    urgency = fields.Selection(URGENCIES, readonly=True)
    is_today = fields.Boolean(string="Today", readonly=True, help="To be called today")

    # === ACTIONS === #

    def action_open_page(self):
        """The page of the customer."""
        self.ensure_one()
        return self.profile_id.action_open_collection()

    # === ROWS === #

    @property
    def _table_query(self):
        self.env.flush_all()
        return self._rows_sql(self.env["res.company"]._get_credit_today())

    @api.model
    def _rows_sql(self, today, only=None):
        """A row for each credit file.

        :param only: ids of the files; all of them if not given
        """
        strategies = self.env["credit.worklist.strategy"]._get_by_company()
        rules = {company: strategy._to_rule() for company, strategy in strategies.items()}
        return SQL(
            """SELECT x.*, CASE WHEN x.has_answer THEN 'answered'
                              WHEN x.has_callback AND x.next_contact_date <= %(today)s THEN 'callback'
                              WHEN NOT x.is_today THEN 'waiting'
                              WHEN x.was_broken THEN 'broken'
                              WHEN x.score >= %(high)s THEN 'high'
                              WHEN x.score >= %(medium)s THEN 'medium'
                              ELSE 'low' END AS urgency
                 FROM (%(scored)s) x""",
            today=today,
            high=self._setting_sql(strategies, "high_score", SQL("x.company_id")),
            medium=self._setting_sql(strategies, "medium_score", SQL("x.company_id")),
            scored=self._scored_sql(today, strategies, rules, only),
        )

    def _scored_sql(self, today, strategies, rules, only):
        facts = self._get_facts()
        kinds = {criterion.kind for rule in rules.values() for criterion in rule}
        joins = self._get_joins(today, only)
        asked = {facts[kind].join for kind in kinds & facts.keys()} | {
            "items",
            "contact",
            "broken",
            "promise",
            "answer",
        }
        return SQL(
            """SELECT f.id, f.id AS profile_id, f.partner_id, f.company_id, %(currency)s AS currency_id, f.risk_class_id,
                      w.id AS portfolio_id, %(collector)s AS collector_id,
                      COALESCE(items.overdue, 0) AS overdue_amount, COALESCE(items.to_chase, 0) AS to_chase,
                      COALESCE(items.days_late, 0) AS days_late, COALESCE(items.disputed, 0) AS disputed,
                      GREATEST(contact.day, notice.day) AS last_contact_date,
                      contact.next_date AS next_contact_date, COALESCE(contact.has_callback, FALSE) AS has_callback,
                      answer.profile_id IS NOT NULL AS has_answer,
                      COALESCE(promise.amount, 0) AS promised, promise.date AS promise_date,
                      COALESCE(broken.number, 0) AS broken_promises, COALESCE(broken.last > contact.day, broken.last IS NOT NULL) AS was_broken,
                      %(score)s AS score,
                      %(is_today)s AS is_today %(figures)s
                 FROM credit_profile f
                 LEFT JOIN credit_portfolio w ON w.id = %(portfolio)s
                 %(joins)s
                WHERE %(condition)s""",
            currency=self.env["credit.exposure"]._roots_sql(SQL("f.company_id"))[1],
            collector=self.env["credit.portfolio"]._collector_sql(today),
            portfolio=self.env["credit.portfolio"]._portfolio_sql(),
            score=self._score_sql(rules, facts),
            is_today=self._is_today_sql(today, strategies),
            figures=SQL().join(
                SQL(", %s AS %s", fact.column, SQL.identifier(f"fact_{name}"))
                for name, fact in facts.items()
                if name in kinds
            )
            if only is not None
            else SQL(),
            joins=SQL(" ").join(joins[name] for name in joins if name in asked or name == "notice"),
            condition=SQL("f.id = ANY(%s)", list(only)) if only is not None else SQL("TRUE"),
        )

    def _is_today_sql(self, today, strategies):
        """Whether to call a customer today: when it has answered, on the agreed day, otherwise if an amount is due and the days of rest are over."""
        return SQL(
            """CASE WHEN answer.profile_id IS NOT NULL THEN TRUE
                    WHEN contact.next_date IS NOT NULL
                    THEN contact.next_date <= %(today)s AND (contact.has_callback OR items.to_chase > %(minimum)s)
                    ELSE COALESCE(items.to_chase > %(minimum)s, FALSE)
                         AND (contact.day IS NULL OR contact.day + %(rest)s <= %(today)s) END""",
            today=today,
            minimum=self._setting_sql(strategies, "minimum_amount", SQL("f.company_id")),
            rest=self._setting_sql(strategies, "rest_days", SQL("f.company_id")),
        )

    def _setting_sql(self, strategies, name, company):
        """A figure of the strategy of a company."""
        branches = [
            SQL("WHEN %s THEN %s", company_id, strategy[name])
            for company_id, strategy in strategies.items()
        ]
        return (
            SQL("CASE %s %s ELSE 0 END", company, SQL(" ").join(branches)) if branches else SQL("0")
        )

    # === SCORE === #

    def _score_sql(self, rules, facts):
        """The score by the strategy of the company of file ``f``: what :func:`weigh` says, for everybody at once."""
        branches = [
            SQL("WHEN %s THEN %s", company_id, self._weigh_sql(rule, facts))
            for company_id, rule in rules.items()
        ]
        if not branches:
            return SQL("0::numeric")
        return SQL("CASE f.company_id %s ELSE 0 END", SQL(" ").join(branches))

    def _weigh_sql(self, rule, facts):
        total = sum(criterion.weight for criterion in rule)
        parts = [
            SQL(
                "%s * %s",
                criterion.weight,
                self._points_sql(criterion, facts[criterion.kind].column),
            )
            for criterion in rule
            if criterion.kind in facts
        ]
        if not parts or not total:
            return SQL("0::numeric")
        return SQL("ROUND(((%s) / %s)::numeric, 2)", SQL(" + ").join(parts), total)

    def _points_sql(self, criterion, column):
        pairs = criterion.by_class or tuple(reversed(criterion.brackets))
        comparison = SQL("=") if criterion.by_class else SQL(">=")
        branches = [
            SQL("WHEN %s %s %s THEN %s", column, comparison, start, points)
            for start, points in pairs
        ]
        return SQL("CASE %s ELSE 0 END", SQL(" ").join(branches)) if branches else SQL("0")

    # === FACTS === #

    @api.model
    def _get_facts(self):
        """``{name: WorklistFact}``: what a strategy may look at. Extend: ``super() | {...}``, with a join in :meth:`_get_joins`.

        :rtype: dict[str, WorklistFact]
        """
        return {
            "overdue": WorklistFact(
                self.env._("Amount to chase"),
                lambda figure, currency: self.env._("%s to chase", currency.format(figure)),
                SQL("items.to_chase"),
                "items",
            ),
            "age": WorklistFact(
                self.env._("Age of the oldest item (days)"),
                lambda figure, _currency: (
                    self.env._("1 day late") if figure == 1 else self.env._("%s days late", figure)
                ),
                SQL("items.days_late"),
                "items",
            ),
            "risk_class": WorklistFact(
                self.env._("Risk class"),
                lambda figure, _currency: self.env._(
                    "class %s", self.env["credit.risk.class"].browse(figure).sudo().name
                ),
                SQL("f.risk_class_id"),
            ),
            "broken_promises": WorklistFact(
                self.env._("Broken promises in twelve months"),
                lambda figure, _currency: self.env._("broken promises: %s", figure),
                SQL("COALESCE(broken.number, 0)"),
                "broken",
            ),
            "days_since_contact": WorklistFact(
                self.env._("Days since the last contact"),
                self._describe_silence,
                SQL(
                    "COALESCE(%s - GREATEST(contact.day, notice.day), 9999)",
                    self.env["res.company"]._get_credit_today(),
                ),
                "contact",
            ),
            "limit_used": WorklistFact(
                self.env._("Limit used (%)"),
                lambda figure, _currency: self.env._("%s %% of the limit used", round(figure)),
                SQL("used.limit_used"),
                "used",
            ),
            "delay_trend": WorklistFact(
                self.env._("Trend of the delay (days)"),
                lambda figure, _currency: self.env._(
                    "pays %s days later than before", round(figure)
                ),
                SQL("trend.days"),
                "trend",
            ),
            "level": WorklistFact(
                self.env._("Level of reminders reached (days)"),
                lambda figure, _currency: self.env._(
                    "reminded up to the level sent %s days after the due date", figure
                ),
                SQL("level.days"),
                "level",
            ),
        }

    def _describe_silence(self, figure, _currency):
        if figure >= 9999:
            return self.env._("never contacted")
        if figure <= 1:
            return self.env._("contacted yesterday") if figure else self.env._("contacted today")
        return self.env._("no contact for %s days", figure)

    def _get_joins(self, today, only):
        """``{alias: LEFT JOIN}`` on credit file ``f``, in their order."""
        customers = self.env["credit.profile"].browse(only or ()).sudo().partner_id.ids
        few = customers if only is not None else None

        def by_customer(alias, rows):
            alias = SQL.identifier(alias)
            return SQL(
                "LEFT JOIN (%s) %s ON %s.partner_id = f.partner_id AND %s.company_id = f.company_id",
                rows,
                alias,
                alias,
                alias,
            )

        def by_file(alias, rows, key="profile_id"):
            alias = SQL.identifier(alias)
            return SQL(
                "LEFT JOIN (%s) %s ON %s = f.id",
                rows,
                alias,
                SQL("%s.%s", alias, SQL.identifier(key)),
            )

        positions = self.env["credit.position"]
        return {
            "items": by_customer("items", self._items_sql(today, few)),
            "contact": by_file("contact", self._contacts_sql(only)),
            "answer": by_file("answer", self._answers_sql(only)),
            "notice": by_customer("notice", self._notices_sql(few)),
            "broken": by_customer("broken", self._broken_sql(today, few)),
            "promise": by_customer("promise", self._promises_sql(few)),
            "used": by_file("used", positions._list_sql("limit", today), "id"),
            "trend": by_customer("trend", self._trend_sql(today, few)),
            "level": by_customer("level", self._levels_sql(few)),
        }

    def _few_sql(self, column, few):
        return SQL("%s = ANY(%s)", column, few) if few is not None else SQL("TRUE")

    def _items_sql(self, today, few):
        """Overdue amount of each customer and the part to collect, both net of credits."""
        return SQL(
            """SELECT a.partner_id, a.company_id, GREATEST(a.amount, 0) AS overdue, d.amount AS disputed,
                      GREATEST(c.amount, 0) AS to_chase, %(today)s - c.oldest AS days_late
                 FROM (%(all)s) a
                 LEFT JOIN (%(chased)s) c ON c.partner_id = a.partner_id AND c.company_id = a.company_id
                 LEFT JOIN (%(disputed)s) d ON d.partner_id = a.partner_id AND d.company_id = a.company_id""",
            today=today,
            all=self._due_sql(today, few, SQL("l.amount_residual"), SQL("TRUE")),
            chased=self._due_sql(today, few, self._asked_sql(today), self._chased_sql(today)),
            disputed=self._due_sql(
                today,
                few,
                self.env["credit.followup.item"]._disputed_amount_sql(),
                SQL(
                    "l.id IN (SELECT d.item_id FROM credit_dispute_line d WHERE d.withheld > 0) AND l.amount_residual > 0"
                ),
            ),
        )

    def _asked_sql(self, today):
        """What is asked for of item ``l``; only of the few items of an answer is it worked out."""
        items = self.env["credit.followup.item"]
        return SQL(
            "CASE WHEN l.id IN (%s) THEN %s ELSE l.amount_residual END",
            items._withheld_items_sql(),
            items._asked_sql(today)[0],
        )

    def _due_sql(self, today, few, amount, condition):
        """Sums by customer of what is past due, and of credits, as far as a condition on item ``l`` holds."""
        items = self.env["credit.followup.item"]
        root, _currency, _decimals = items._roots_sql()
        return SQL(
            """SELECT p.commercial_partner_id AS partner_id, %(root)s AS company_id, SUM(%(amount)s) AS amount,
                      MIN(COALESCE(l.date_maturity, l.date)) FILTER (WHERE l.amount_residual > 0) AS oldest
                 FROM account_move_line l
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE %(open)s AND (COALESCE(l.date_maturity, l.date) < %(today)s OR l.amount_residual < 0)
                  AND %(few)s AND %(condition)s
                GROUP BY p.commercial_partner_id, 2""",
            root=root,
            amount=amount,
            open=items._open_sql(),
            today=today,
            few=self._few_sql(SQL("p.commercial_partner_id"), few),
            condition=condition,
        )

    def _chased_sql(self, today):
        """Condition: nothing holds item ``l`` back; credits count as they are. One source at a time: all together are looked up item by item."""
        sources = self.env["credit.followup.item"]._left_out_sources().values()
        return SQL(" AND ").join(
            SQL(
                "NOT EXISTS (SELECT FROM (%s) s WHERE s.item_id = l.id AND l.amount_residual > 0)",
                source.rows(today),
            )
            for source in sources
            if source.rows
        )

    def _contacts_sql(self, only):
        """The last contact of each file: its day, and when the customer is contacted next."""
        return SQL(
            """SELECT DISTINCT ON (g.profile_id) g.profile_id, g.date::date AS day, g.next_date, g.makes = 'callback' AS has_callback
                 FROM credit_contact_log g
                WHERE %s
                ORDER BY g.profile_id, g.date DESC, g.id DESC""",
            SQL("g.profile_id = ANY(%s)", list(only)) if only is not None else SQL("TRUE"),
        )

    def _answers_sql(self, only):
        """The files with an answer of the customer that nobody has read."""
        return SQL(
            "SELECT DISTINCT g.profile_id FROM credit_contact_log g WHERE g.to_read AND %s",
            SQL("g.profile_id = ANY(%s)", list(only)) if only is not None else SQL("TRUE"),
        )

    def _notices_sql(self, few):
        """Date of the last reminder sent to each customer."""
        return SQL(
            """SELECT n.partner_id, n.company_id, MAX(n.date) AS day
                 FROM credit_followup_notice n
                WHERE n.state = 'sent' AND %s
                GROUP BY n.partner_id, n.company_id""",
            self._few_sql(SQL("n.partner_id"), few),
        )

    def _promises_sql(self, few):
        """Open promises of each customer."""
        return SQL(
            """SELECT p.partner_id, p.company_id, MIN(p.date) AS date, SUM(q.amount) AS amount
                 FROM credit_promise p
                CROSS JOIN LATERAL (
                      SELECT SUM(LEAST(l.amount_residual, CASE WHEN e.amount = 0 OR l.amount_residual_currency = 0 THEN 0
                                   ELSE l.amount_residual * e.amount / l.amount_residual_currency END)) AS amount
                        FROM credit_promise_line e JOIN account_move_line l ON l.id = e.item_id
                       WHERE e.promise_id = p.id) q
                WHERE p.state = 'open' AND %s
                GROUP BY p.partner_id, p.company_id""",
            self._few_sql(SQL("p.partner_id"), few),
        )

    def _broken_sql(self, today, few):
        """Number of promises each customer broke within a year, and the date of the last one."""
        return SQL(
            """SELECT p.partner_id, p.company_id, COUNT(*)::int AS number, MAX(p.date_judged) AS last
                 FROM credit_promise p
                WHERE p.state IN ('broken', 'partly') AND p.date > %s AND %s
                GROUP BY p.partner_id, p.company_id""",
            fields.Date.subtract(today, days=_YEAR),
            self._few_sql(SQL("p.partner_id"), few),
        )

    def _levels_sql(self, few):
        """The highest level at which something that is still open was named."""
        items = self.env["credit.followup.item"]
        root, _currency, _decimals = items._roots_sql()
        return SQL(
            """SELECT p.commercial_partner_id AS partner_id, %(root)s AS company_id, MAX(v.days) AS days
                 FROM account_move_line l
                 JOIN res_partner p ON p.id = l.partner_id
                 JOIN credit_followup_notice_line e ON e.item_id = l.id AND e.cancelled IS NOT TRUE AND e.occurrence > 0
                 JOIN credit_followup_notice n ON n.id = e.notice_id AND n.state = 'sent'
                 JOIN credit_followup_level v ON v.id = e.level_id
                WHERE %(open)s AND %(few)s
                GROUP BY p.commercial_partner_id, 2""",
            root=root,
            open=items._open_sql(),
            few=self._few_sql(SQL("p.commercial_partner_id"), few),
        )

    def _trend_sql(self, today, few):
        """Increase in the average delay of recent payments over the year before, weighted by amount."""
        root = self.env["credit.exposure"]._roots_sql(SQL("l.company_id"))[0]
        lately = fields.Date.subtract(today, days=_LATELY)
        return SQL(
            """SELECT t.partner_id, t.company_id,
                      SUM(t.amount * t.late) FILTER (WHERE t.day > %(lately)s)
                      / NULLIF(SUM(t.amount) FILTER (WHERE t.day > %(lately)s), 0)
                      - SUM(t.amount * t.late) FILTER (WHERE t.day <= %(lately)s)
                      / NULLIF(SUM(t.amount) FILTER (WHERE t.day <= %(lately)s), 0) AS days
                 FROM (SELECT p.commercial_partner_id AS partner_id, %(root)s AS company_id, r.amount, r.max_date AS day,
                              r.max_date - COALESCE(l.date_maturity, l.date) AS late
                         FROM account_partial_reconcile r
                         JOIN account_move_line l ON l.id = r.debit_move_id AND l.account_id IN %(accounts)s
                         JOIN res_partner p ON p.id = l.partner_id
                        WHERE r.max_date > %(first)s AND %(few)s) t
                GROUP BY t.partner_id, t.company_id""",
            root=root,
            lately=lately,
            first=fields.Date.subtract(lately, days=_YEAR),
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            few=self._few_sql(SQL("p.commercial_partner_id"), few),
        )

    # === WORDS === #

    @api.model
    def _explain(self, strategy, row, currency):
        """The main reasons for a customer's score, largest first; the amount, which stands beside them, only if it is the only one.

        :param dict row: of :meth:`_read_rows`
        """
        facts = self._get_facts()
        figures = {name: row.get(f"fact_{name}") for name in facts}
        _score, parts = weigh(strategy._to_rule(), figures)
        known = [part for part in parts if part.kind in facts]
        known = [part for part in known if part.kind != "overdue"] or known
        return " · ".join(facts[part.kind].sentence(part.figure, currency) for part in known[:3])

    @api.model
    def _read_rows(self, files, today):
        """``{id: {column: value}}`` of these credit files."""
        self.env.flush_all()
        rows = self.env.execute_query_dict(self._rows_sql(today, only=files.ids))
        return {row["id"]: row for row in rows}
