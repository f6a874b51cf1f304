from odoo.fields import Command
from odoo.tests import Form, tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestBranch(NoticeCommon):
    """A collector in the root company reminds customers of branch invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._procedure(**cls.always)
        cls.branch = cls._create_company(name="Branch", parent_id=cls.company.id)
        cls.collector.sudo().company_ids = [Command.link(cls.branch.id)]
        cls.bill = cls._invoice_of_branch(100)

    @classmethod
    def _invoice_of_branch(cls, amount):
        invoices = cls.env(su=True)["account.move"].with_company(cls.branch)
        due = cls.today.replace(year=cls.today.year - 1)
        invoice = invoices.create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.customer.id,
                "company_id": cls.branch.id,
                "invoice_date": due,
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    Command.create({"name": "Work", "price_unit": amount, "tax_ids": False})
                ],
            }
        )
        invoice.action_post()
        return invoice

    def _as_collector(self, records):
        self.env.invalidate_all()
        return records.with_user(self.collector).with_context(allowed_company_ids=self.company.ids)

    def test_a_notice_of_a_branch_opens_where_the_root_company_is_selected(self):
        run = self._as_collector(self._run())
        self.assertEqual(run.notice_ids.mapped("amount"), [100.0])
        Form(run.notice_ids)
        Form(run)
        lines = run.notice_ids.line_ids.web_read({"move_id": {"fields": {"display_name": {}}}})
        self.assertEqual(lines[0]["move_id"]["display_name"], self.bill.display_name)

    def test_it_is_previewed_approved_and_sent(self):
        notice = self._as_collector(self._run().notice_ids)
        preview = self.env["credit.followup.preview"].browse(notice.action_preview()["res_id"])
        self.assertFalse(preview.problem)
        self.assertIn("Dear", preview.html)
        notice.action_approve()
        notice.sudo()._send(self.today)
        self.assertEqual(notice.state, "sent")

    def test_the_items_of_a_branch_are_listed_with_their_number(self):
        items = self._as_collector(self.env["credit.followup.item"])
        found = items.web_search_read(
            [("partner_id", "=", self.customer.id)], {"move_id": {"fields": {"display_name": {}}}}
        )
        [row] = found["records"]
        self.assertEqual(row["move_id"]["display_name"], self.bill.display_name)

    def test_the_credit_file_and_its_pauses_open(self):
        profile = self._as_collector(self._profile())
        self._pause(items=self._item(self.bill))
        Form(profile)
        Form(self._as_collector(profile.followup_pause_ids))

    def test_who_may_not_see_the_root_company_sees_no_notice(self):
        notice = self._run().notice_ids
        other = self.setup_other_company()["company"]
        stranger = self._user("stranger", "credit_management.group_credit_user")
        stranger.sudo().write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        found = self.env["credit.followup.notice"].with_user(stranger).search([])
        self.assertNotIn(notice, found)
