from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL


class CreditPosition(models.AbstractModel):
    """Facts about promises, plans and disputes for credit policies; what a policy leaves out of the exposure as disputed is
    not overdue either.
    """

    _inherit = "credit.position"

    @api.model
    def _get_fact_readers(self):
        # EXTENDS 'credit_management'
        return super()._get_fact_readers() | {
            "broken_promises": (self._read_broken_promises, 0),
            "defaulted_plans": (self._read_defaulted_plans, 0.0),
            "disputed": (self._read_disputed, 0.0),
        }

    # === DISPUTED, HENCE NOT OVERDUE === #

    def _read_alone(self, customers, today, rows=None):
        # EXTENDS 'credit_management'
        positions, paths = super()._read_alone(customers, today, rows)
        asked = [
            key
            for key, found in positions.items()
            if "disputed" in found.policy.sources and found.overdue
        ]
        if asked:
            for customer, disputed in self._read_disputed_late(asked, today).items():
                positions[customer] = self._without_disputed(positions[customer], *disputed)
        return positions, paths

    def _without_disputed(self, position, rows, oldest):
        """The position without what is disputed among what is late.

        :param rows: pairs of days late and disputed amount
        :param oldest: days since the oldest item that is not disputed in full was due, below 1 if none is late
        """
        overdue, *late = (
            max(round(amount - sum(part for age, part in rows if age > days), 6), 0.0)
            for days, amount in ((0, position.overdue), *position.late)
        )
        return replace(
            position,
            overdue=overdue,
            oldest_due_days=max(oldest, 0) if overdue else 0,
            late=tuple(zip((days for days, _amount in position.late), late, strict=True)),
        )

    def _read_disputed_late(self, customers, today):
        """``{customer: (pairs of days late and disputed amount, days late of the oldest item not disputed in full)}``."""
        self.env["credit.dispute.line"].flush_model()
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        asked = SQL("UNNEST(%s::int[], %s::int[])", partners, companies)
        found = {}
        for partner_id, company_id, days, disputed, is_whole in self.env.execute_query(
            SQL(
                "SELECT partner_id, company_id, %s::date - date_due, disputed::float, disputed >= amount FROM (%s) i",
                today,
                self._disputed_items_sql(asked),
            )
        ):
            rows, oldest = found.get((partner_id, company_id), ([], 0))
            found[partner_id, company_id] = (
                [*rows, (days, disputed)],
                oldest if is_whole else max(oldest, days),
            )
        return found

    def _disputed_items_sql(self, customers):
        """What customers with a dispute owe, with the disputed part of each item, in the company's currency.

        :param customers: relation of customers and root companies
        """
        exposures = self.env["credit.exposure"]
        return SQL(
            """SELECT a.partner_id, a.company_id, s.date_due, s.amount, %(disputed)s AS disputed
                 FROM %(customers)s a(partner_id, company_id)
                 JOIN res_partner c ON c.commercial_partner_id = a.partner_id
                 JOIN (%(rows)s) s ON s.partner_id = c.id AND s.amount > 0
                 JOIN account_move_line l ON l.id = s.line_id
                WHERE %(root)s = a.company_id
                  AND EXISTS (SELECT FROM credit_dispute p WHERE p.partner_id = a.partner_id
                                 AND p.company_id = a.company_id AND p.amount_withheld > 0)""",
            disputed=self.env["credit.followup.item"]._disputed_amount_sql(),
            customers=customers,
            rows=exposures._receivable_rows(),
            root=exposures._roots_sql(SQL("l.company_id"))[0],
        )

    def _list_late_sql(self, today):
        # EXTENDS 'credit_management': the lists say what the gate says
        scopes = self.env["credit.policy"]._get_scopes()
        policies = [
            policy_id
            for policy_id, place in scopes.scope_of_policy.items()
            if policy_id and "disputed" in scopes.scopes[place].sources
        ]
        rows = super()._list_late_sql(today)
        if not policies:
            return rows
        return SQL(
            """SELECT y.id, GREATEST(y.overdue - COALESCE(d.late, 0), 0) AS overdue,
                      CASE WHEN d.late >= y.overdue THEN 0 ELSE COALESCE(d.days, y.oldest_due_days) END AS oldest_due_days
                 FROM (%(rows)s) y
                 JOIN credit_profile f ON f.id = y.id
                 LEFT JOIN (SELECT i.partner_id, i.company_id,
                                   COALESCE(SUM(i.disputed) FILTER (WHERE i.date_due < %(today)s), 0) AS late,
                                   GREATEST(%(today)s - MIN(i.date_due) FILTER (WHERE i.amount > i.disputed), 0) AS days
                              FROM (%(items)s) i GROUP BY 1, 2) d
                   ON d.partner_id = f.partner_id AND d.company_id = f.company_id""",
            rows=rows,
            today=today,
            items=self._disputed_items_sql(
                SQL(
                    """(SELECT f.partner_id, f.company_id FROM credit_profile f
                          JOIN res_company r ON r.id = f.company_id
                          LEFT JOIN credit_risk_class k ON k.id = f.risk_class_id
                         WHERE %s IN %s)""",
                    self._policy_sql(),
                    tuple(policies),
                )
            ),
        )

    # === FACTS === #

    def _read_broken_promises(self, customers, today):
        """Number of promises broken or partly kept within a year."""
        self.env["credit.promise"].flush_model()
        rows = SQL(
            """SELECT a.partner_id, a.company_id, COUNT(*)
                 FROM a JOIN credit_promise p ON p.partner_id = a.partner_id AND p.company_id = a.company_id
                WHERE p.state IN ('partly', 'broken') AND p.last_day > %s::date - 365
                GROUP BY 1, 2""",
            today,
        )
        return self._read_of_customers(customers, rows)

    def _read_disputed(self, customers, _today):
        """Disputed amount still open, in the company's currency."""
        self.env["credit.dispute.line"].flush_model()
        rows = SQL(
            """SELECT a.partner_id, a.company_id,
                      SUM(LEAST(d.withheld, l.amount_residual_currency)
                          * l.amount_residual / NULLIF(l.amount_residual_currency, 0))::float
                 FROM a JOIN credit_dispute p ON p.partner_id = a.partner_id AND p.company_id = a.company_id
                 JOIN credit_dispute_line d ON d.dispute_id = p.id AND d.withheld > 0
                 JOIN account_move_line l ON l.id = d.item_id
                WHERE l.reconciled IS NOT TRUE AND l.amount_residual > 0
                GROUP BY 1, 2"""
        )
        return self._read_of_customers(customers, rows)

    def _read_defaulted_plans(self, customers, _today):
        """Amount still owed on defaulted plans, in the company's currency."""
        self.env["credit.payment.plan.line"].flush_model()
        rows = SQL(
            """SELECT a.partner_id, a.company_id, SUM(l.amount_residual)::float
                 FROM a JOIN credit_payment_plan p ON p.partner_id = a.partner_id AND p.company_id = a.company_id
                 JOIN credit_payment_plan_line q ON q.plan_id = p.id
                 JOIN account_move_line l ON l.id = q.item_id
                WHERE p.state = 'defaulted' AND l.reconciled IS NOT TRUE AND l.amount_residual > 0
                GROUP BY 1, 2"""
        )
        return self._read_of_customers(customers, rows)

    def _read_of_customers(self, customers, rows):
        """``{customer: figure}`` where there is one.

        :param rows: query of ``partner_id, company_id, figure`` from ``a``, the customers
        """
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        asked = SQL(
            "WITH a AS (SELECT * FROM UNNEST(%s::int[], %s::int[]) a(partner_id, company_id))",
            partners,
            companies,
        )
        return {
            row[:2]: row[2] for row in self.env.execute_query(SQL("%s %s", asked, rows)) if row[2]
        }
