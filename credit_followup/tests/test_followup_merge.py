from odoo.addons.credit_management.tests.test_merge import TestMerge as MergeKit
from odoo.fields import Command
from odoo.tests import tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupMerge(FollowupCommon):
    """Two customers are merged: nothing is listed twice, no pause is lost."""

    _merge = MergeKit._merge
    _files = MergeKit._files

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls._customer("Double", email=cls.customer.email, lang="en_US")
        cls.clerk = cls._user("clerk", "base.group_partner_manager,base.group_user")

    def test_procedure_and_contacts_of_the_merged_file_are_kept(self):
        procedure = self._procedure(use=False)
        contact = self._customer("Payables", parent_id=self.double.id, is_company=False)
        self._profile()
        self._profile(
            self.double,
            followup_procedure_id=procedure.id,
            followup_contact_ids=[Command.link(contact.id)],
        )
        self._merge(self.double)
        file = self._files()
        self.assertEqual(file.followup_procedure_id, procedure)
        self.assertEqual(file.followup_contact_ids, contact)

    # === A CUSTOMER BECOMES A CONTACT === #

    def _become_contact(self):
        """Make the duplicate a contact of the customer, as a user without credit rights."""
        self.double.is_company = False
        self.env.flush_all()
        self.double.with_user(self.clerk).parent_id = self.customer
        self.env.invalidate_all()
        self.assertEqual(self.double.commercial_partner_id, self.customer)

    def test_notices_of_who_becomes_a_contact_are_its_company_s(self):
        self._procedure([(8, "reminder", "email")], gap_days=7)
        self.a = self._invoice(100.0, days_late=20, customer=self.double)
        run = self._run_sent()
        self._become_contact()
        self.assertEqual(run.sudo().notice_ids.partner_id, self.customer)
        self.b = self._invoice(100.0, days_late=20)
        self.assertExcluded(self._run(1), "finished", "too_recent")
        self.assertNamed(self._run(7), b=8)

    def test_what_nobody_approved_of_who_becomes_a_contact_is_named_with_its_company(self):
        self._procedure([(8, "reminder", "email")])
        self.a = self._invoice(100.0, days_late=20, customer=self.double)
        self.b = self._invoice(100.0, days_late=20)
        former = self._run()
        self._become_contact()
        states = former.sudo().notice_ids.sorted("id").grouped("state")
        self.assertEqual(self._get_named(former), {self._item(self.b): 8})
        self.assertIn("contact of Customer", states["cancelled"].cancel_reason)
        states["proposed"].action_reject()
        run = self._run()
        self.assertNamed(run, a=8, b=8)
        self.assertEqual(len(run.sudo().notice_ids), 1)

    def test_a_failed_notice_of_who_becomes_a_contact_is_its_company_s(self):
        self._procedure([(8, "reminder", "email")])
        self.a = self._invoice(100.0, days_late=20, customer=self.double)
        self._run_sent().sudo().notice_ids._fail("bounced", "Bounced")
        self._become_contact()
        self._invoice(100.0, days_late=20)
        self.assertExcluded(self._run(), "failed")

    def test_pauses_of_who_becomes_a_contact_hold_what_it_owes_and_no_more(self):
        self._procedure([(8, "reminder", "email")])
        paused = self._invoice(100.0, days_late=20, customer=self.double)
        pause = self._pause(until=30, customer=self.double)
        other = self._pause(customer=self.double, items=self._item(paused))
        self._become_contact()
        self.assertEqual((pause | other).partner_id, self.customer)
        self.assertEqual(pause.item_ids, self._item(paused))
        self.b = self._invoice(200.0, days_late=20)
        run = self._run()
        self.assertNamed(run, b=8)
        self.assertExcluded(run, "paused")

    def test_a_pause_of_who_owes_nothing_ends_when_it_becomes_a_contact(self):
        self._procedure([(8, "reminder", "email")])
        pause = self._pause(customer=self.double)
        self._become_contact()
        self.assertEqual((pause.state, pause.partner_id), ("over", self.customer))
        self.assertIn("contact of Customer", pause.message_ids[0].body)
        self.b = self._invoice(200.0, days_late=20)
        self.assertNamed(self._run(), b=8)

    def test_late_charges_of_who_becomes_a_contact_are_its_company_s(self):
        charge = self.env["credit.late.charge"].sudo()
        item = self._item(self._invoice(100.0, days_late=20, customer=self.double))
        charge = charge.create(
            {
                "kind": "indemnity",
                "item_id": item.id,
                "partner_id": self.double.id,
                "company_id": self.company.id,
                "date_to": self.today,
            }
        )
        self._become_contact()
        self.assertEqual(charge.partner_id, self.customer)

    def test_the_procedure_of_who_becomes_a_contact_is_its_company_s(self):
        procedure = self._procedure(use=False)
        self._profile(self.double, followup_procedure_id=procedure.id)
        self._become_contact()
        self.assertEqual(self._files().followup_procedure_id, procedure)

    # === TWO BECOME ONE === #

    def test_what_was_named_is_not_named_again_and_pauses_hold(self):
        self._procedure([(8, "reminder", "email")])
        self.a = self._invoice(100.0, days_late=20, customer=self.double)
        self.b = self._invoice(200.0, days_late=20, customer=self.double)
        self._pause(until=30, customer=self.double, items=self._item(self.b))
        self.assertNamed(self._run_sent(), a=8)
        self._merge(self.double)
        run = self._run()
        self.assertNamed(run)
        self.assertEqual(
            self.env["credit.followup.notice"].sudo().search([]).partner_id, self.customer
        )
        self.assertExcluded(run, "finished", "paused")
