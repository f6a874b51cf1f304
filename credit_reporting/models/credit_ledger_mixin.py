from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: a record read for one day is not that of another
_OF_DAY = {"readonly": True, "depends_context": ("credit_days",)}
#: days read at once
_MOST_DAYS = 36

#: what each row says of its document, beside the columns of the model
_DIMENSIONS = {
    "partner_id": SQL("p.commercial_partner_id"),
    "salesperson_id": SQL("s.salesperson_id"),
    "team_id": SQL("COALESCE(m.team_id, u.sale_team_id)"),
    "risk_class_id": SQL("f.risk_class_id"),
    "group_id": SQL("COALESCE(f.parent_id, f.id)"),
    "country_id": SQL("c.country_id"),
    "industry_id": SQL("c.industry_id"),
}


class CreditLedgerMixin(models.AbstractModel):
    """Rows read from the ledger as it was at the end of some days, with who sold to whom.

    The days are in the context, ``credit_days``: a list of dates, today without it. What was open on a past day is what is
    open now, without later entries, and with what was matched since (``account.partial.reconcile.max_date``).
    """

    _name = "credit.ledger.mixin"
    _description = "Rows of the Ledger on a Day"
    _depends = {
        "account.move": [
            "amount_total_signed",
            "date",
            "invoice_date",
            "invoice_user_id",
            "move_type",
            "state",
            "team_id",
        ],
        "account.move.line": [
            "account_id",
            "amount_residual",
            "date",
            "date_maturity",
            "matching_number",
            "parent_state",
            "partner_id",
            "reconciled",
        ],
        "account.partial.reconcile": [
            "amount",
            "credit_move_id",
            "debit_move_id",
            "exchange_move_id",
            "max_date",
        ],
        "credit.profile": ["company_id", "parent_id", "partner_id", "risk_class_id"],
        "res.partner": ["commercial_partner_id", "country_id", "industry_id", "user_id"],
        "res.users": ["sale_team_id"],
    }

    day = fields.Date(**_OF_DAY, help="The figures are those of the end of this day")
    partner_id = fields.Many2one("res.partner", string="Customer", **_OF_DAY)
    salesperson_id = fields.Many2one("res.users", **_OF_DAY)
    team_id = fields.Many2one("crm.team", string="Sales Team", **_OF_DAY)
    risk_class_id = fields.Many2one("credit.risk.class", **_OF_DAY)
    group_id = fields.Many2one("credit.profile", **_OF_DAY)
    country_id = fields.Many2one("res.country", **_OF_DAY)
    industry_id = fields.Many2one("res.partner.industry", string="Sector", **_OF_DAY)
    company_id = fields.Many2one("res.company", **_OF_DAY)
    currency_id = fields.Many2one("res.currency", **_OF_DAY)
    move_id = fields.Many2one("account.move", string="Document", **_OF_DAY)
    date = fields.Date(**_OF_DAY, help="Accounting date")
    date_due = fields.Date(string="Due", **_OF_DAY)

    # === DAYS === #

    @api.model
    def _get_days(self):
        """The days asked for, today unless the context names others."""
        named = self.env.context.get("credit_days") or ()
        today = self.env["res.company"]._get_credit_today()
        try:
            days = [fields.Date.to_date(day) for day in named]
        except (TypeError, ValueError):
            raise UserError(
                self.env._("Enter a day as a date, for instance %s.", today.isoformat())
            ) from None
        if len(days) > _MOST_DAYS:
            raise UserError(self.env._("Choose at most %s days at once.", _MOST_DAYS))
        if any(day > today for day in days):
            raise UserError(
                self.env._(
                    "The ledger of tomorrow is not known yet. Choose today or an earlier day."
                )
            )
        return days or [today]

    @api.model
    def _on(self, *days):
        """This model on some days."""
        return self.with_context(credit_days=[day.isoformat() for day in days])

    # === SQL === #

    def _open_sql(self, day):
        """Open items of receivable accounts at the end of a day: ``(item_id, amount)``."""
        return SQL(
            """SELECT o.item_id, SUM(o.amount) AS amount
                 FROM (SELECT l.id AS item_id, l.amount_residual AS amount
                         FROM account_move_line l
                        WHERE l.account_id IN %(accounts)s AND l.date <= %(day)s
                          AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE AND l.amount_residual <> 0
                        UNION ALL
                       SELECT r.debit_move_id, r.amount FROM account_partial_reconcile r WHERE r.max_date > %(day)s
                        UNION ALL
                       SELECT r.credit_move_id, -r.amount FROM account_partial_reconcile r WHERE r.max_date > %(day)s
                        UNION ALL %(drafts)s) o
                GROUP BY o.item_id
               HAVING SUM(o.amount) <> 0""",
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            day=day,
            drafts=self._matched_drafts_sql(day),
        )

    def _matched_drafts_sql(self, day):
        """What documents reset to draft, which Odoo keeps matched, seem to have settled by a day: they settle nothing."""
        sides = (
            ("debit_move_id", "credit_move_id", SQL("-r.amount")),
            ("credit_move_id", "debit_move_id", SQL("r.amount")),
        )
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT %(other)s, %(amount)s FROM account_move_line d
                     JOIN account_partial_reconcile r ON %(side)s = d.id AND r.max_date <= %(day)s
                    WHERE d.parent_state = 'draft' AND d.matching_number IS NOT NULL""",
                other=SQL.identifier("r", other),
                amount=amount,
                side=SQL.identifier("r", side),
                day=day,
            )
            for side, other, amount in sides
        )

    def _open_items_sql(self, day, columns):
        """Rows ``(source_id, partner_id, company_id, move_id, date, date_due)`` of what is open, with more columns.

        :param columns: SQL over item ``l``, its open ``i.amount`` and its ``x.due``
        """
        return SQL(
            """SELECT l.id AS source_id, l.partner_id, l.company_id, l.move_id, l.date, x.due AS date_due, %(columns)s
                 FROM (%(open)s) i
                 JOIN account_move_line l ON l.id = i.item_id AND l.account_id IN %(accounts)s
                      AND l.parent_state = 'posted' AND l.date <= %(day)s
                CROSS JOIN LATERAL (SELECT COALESCE(l.date_maturity, l.date) AS due) x""",
            columns=columns,
            open=self._open_sql(day),
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            day=day,
        )

    def _with_dimensions_sql(self, rows, columns):
        """Rows ``r`` with who sold to whom. A dimension that nobody asks for costs nothing: the planner drops its join.

        :param columns: SQL of the columns of the model, over ``r``
        """
        root, currency, _decimals = self.env["credit.exposure"]._roots_sql(SQL("r.company_id"))
        dimensions = SQL(", ").join(
            SQL("%s AS %s", sql, SQL.identifier(name)) for name, sql in _DIMENSIONS.items()
        )
        return SQL(
            """SELECT %(columns)s, r.day, r.move_id, r.date, r.date_due, %(root)s AS company_id, %(currency)s AS currency_id,
                      %(dimensions)s
                 FROM (%(rows)s) r
                 LEFT JOIN account_move m ON m.id = r.move_id
                 LEFT JOIN res_partner p ON p.id = r.partner_id
                 LEFT JOIN res_partner c ON c.id = p.commercial_partner_id
                 LEFT JOIN credit_profile f ON f.partner_id = p.commercial_partner_id AND f.company_id = %(root)s
                CROSS JOIN LATERAL (SELECT COALESCE(m.invoice_user_id, c.user_id) AS salesperson_id) s
                 LEFT JOIN res_users u ON u.id = s.salesperson_id""",
            columns=columns,
            root=root,
            currency=currency,
            dimensions=dimensions,
            rows=rows,
        )

    # === ACTIONS === #

    @api.readonly
    def action_open_document(self):
        """Open the document behind this row, as far as the user may read it."""
        self.ensure_one()
        self.move_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.move_id.display_name,
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }
