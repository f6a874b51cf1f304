from odoo.addons.credit_management.tests.test_merge import TestMerge as MergeKit
from odoo.fields import Command
from odoo.tests import tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupMerge(FollowupCommon):
    """Two customers turn out to be one: nothing is named twice, nothing paused is forgotten."""

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
