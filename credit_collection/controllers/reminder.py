from odoo import http
from odoo.http import request

from ..speaker import Speaker
from .answer_form import KINDS, AnswerForm


class ReminderAnswer(http.Controller):
    """The links in a reminder: its recipient answers once, without a login.

    A page that is only opened changes nothing, because mail scanners open every link.
    """

    @http.route(
        f"/credit/answer/<string:token>/{KINDS}",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
        multilang=False,
    )
    def answer_reminder(self, token, kind, **_form):
        """The form of an answer, and what it sends."""
        notice, contact = request.env["credit.followup.notice"]._find_answered(token)
        if lang := (contact.lang or notice.lang):
            request.update_context(lang=lang)
        notice, contact = notice.with_env(request.env), contact.with_env(request.env)
        page = self._answer(notice.sudo(), contact.sudo(), kind)
        page.headers["Referrer-Policy"] = "no-referrer"
        page.headers["X-Robots-Tag"] = "noindex"
        return page

    def _answer(self, notice, contact, kind):
        if stop := self._get_stop(notice, contact):
            return self._show(notice, stop=stop)
        customer, company = notice.partner_id, notice.company_id
        speaker = Speaker(customer, company, contact, "link", notice)
        if not request.env["credit.customer.answer"].sudo()._read_rows(speaker):
            return self._show(notice, stop="settled")
        if request.httprequest.method != "POST":
            return self._show(notice, **AnswerForm().get_values(speaker, kind))
        if error := AnswerForm().say(speaker, kind):
            return self._show(notice, **AnswerForm().get_values(speaker, kind, error))
        return self._show(notice, stop="thanks", answer=notice._get_answer_of(contact))

    def _get_stop(self, notice, contact):
        """Why this link takes no answer; empty if it does."""
        if not notice:
            return "invalid"
        user = request.env.user
        if not user._is_public() and user.partner_id.id != contact.id:
            return "other"
        return "answered" if notice._get_answer_of(contact) else ""

    def _show(self, notice, stop="", **values):
        values = {
            "notice": notice,
            "company": notice.company_id or request.env.company.sudo(),
            "stop": stop,
            "answer": None,
            **values,
        }
        return request.render("credit_collection.reminder_answer", values)
