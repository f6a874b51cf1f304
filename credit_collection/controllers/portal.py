from odoo import http
from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from ..rules import said as rules
from ..speaker import Speaker
from .answer_form import KINDS, AnswerForm

URL = "/my/statement"
_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class CreditPortal(CustomerPortal):
    """The statement of account of a logged-in customer, its answers, and its payment plans."""

    def _prepare_home_portal_values(self, counters):
        # EXTENDS 'portal'
        values = super()._prepare_home_portal_values(counters)
        if "credit_open_count" in counters:
            count = request.env["credit.customer.account"].sudo()._count_open
            values["credit_open_count"] = count(
                self._get_credit_customer(), self._get_credit_companies()
            )
        return values

    # === STATEMENT === #

    @http.route([URL, f"{URL}/<int:company_id>"], type="http", auth="user", website=True)
    def portal_credit_statement(self, company_id=None, sent=None, **_options):
        """What is open and overdue, by company."""
        accounts = self._get_credit_accounts()
        companies = list(accounts)
        company = next((one for one in companies if one.id == company_id), None)
        if company_id and not company:
            return request.redirect("/my")
        company = company or next((one for one in companies if accounts[one]), companies[0])
        shown = request.env["credit.customer.account"].sudo()
        customer = self._get_credit_customer()
        values = self._prepare_portal_layout_values()
        values.update(
            page_name="credit_statement",
            company=company,
            companies=[one for one in companies if accounts[one]],
            accounts=accounts[company],
            limit=shown._get_limit(customer, company),
            plans=shown._read_plans(customer, company),
            sent_kind=sent,
            pay_url=self._get_credit_pay_url(customer, company),
        )
        return request.render("credit_collection.portal_statement", values)

    @http.route(f"{URL}/<int:company_id>/download", type="http", auth="user", website=True)
    def portal_credit_download(self, company_id, report_type="pdf", **_options):
        """The statement of account as a document."""
        company = self._get_credit_company(company_id)
        if not company or report_type not in _TYPES:
            return request.redirect("/my")
        statements = request.env["credit.statement"].sudo()
        render = statements._render_pdf if report_type == "pdf" else statements._render_xlsx
        content = render(self._get_credit_customer(), company, company._get_credit_today())
        name = f"{request.env._('Statement of Account')}.{report_type}"
        headers = {
            "Content-Type": _TYPES[report_type],
            "Content-Disposition": content_disposition(name),
            "X-Content-Type-Options": "nosniff",
        }
        return request.make_response(content, list(headers.items()))

    @http.route(
        f"{URL}/<int:company_id>/{KINDS}",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        website=True,
    )
    def portal_credit_answer(self, company_id, kind, **_form):
        """A form in which the customer answers, and what it sends."""
        company = self._get_credit_company(company_id)
        if not company:
            return request.redirect("/my")
        contact = request.env.user.partner_id.sudo()
        speaker = Speaker(self._get_credit_customer(), company, contact, "portal")
        error = ""
        if request.httprequest.method == "POST":
            error = AnswerForm().say(speaker, kind)
            if not error:
                return request.redirect(f"{URL}/{company_id}?sent={kind}")
        values = self._prepare_portal_layout_values()
        values.update(AnswerForm().get_values(speaker, kind, error), page_name="credit_statement")
        values.update(company=company, back=f"{URL}/{company_id}")
        return request.render("credit_collection.portal_answer", values)

    def _get_credit_pay_url(self, customer, company):
        """The page on which all that is overdue is paid at once; Odoo's own where links are not used."""
        joint = request.env["credit.joint.payment"].sudo()
        link = joint._get_link(company.sudo(), "overdue", customer.id, company.id)
        return link or "/my/invoices/overdue"

    # === PLANS === #

    @http.route("/my/payment-plans/<int:plan_id>", type="http", auth="public", website=True)
    def portal_credit_plan(
        self, plan_id, access_token=None, report_type=None, download=False, **_options
    ):
        """A payment plan, or its document."""
        plan = self._get_credit_plan(plan_id, access_token)
        if not plan:
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=plan,
                report_type=report_type,
                report_ref="credit_collection.report_payment_plan",
                download=download,
            )
        values = self._prepare_portal_layout_values()
        values.update(plan=plan, page_name="credit_plan", access_token=access_token)
        return request.render("credit_collection.portal_plan", values)

    @http.route("/my/payment-plans/<int:plan_id>/sign", type="jsonrpc", auth="public", website=True)
    def portal_credit_plan_sign(self, plan_id, access_token=None, name=None, signature=None):
        """Sign a plan, as a quotation is signed."""
        access_token = access_token or request.httprequest.args.get("access_token")
        plan = self._get_credit_plan(plan_id, access_token)
        if not plan:
            return {"error": request.env._("This plan is not available any more.")}
        address = request.httprequest.remote_addr
        try:
            with request.env.cr.savepoint():
                plan._sign(
                    rules.read_text(name, 120), signature, address, self._get_credit_signatory(plan)
                )
                request.env.flush_all()
        except UserError as error:
            return {"error": str(error)}
        return {"force_refresh": True, "redirect_url": plan.get_portal_url()}

    # === WHOSE IT IS === #

    def _get_credit_customer(self):
        """The customer of the user, as the system: contacts see the account of their company, as they see its invoices."""
        return request.env.user.partner_id.sudo().commercial_partner_id

    def _get_credit_companies(self):
        """The root companies that the user deals with."""
        return request.env.user.sudo().company_ids.root_id

    def _get_credit_company(self, company_id):
        return self._get_credit_companies().filtered(lambda company: company.id == company_id)

    def _get_credit_accounts(self):
        """``{company: accounts of the customer}``."""
        read = request.env["credit.customer.account"].sudo()._read_accounts
        customer = self._get_credit_customer()
        return {company: read(customer, company) for company in self._get_credit_companies()}

    def _get_credit_plan(self, plan_id, access_token):
        """A plan of the user's company, or one whose link the visitor has; empty otherwise."""
        plans = request.env["credit.payment.plan"].sudo()
        plan = plans.browse(plan_id).exists()
        if not plan or plan.state == "draft":
            return plans
        customer = not request.env.user._is_public() and self._get_credit_customer()
        if plan.partner_id == customer and plan.company_id in self._get_credit_companies():
            return plan
        if not access_token:
            return plans
        try:
            return self._document_check_access("credit.payment.plan", plan_id, access_token)
        except (AccessError, MissingError):
            return plans

    def _get_credit_signatory(self, plan):
        """Who signs: the user if it is the customer's, else the customer, to whom the link was sent."""
        user = request.env.user
        own = not user._is_public() and self._get_credit_customer() == plan.partner_id
        contact = user.partner_id.sudo() if own else plan.partner_id
        return Speaker(plan.partner_id, plan.company_id, contact, "portal")
