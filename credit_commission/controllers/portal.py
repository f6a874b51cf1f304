from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal, pager
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

URL = "/my/commissions"


class CommissionPortal(CustomerPortal):
    """Portal for agents: read statements, agree, and contest lines."""

    def _prepare_home_portal_values(self, counters):
        # EXTENDS 'portal'
        values = super()._prepare_home_portal_values(counters)
        if "commission_count" in counters:
            values["commission_count"] = self._count_commission_statements()
        return values

    def _count_commission_statements(self):
        statements = request.env["credit.commission.statement"]
        if not statements.has_access("read"):
            return 0
        return statements.search_count(self._get_commission_domain())

    def _get_commission_domain(self):
        """Domain of the user's own sent statements."""
        return [
            ("person_id", "in", request.env.user._get_commission_persons().ids),
            ("state", "!=", "draft"),
        ]

    @http.route([URL, f"{URL}/page/<int:page>"], type="http", auth="user", website=True)
    def portal_my_commissions(self, page=1, **_options):
        """The user's statements, latest first."""
        statements, domain = (
            request.env["credit.commission.statement"],
            self._get_commission_domain(),
        )
        pages = pager(
            url=URL, total=self._count_commission_statements(), page=page, step=self._items_per_page
        )
        found = statements.search(domain, limit=self._items_per_page, offset=pages["offset"])
        values = self._prepare_portal_layout_values()
        values.update(statements=found.sudo(), page_name="commission", pager=pages, default_url=URL)
        return request.render("credit_commission.portal_my_commissions", values)

    @http.route(f"{URL}/<int:statement_id>", type="http", auth="user", website=True)
    def portal_my_commission(self, statement_id, report_type=None, download=False, **_options):
        """One statement, or its PDF."""
        try:
            statement = self._get_own_statement(statement_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=statement.sudo(),
                report_type=report_type,
                report_ref="credit_commission.action_report_statement",
                download=download,
            )
        return self._show_statement(statement)

    @http.route(
        f"{URL}/<int:statement_id>/agree", type="http", auth="user", methods=["POST"], website=True
    )
    def portal_agree(self, statement_id, **_options):
        """Agree to the whole statement."""
        return self._answer(statement_id, lambda statement: statement.action_agree())

    @http.route(
        f"{URL}/<int:statement_id>/contest",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_contest(self, statement_id, line_id=0, reason="", **_options):
        """Contest a line with a reason."""
        return self._answer(
            statement_id,
            lambda statement: self._get_line(statement, line_id).action_contest(reason),
        )

    @http.route(
        f"{URL}/<int:statement_id>/withdraw",
        type="http",
        auth="user",
        methods=["POST"],
        website=True,
    )
    def portal_withdraw(self, statement_id, line_id=0, **_options):
        """Withdraw a contest."""
        return self._answer(
            statement_id, lambda statement: self._get_line(statement, line_id).action_withdraw()
        )

    def _get_own_statement(self, statement_id):
        """The user's own statement.

        :raise AccessError: for another person's statement, or one not sent
        """
        self._document_check_access("credit.commission.statement", statement_id)
        statement = request.env["credit.commission.statement"].browse(statement_id)
        statement._check_answerable_in_portal()
        return statement

    def _get_line(self, statement, line_id):
        """A line of the statement.

        :raise UserError: if the line belongs elsewhere
        """
        lines = request.env["credit.commission.entry"].search([("statement_id", "=", statement.id)])
        lines = lines.filtered(lambda line: str(line.id) == str(line_id))
        if not lines:
            raise UserError(request.env._("Choose a line of this statement."))
        return lines

    def _answer(self, statement_id, action):
        try:
            statement = self._get_own_statement(statement_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                action(statement)
        except (UserError, ValueError) as error:
            return self._show_statement(statement, error=str(error))
        return request.redirect(f"{URL}/{statement_id}")

    def _show_statement(self, statement, **more):
        values = self._prepare_portal_layout_values()
        values.update(
            statement=statement.sudo(),
            lines=statement._get_lines(),
            can_answer=statement.state in ("sent", "contested"),
            page_name="commission",
            **more,
        )
        return request.render("credit_commission.portal_commission_page", values)
