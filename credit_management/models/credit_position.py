from collections import namedtuple

from odoo import api, models
from odoo.tools import SQL

from ..rules import CreditGroup, MissingFactError, Position, add_up, groups_that_count

#: what :meth:`CreditPosition._positions_sql` selects, before the sums of exposure and what is late by the cutoffs
_Row = namedtuple(
    "_Row",
    "partner_id company_id profile_id path mode status class_id payment_days review_date undecided policy_id"
    " limit limit_expiry overdue due_days item_days receivable",
)


def _sum_name(pair):
    """The column of a sum: of a source, and how many days ahead it is due."""
    key, days = pair
    return f"sum_{key}" if days is None else f"sum_{key}_{days}"


class CreditPosition(models.AbstractModel):
    """Positions of customers on a day: limits and ledger figures, for the rules and the lists.

    A customer is a pair of a commercial partner and a root company, with a credit file or without. Amounts are in
    the root company's currency, taxes included. One query of sums, whatever the number of customers, of which a rule says
    which of them count; two more where there are groups. The aliases in the SQL: ``f`` credit file, ``k`` its risk class, ``r`` its root company.
    """

    _name = "credit.position"
    _description = "Position of a Customer"

    # === READING === #

    @api.model
    def _read_positions(self, customers, today, rows=None):
        """Positions of customers; without a credit file the company's defaults apply.

        :param customers: pairs ``(partner_id, company_id)``
        :param rows: rows of :meth:`_positions_sql`, if already read
        :rtype: dict[tuple[int, int], Position]
        """
        if not customers:
            return {}
        positions, paths = self._read_alone(customers, today, rows)
        if self.env["credit.profile"]._has_groups():
            self._add_groups(positions, paths, today)
        self._add_facts(positions, today)
        return positions

    # === FACTS OF ADD-ONS === #

    @api.model
    def _get_fact_readers(self):
        """``{fact: (method, default)}``; the method takes customers and today and returns ``{customer: value}``.
        Extend.

        Only called for customers whose policy has a kind of rule that needs the fact.
        """
        return {}

    def _add_facts(self, positions, today):
        for fact, (read, nothing) in self._get_fact_readers().items():
            asked = [key for key, found in positions.items() if fact in found.policy.facts]
            values = read(asked, today) if asked else {}
            if values.keys() - set(asked):
                raise MissingFactError(
                    f"{fact}: key it by (customer id, root company id), as asked"
                )
            for customer in asked:
                value = values.get(customer, nothing)
                positions[customer] = positions[customer].with_facts(**{fact: value})

    # === CUSTOMERS AND GROUPS === #

    def _read_alone(self, customers, today, rows=None):
        """Positions without groups, and the path of each customer's file in its groups.

        :return: ``{customer: Position}``, ``{customer: (id of the file, path)}``
        """
        if rows is None:
            arguments = (SQL("%s", value) for value in self._get_arguments(customers, today))
            rows = self.env.execute_query(self._flushing(self._positions_sql(*arguments)))
        paths = {row[:2]: (row[2], row[3] or "") for row in rows}
        return {row[:2]: self._to_position(row, today) for row in rows}, paths

    def _get_arguments(self, customers, today):
        """Arguments of :meth:`_positions_sql` for these customers."""
        partners, companies = (list(ids) for ids in zip(*sorted(customers), strict=True))
        return partners, companies, today

    def _flushing(self, sql):
        """The same SQL, flushing pending writes on everything a position is read from."""
        for model in self._get_models_read():
            self.env[model].flush_model()
        return self.env["credit.exposure"]._flushing(sql)

    @api.model
    def _get_models_read(self):
        """Names of the models that the limits are read from. Extend."""
        return (
            "credit.limit",
            "credit.profile",
            "credit.risk.class",
            "credit.policy",
            "res.company",
        )

    def _to_position(self, row, today):
        """A row of :meth:`_positions_sql` as a value for the rules.

        :rtype: Position
        """
        policies = self.env["credit.policy"]
        scopes = policies._get_scopes()
        start, end = len(_Row._fields), len(_Row._fields) + len(scopes.sums)
        found, late = _Row._make(row[:start]), row[end:]
        sums = dict(zip(scopes.sums, row[start:end], strict=True))
        decimals = self.env["res.company"]._get_credit_roots()[found.company_id][2]
        counted = (float(sums[pair]) for pair in scopes.get_sums(found.policy_id))
        return Position(
            credit_mode=found.mode,
            status=found.status,
            credit_limit=None if found.limit is None else float(found.limit),
            exposure=add_up(counted, decimals),
            overdue=float(found.overdue or 0.0),
            oldest_due_days=found.due_days or 0,
            rounding=10**-decimals,
            profile_id=found.profile_id or 0,
            policy=policies._get_rules(found.policy_id or 0),
            today=today,
            risk_class_id=found.class_id or 0,
            receivable=float(found.receivable or 0.0),
            late=tuple((d, float(a or 0.0)) for d, a in zip(scopes.cutoffs, late, strict=True)),
            oldest_item_days=found.item_days,
            limit_expiry=found.limit_expiry,
            review_date=found.review_date,
            undecided=found.undecided,
            payment_days=found.payment_days,
        )

    def _add_groups(self, positions, paths, today):
        """Add to positions the groups that share a limit: the one the customer heads, then upwards."""
        tops = {path.split("/")[0] for _id, path in paths.values() if path}
        query = SQL(
            """SELECT partner_id, company_id, id, parent_path FROM credit_profile
                WHERE parent_path LIKE ANY(%s) AND parent_path LIKE '%%/%%'""",
            [f"{top}/%" for top in tops],
        )
        self.env["credit.profile"].flush_model(["parent_id", "parent_path"])
        members = {row[2]: row for row in self.env.execute_query(query)}
        heads = {int(part) for row in members.values() for part in row[3].split("/")[:-2]}
        if not heads:
            return
        customers = {row[:2] for row in members.values() if row[3].split("/")[0] in tops}
        alone, _paths = self._read_alone(customers, today)
        groups = {
            head: self._to_group(members[head], members.values(), alone)
            for head in heads
            if head in members
        }
        for customer, (_id, path) in paths.items():
            position = positions[customer]
            mine = tuple(
                groups[int(part)] for part in reversed(path.split("/")[:-1]) if int(part) in groups
            )
            positions[customer] = self._in_groups(position, mine)

    def _to_group(self, head, members, alone):
        """The group headed by a file: its limit and status, and the exposure of all members.

        :rtype: CreditGroup
        """
        position = alone[head[:2]]
        exposure = sum(
            alone[member[:2]].exposure for member in members if member[3].startswith(head[3])
        )
        return CreditGroup(head[2], position.credit_limit, exposure, position.status)

    def _in_groups(self, position, groups):
        kept = groups_that_count(groups, position.credit_mode, position.undecided)
        return position if not kept else position.in_groups(kept)

    # === SQL: POSITIONS === #

    def _positions_sql(self, partners, companies, today):
        """One row for each pair of two arrays of equal length, in the column order of :meth:`_to_position`.

        The figures ``x`` are summed customer by customer, by the index on contacts: avoiding a GROUP BY is measurable
        on 20 000 open items.
        """
        mode = SQL("COALESCE(f.credit_mode, r.credit_management_default_mode)")
        scopes = self.env["credit.policy"]._get_scopes()
        names = [*map(_sum_name, scopes.sums), *(f"late_{days}" for days in scopes.cutoffs)]
        return SQL(
            """SELECT a.partner_id, a.company_id, f.id, f.parent_path, %(mode)s, COALESCE(f.status, 'normal'),
                      f.risk_class_id,
                      CASE WHEN f.has_max_payment_days THEN f.max_payment_days
                           WHEN k.has_max_payment_days THEN k.max_payment_days END,
                      f.review_date, f.mode_date IS NULL AND own.amount IS NULL, %(policy)s, %(limit)s,
                      CASE own.kind WHEN 'permanent' THEN own.date_to
                                    WHEN 'temporary' THEN (%(fallback)s) END,
                      x.overdue, x.oldest_due_days, x.oldest_item_days, x.receivable %(figures_asked)s
                 FROM UNNEST(%(partners)s::int[], %(companies)s::int[]) a(partner_id, company_id)
                 JOIN res_company r ON r.id = a.company_id
                 LEFT JOIN credit_profile f ON f.partner_id = a.partner_id AND f.company_id = a.company_id
                 LEFT JOIN credit_risk_class k ON k.id = f.risk_class_id
                 LEFT JOIN LATERAL (%(own)s) own ON TRUE
                CROSS JOIN LATERAL (
                      SELECT ARRAY_AGG(p.id) AS contacts FROM res_partner p WHERE p.commercial_partner_id = a.partner_id
                      ) c
                CROSS JOIN LATERAL (%(figures)s) x""",
            mode=mode,
            policy=self._policy_sql(),
            limit=self._limit_sql(mode, SQL("own.amount"), today),
            fallback=self._limits_in_force_sql(
                today, SQL("l.date_to"), SQL("l.profile_id = f.id AND l.kind = 'permanent'")
            ),
            figures_asked=SQL().join(SQL(", %s", SQL.identifier("x", name)) for name in names),
            partners=partners,
            companies=companies,
            own=self._limits_in_force_sql(
                today, SQL("l.amount, l.kind, l.date_to"), SQL("l.profile_id = f.id")
            ),
            figures=self._figures_sql(
                today, SQL("s.partner_id = ANY(c.contacts)"), SQL("a.company_id")
            ),
        )

    def _policy_sql(self):
        """The policy in force: the file's, otherwise its class's, otherwise the company's.

        ``active`` is not tested: a policy in use cannot be archived (``credit.policy._check_not_used``).
        """
        return SQL("COALESCE(f.policy_id, k.policy_id, r.credit_management_policy_id)")

    def _limit_sql(self, mode, own, today):
        """Limit in force: NULL when unlimited, 0 when prepaid; what was granted, else in a group that has a limit
        the group's alone, else the default."""
        granted = SQL(
            """COALESCE(
                 %(own)s,
                 CASE WHEN f.parent_id IS NULL OR NOT EXISTS (
                           SELECT FROM credit_profile g
                            WHERE g.id = ANY(string_to_array(RTRIM(f.parent_path, '/'), '/')::int[])
                              AND g.id <> f.id AND g.credit_mode <> 'unlimited') THEN %(default)s END)""",
            own=own,
            default=self._default_limit_sql(),
        )
        return SQL(
            "CASE %(mode)s WHEN 'prepaid' THEN 0 WHEN 'limited' THEN %(limit)s END",
            mode=mode,
            limit=self._raised_limit_sql(granted, today),
        )

    def _raised_limit_sql(self, limit, today):
        """The limit of file ``f`` with what is added to it, such as guarantees; NULL where ``limit`` is. Extend.

        :param limit: SQL of the limit that was granted
        """
        return limit

    def _default_limit_sql(self):
        """Of class, policy, company: see :func:`~..rules.default_limit`."""
        return SQL(
            """COALESCE(CASE WHEN k.has_default_limit THEN k.default_limit END,
                        (SELECT y.default_limit FROM credit_policy y WHERE y.id = %s AND y.has_default_limit),
                        r.credit_management_default_limit, 0)""",
            self._policy_sql(),
        )

    def _limits_in_force_sql(self, today, columns, condition=SQL("TRUE")):  # noqa: B008
        """The approved limit ``l`` of each file that is in force: see :func:`~..rules.limit_in_force`.

        :param condition: on the limits, such as those of one file
        """
        return SQL(
            """SELECT DISTINCT ON (l.profile_id) %(columns)s FROM credit_limit l
                WHERE l.state = 'approved' AND l.date_from <= %(today)s::date
                  AND (l.kind = 'permanent' OR l.date_to >= %(today)s::date) AND %(condition)s
                ORDER BY l.profile_id, l.kind DESC, l.date_from DESC, l.id DESC""",
            columns=columns,
            today=today,
            condition=condition,
        )

    # === SQL: FIGURES === #

    def _exposure_sql(self, figures):
        """The exposure as the policy in force counts it, from the columns of :meth:`_figures_sql`."""
        return self._by_policy_sql(
            [
                SQL(" + ").join(SQL.identifier(figures, _sum_name(pair)) for pair in sums)
                for sums in self.env["credit.policy"]._get_scopes().sums_of_scope
            ]
        )

    def _by_policy_sql(self, expressions):
        """The expression for the scope of the policy in force, given one expression per scope."""
        branches = [
            SQL("WHEN %s THEN %s", policy_id, expressions[n])
            for policy_id, n in self.env["credit.policy"]._get_scopes().scope_of_policy.items()
            if policy_id and n
        ]
        if not branches:
            return expressions[0]
        branches = SQL(" ").join(branches)
        return SQL("CASE %s %s ELSE %s END", self._policy_sql(), branches, expressions[0])

    def _figures_sql(self, today, contacts=None, company=None, exposure=True, late=True):
        """The sums that some way to count adds up, and what is late: one row of a customer known outside, else
        a row for every customer with ``partner_id, company_id``.

        Each scan is summed separately, by the contact on the documents; the few resulting rows are then summed by
        customer.

        :param contacts: condition on rows ``s`` that selects the customer's
        :param company: the customer's root company
        :param exposure: include the exposure; lists without it are faster
        :param late: include open and overdue amounts; likewise
        """
        sums = self._exposure_sums(today) if exposure else {}
        columns = [
            SQL("COALESCE(SUM(e.%s), 0) AS %s", name, name) for name in map(SQL.identifier, sums)
        ]
        if late:
            sums |= self._late_sums(today)
            columns += self._late_columns(today)
        scans = SQL(" UNION ALL ").join(
            self._scan_sql(rows, sources, sums, contacts, company)
            for rows, sources in self._get_scans(today, exposure, late).items()
        )
        if contacts:
            return SQL("SELECT %s FROM (%s) e", SQL(", ").join(columns), scans)
        return SQL(
            """SELECT p.commercial_partner_id AS partner_id, e.company_id, %s
                 FROM (%s) e
                 JOIN res_partner p ON p.id = e.partner_id
                GROUP BY p.commercial_partner_id, e.company_id""",
            SQL(", ").join(columns),
            scans,
        )

    def _get_scans(self, today, exposure, late):
        exposures = self.env["credit.exposure"]
        scopes = self.env["credit.policy"]._get_scopes().scopes if exposure else ()
        scans = exposures._get_scans(*(scope.sources for scope in scopes), owed=late)
        return exposures._summed(scans, self._get_horizons(today))

    def _get_horizons(self, today):
        """``{days: SQL of the date}`` up to which some scope counts orders."""
        scopes = self.env["credit.policy"]._get_scopes().scopes
        days = {scope.horizon_days for scope in scopes} - {None}
        return {n: SQL("%s::date + %s", today, n) for n in sorted(days)}

    def _scan_sql(self, rows, sources, sums, contacts, company):
        """The sums of one scan: of a customer, else by contact and root company.

        With a single root company no row is tested for it: measurable on 20 000 open items.
        """
        roots = {row[0] for row in self.env["res.company"]._get_credit_roots().values()}
        root = self.env["credit.exposure"]._roots_sql(SQL("s.company_id"))[0]
        columns = SQL(", ").join(
            SQL("%s AS %s", total(sources), SQL.identifier(name)) for name, total in sums.items()
        )
        if contacts:
            theirs = SQL("TRUE") if len(roots) == 1 else SQL("%s = %s", root, company)
            return SQL("SELECT %s FROM (%s) s WHERE %s AND %s", columns, rows, contacts, theirs)
        return SQL(
            "SELECT s.partner_id, %s AS company_id, %s FROM (%s) s GROUP BY %s",
            root,
            columns,
            rows,
            SQL("1") if len(roots) == 1 else SQL("1, 2"),
        )

    def _exposure_sums(self, today):
        """``{column: function}``: what each sum takes of a scan, given its sources."""
        horizons = self._get_horizons(today)
        return {
            _sum_name((key, days)): lambda sources, key=key, days=days: (
                SQL("SUM(%s)", sources[key].until_sql(days, horizons.get(days)))
                if key in sources
                else SQL("NULL::numeric")
            )
            for key, days in self.env["credit.policy"]._get_scopes().sums
        }

    def _counted_rows_sql(self, today):
        """Whether the policy of ``f``, ``k`` and ``r`` counts an exposure row."""
        conditions = []
        sources = self.env["credit.exposure"]._exposure_sources().values()
        dated = tuple({source.name for source in sources if source.in_horizon})
        for scope in self.env["credit.policy"]._get_scopes().scopes:
            condition = SQL("source IN %s", scope.sources)
            if scope.horizon_days is not None and dated:
                condition = SQL(
                    "%s AND (source NOT IN %s OR date_due <= %s::date + %s)",
                    condition,
                    dated,
                    today,
                    scope.horizon_days,
                )
            conditions.append(condition)
        return self._by_policy_sql(conditions)

    def _late_sums(self, today):
        """``{name: function}``: sums of receivables for :meth:`_late_columns`; other scans have nothing overdue."""
        scopes = self.env["credit.policy"]._get_scopes()
        sums = {"receivable": SQL("SUM(s.amount)")}
        for days in (0, *scopes.cutoffs):
            # computed once: a subtraction in the query would run for every row
            day = SQL("%s::date - %s", today, days) if days else SQL("%s::date", today)
            late = SQL("s.date_due < %s OR s.amount < 0", day)
            sums[f"due_{days}"] = SQL("SUM(s.amount) FILTER (WHERE %s)", late)
        # each use of the date is computed for itself: once less where an add-on looks for a plan
        sums["oldest_due"] = SQL("MIN(s.date_due) FILTER (WHERE s.amount > 0)")
        if "oldest_item_days" in scopes.facts:
            sums["oldest_item"] = SQL("MIN(s.date) FILTER (WHERE s.amount > 0)")
        return {
            name: lambda sources, total=total: (
                total if any(source.is_owed for source in sources.values()) else SQL("NULL")
            )
            for name, total in sums.items()
        }

    def _late_columns(self, today):
        """Open and overdue amounts from the sums ``e``: nothing is overdue where credits cover it.

        Where something is overdue, its age is that of the oldest debt.
        """
        scopes = self.env["credit.policy"]._get_scopes()
        yield SQL("GREATEST(SUM(e.due_0), 0) AS overdue")
        yield SQL(
            "%s AS oldest_due_days", self._age_sql(SQL("e.due_0"), SQL("e.oldest_due"), today)
        )
        asked = "oldest_item_days" in scopes.facts
        yield SQL(
            "%s AS oldest_item_days",
            self._age_sql(SQL("e.receivable"), SQL("e.oldest_item"), today)
            if asked
            else SQL("NULL::int"),
        )
        yield SQL("SUM(e.receivable) AS receivable")
        for days in scopes.cutoffs:
            due, late = SQL.identifier("e", f"due_{days}"), SQL.identifier(f"late_{days}")
            yield SQL("GREATEST(SUM(%s), 0) AS %s", due, late)

    def _age_sql(self, amount, oldest, today):
        """Days since the oldest date, 0 where the amounts net to nothing."""
        return SQL(
            "CASE WHEN SUM(%s) > 0 THEN %s::date - MIN(%s) ELSE 0 END", amount, today, oldest
        )

    # === SQL: LISTS === #

    def _limits_sql(self, today, *columns, joins=SQL(), only=None):  # noqa: B008
        """Credit files ``f`` with the limit in force: ``id, partner_id, company_id, credit_limit`` and further columns.

        :param only: ids of files; all of them if not given
        """
        few = only is not None
        own = self._limits_in_force_sql(
            today, SQL("l.profile_id, l.amount"), SQL("l.profile_id = f.id") if few else SQL("TRUE")
        )
        return SQL(
            """SELECT f.id, f.partner_id, f.company_id, %(limit)s AS credit_limit %(columns)s
                 FROM credit_profile f
                 JOIN res_company r ON r.id = f.company_id
                 LEFT JOIN credit_risk_class k ON k.id = f.risk_class_id
                 LEFT JOIN %(own)s
                 %(joins)s
                WHERE %(condition)s""",
            limit=self._limit_sql(SQL("f.credit_mode"), SQL("own.amount"), today),
            columns=SQL().join(SQL(", %s", column) for column in columns),
            own=SQL("LATERAL (%s) own ON TRUE", own)
            if few
            else SQL("(%s) own ON own.profile_id = f.id", own),
            joins=joins,
            condition=SQL("f.id = ANY(%s)", list(only)) if few else SQL("TRUE"),
        )

    def _list_sql(self, list_name, today):
        """Columns by which lists of credit files are sorted and searched, for all files: ``id`` and figures.

        :param list_name: ``"limit"``: limit, exposure and what follows from them; ``"late"``: what is overdue
        """
        if list_name == "late":
            return self._list_late_sql(today)
        shared = self.env["credit.profile"]._has_groups()
        return SQL(
            """SELECT id, credit_limit, exposure, %(available)s AS available,
                      100 * exposure / NULLIF(credit_limit, 0) AS limit_used
                 FROM (%(limits)s) f %(groups)s""",
            available=SQL("LEAST(credit_limit - exposure, g.available)")
            if shared
            else SQL("credit_limit - exposure"),
            limits=self._exposures_sql(today),
            groups=SQL("LEFT JOIN (%s) g ON g.profile_id = f.id", self._shared_available_sql(today))
            if shared
            else SQL(),
        )

    def _exposures_sql(self, today):
        """Every credit file with limit and exposure."""
        return self._limits_sql(
            today,
            SQL("COALESCE(%s, 0) AS exposure", self._exposure_sql("x")),
            SQL("f.parent_path, f.parent_id, f.credit_mode, f.mode_date"),
            joins=SQL(
                "LEFT JOIN (%s) x ON x.partner_id = f.partner_id AND x.company_id = f.company_id",
                self._figures_sql(today, late=False),
            ),
        )

    def _list_late_sql(self, today):
        return SQL(
            """SELECT f.id, COALESCE(x.overdue, 0) AS overdue, COALESCE(x.oldest_due_days, 0) AS oldest_due_days
                 FROM credit_profile f
                 LEFT JOIN (%s) x ON x.partner_id = f.partner_id AND x.company_id = f.company_id""",
            self._figures_sql(today, exposure=False),
        )

    def _shared_available_sql(self, today):
        """``profile_id, available``: the smallest amount available in the groups of a member."""
        return SQL(
            """WITH files AS (%(files)s), heads AS (
                      SELECT h.parent_path, h.credit_limit - SUM(m.exposure) AS available
                        FROM files h
                        JOIN files m ON m.parent_path LIKE h.parent_path || '%%'
                       WHERE h.id IN (SELECT parent_id FROM credit_profile)
                       GROUP BY h.id, h.parent_path, h.credit_limit)
               SELECT m.id AS profile_id, MIN(h.available) AS available
                 FROM heads h
                 JOIN files m ON m.parent_path LIKE h.parent_path || '%%'
                WHERE m.credit_mode <> 'unlimited' OR m.mode_date IS NULL
                GROUP BY m.id""",
            files=self._exposures_sql(today),
        )
