"""The kit: a customer who answers on the portal or by the link of a reminder, as a browser sends it."""

from datetime import timedelta

from odoo.addons.credit_followup.tests.common_notice import NoticeCommon
from odoo.tests import HttpCase, new_test_user, tagged

from .common import AnswerCommon

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
#: a drawing of one point
SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


@tagged("post_install", "-at_install")
class PortalCommon(AnswerCommon, NoticeCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._portal_user("credit_buyer", cls.customer)

    @classmethod
    def _portal_user(cls, login, customer, **values):
        """A contact of a customer with an account in the portal."""
        user = new_test_user(
            cls.env(su=True), login, "base.group_portal", email=f"{login}@example.com", **values
        )
        user.partner_id.parent_id = customer
        return user

    def _enter(self, user=None):
        self.authenticate((user or self.buyer).login, (user or self.buyer).login)

    def _url(self, kind=""):
        return f"/my/statement/{self.company.root_id.id}" + (f"/{kind}" if kind else "")

    def _send(self, url, files=(), **values):
        """Open a form, fill it in and send it; ``item``: invoices that are ticked."""
        page = self.url_open(url).text
        if 'name="csrf_token"' not in page:
            return page
        values["csrf_token"] = page.split('name="csrf_token" value="')[1].split('"')[0]
        values["item"] = [self._item(invoice).id for invoice in values.pop("item", ())]
        parts = [("files", (name, content)) for name, content in files]
        return self.url_open(url, data=values, files=parts or None).text

    def _day(self, days):
        return (self.today + timedelta(days)).isoformat()

    def _logs(self):
        self.env.invalidate_all()
        return self.env["credit.contact.log"].sudo().search([("partner_id", "=", self.customer.id)])

    def _top(self):
        """The first customer of the worklist, as the collector reads it."""
        self.env.invalidate_all()
        return self.env["credit.worklist"].with_user(self.collector).search([], limit=1)
