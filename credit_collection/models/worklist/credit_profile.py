from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .credit_worklist import URGENCIES

#: columns of ``credit.worklist`` that a credit file shows, and searches and sorts by
FIGURES = (
    "portfolio_id",
    "collector_id",
    "to_chase",
    "days_late",
    "last_contact_date",
    "next_contact_date",
    "has_callback",
    "has_answer",
    "disputed",
    "promised",
    "promise_date",
    "broken_promises",
    "score",
    "urgency",
    "is_today",
)
_COMPARISONS = {"<": SQL("<"), "<=": SQL("<="), ">": SQL(">"), ">=": SQL(">=")}


def _figure(kind, name, string, **values):
    """A field of the worklist on the credit file."""
    return kind(
        string=string,
        compute="_compute_worklist",
        search=lambda self, operator, value: self._search_worklist(name, operator, value),
        **values,
    )


class CreditProfile(models.Model):
    """The page of a customer as a collector works it: where it stands in the worklist, whom to call there, what was said."""

    _inherit = "credit.profile"

    portfolio_id = _figure(
        fields.Many2one, "portfolio_id", "Portfolio", comodel_name="credit.portfolio"
    )
    collector_id = _figure(fields.Many2one, "collector_id", "Collector", comodel_name="res.users")
    to_chase = _figure(
        fields.Monetary,
        "to_chase",
        "To Chase",
        help="Overdue, without what is promised, planned, disputed, paused or being paid",
    )
    days_late = _figure(fields.Integer, "days_late", "Oldest (days late)", aggregator="max")
    last_contact_date = _figure(fields.Date, "last_contact_date", "Last Contact")
    next_contact_date = _figure(fields.Date, "next_contact_date", "Next Contact")
    has_callback = _figure(fields.Boolean, "has_callback", "Call-back Agreed")
    has_answer = _figure(fields.Boolean, "has_answer", "Customer Answered")
    disputed = _figure(fields.Monetary, "disputed", "Disputed", help="Past due and disputed")
    promised = _figure(fields.Monetary, "promised", "Promised", help="Promised and not due yet")
    promise_date = _figure(fields.Date, "promise_date", "Promised for")
    broken_promises = _figure(fields.Integer, "broken_promises", "Broken Promises (12 months)")
    score = _figure(fields.Float, "score", "Score", digits=(16, 1), aggregator="avg")
    urgency = _figure(
        fields.Selection,
        "urgency",
        "Urgency",
        selection=URGENCIES,
        group_expand="_order_urgencies",
    )
    is_today = _figure(fields.Boolean, "is_today", "To Call Today")
    why = fields.Char(
        string="Why Call Now",
        compute="_compute_worklist",
        help="The facts with the most weight in the score",
    )
    next_action = fields.Char(
        compute="_compute_next_action", help="What happens if nobody does anything"
    )
    contact_log_ids = fields.One2many("credit.contact.log", "profile_id", string="Contacts")
    contact_ids = fields.Many2many(
        "res.partner",
        string="People",
        compute="_compute_contact_ids",
        help="Contacts of the customer",
    )
    timeline_ids = fields.One2many("credit.timeline", "profile_id", string="Last Twelve Months")

    # === COMPUTE METHODS === #

    @api.model
    def _get_worklist_fields(self):
        """Names of the fields that the worklist gives, which no portfolio can look at."""
        return {*FIGURES, "why"}

    @api.depends(
        "partner_id",
        "company_id",
        "risk_class_id",
        "analyst_id",
        "contact_log_ids.next_date",
        "contact_log_ids.to_read",
    )
    @api.depends_context("uid", "tz", "lang", "allowed_company_ids")
    def _compute_worklist(self):
        worklist = self.env["credit.worklist"]
        files = self._get_own_files()
        rows = (
            worklist._read_rows(files, self.env["res.company"]._get_credit_today()) if files else {}
        )
        strategies = self.env["credit.worklist.strategy"]._get_by_company()
        for file in self:
            row = rows.get(file._origin.id, {})
            for name in FIGURES:
                file[name] = row.get(name, False)
            strategy = strategies.get(file.company_id.id)
            file.why = row and strategy and worklist._explain(strategy, row, file.currency_id)

    @api.model
    def _order_urgencies(self, found, _domain):
        """Columns from the most urgent on."""
        return [urgency for urgency, _label in URGENCIES if urgency in found]

    def _get_own_files(self):
        """Files that exist and are the user's to see."""
        roots = self.env.companies.root_id
        return self._origin.filtered(
            lambda file: file.id and (self.env.su or file.company_id in roots)
        )

    @api.depends("followup_next_level_id", "followup_next_date", "next_contact_date")
    @api.depends_context("lang")
    def _compute_next_action(self):
        for file in self:
            level, day = file.followup_next_level_id, file.followup_next_date
            file.next_action = bool(level) and self.env._(
                "%(level)s on %(day)s",
                level=level.name,
                day=format_date(self.env, day, date_format="d MMM"),
            )

    @api.depends("partner_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_contact_ids(self):
        people = self.env["res.partner"].search(
            [("commercial_partner_id", "in", self.partner_id.ids), ("is_company", "=", False)],
            order="credit_wrong_person_date desc, name",
        )
        by_customer = people.grouped("commercial_partner_id")
        for file in self:
            found = by_customer.get(file.partner_id, people.browse())
            file.contact_ids = found | file.partner_id._filtered_access("read")

    # === SEARCH === #

    def _field_to_sql(self, alias, field_expr, query=None):
        # EXTENDS 'credit_management': the worklist is a join too
        if field_expr not in FIGURES:
            return super()._field_to_sql(alias, field_expr, query)
        self._check_field_access(self._fields[field_expr], "read")
        rows = query.make_alias(alias, "worklist")
        query.add_join(
            "LEFT JOIN",
            rows,
            SQL("(%s)", self.env["credit.worklist"]._table_query),
            SQL("%s = %s", SQL.identifier(alias, "id"), SQL.identifier(rows, "id")),
        )
        return SQL.identifier(rows, field_expr)

    def _search_worklist(self, name, operator, value):
        """Domain over a column of the worklist."""
        if operator == "in":
            return self._search_worklist_values(name, set(value))
        if operator in _COMPARISONS:
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s %s %s",
                    model._field_to_sql(alias, name, query),
                    _COMPARISONS[operator],
                    value,
                )
            )
        field = self._fields[name]
        if field.type == "many2one" and operator in ("ilike", "like", "=ilike", "any"):
            name_or_domain = value if operator == "any" else [("display_name", operator, value)]
            found = self.env[field.comodel_name].search(name_or_domain)
            return self._search_worklist_values(name, set(found.ids))
        return NotImplemented

    def _search_worklist_values(self, name, values):
        present = tuple(
            value
            for value in values
            if value or self._fields[name].type not in ("many2one", "date", "selection")
        )
        empty = len(present) < len(values)

        def to_sql(model, alias, query):
            column = model._field_to_sql(alias, name, query)
            conditions = [SQL("%s IN %s", column, present)] if present else []
            if empty:
                conditions.append(SQL("%s IS NULL", column))
            return SQL("(%s)", SQL(" OR ").join(conditions)) if conditions else SQL("FALSE")

        return Domain.custom(to_sql=to_sql)

    # === ACTIONS === #

    @api.readonly
    def action_open_collection(self):
        """The page of a customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.action_credit_worklist_page"
        )
        return {**action, "res_id": self.id}

    @api.readonly
    def action_open_file(self):
        """The credit file: limits, exposure, holds."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("credit_management.view_credit_profile_form").id, "form")],
        }

    def _action_contact(self, title, **defaults):
        """The form of a contact, in a dialog."""
        self.ensure_one()
        context = {
            "allowed_company_ids": self._get_answer_companies().ids,
            "default_profile_id": self.id,
        }
        context |= {f"default_{name}": value for name, value in defaults.items()}
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "credit.contact.log",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def _get_outcome(self, makes):
        """The first outcome of a kind."""
        domain = [("makes", "=", makes), ("company_id", "in", (False, self.company_id.id))]
        return self.env["credit.contact.outcome"].search(domain, limit=1)

    @api.readonly
    def action_called(self):
        """Record a call."""
        return self._action_contact(self.env._("Called"))

    @api.readonly
    def action_call_back(self):
        """Record a call-back."""
        return self._action_contact(
            self.env._("Call Back"), outcome_id=self._get_outcome("callback").id
        )

    @api.readonly
    def action_wrong_person(self):
        """Record that the wrong person was reached."""
        return self._action_contact(
            self.env._("Wrong Person"), outcome_id=self._get_outcome("wrong_person").id
        )

    @api.readonly
    def action_promise(self):
        """Record a promise."""
        return self._action_contact(
            self.env._("Promise to Pay"),
            outcome_id=self._get_outcome("promise").id,
            amount=self.to_chase,
        )

    @api.readonly
    def action_plan(self):
        """Open a new payment plan."""
        return self._action_new_answer("credit.payment.plan")

    @api.readonly
    def action_dispute(self):
        """Open a new dispute."""
        return self._action_new_answer("credit.dispute")
