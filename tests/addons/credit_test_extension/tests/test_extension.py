from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestExtension(CreditCommon):
    def test_a_kind_on_facts_that_exist_is_asked_for_them(self):
        self._policy(long_overdue={"threshold": 100, "days": 60})
        self._invoice(5000.0, days_late=400)
        order = self._order(10.0)
        order.action_confirm()
        hold = self.assertHeld(order, "long_overdue")
        self.assertIn("long overdue", hold.reason_summary)
        self.assertEqual(hold.reason_ids.figure, 5000.0)

    def test_it_is_in_the_list_with_its_columns(self):
        policy = self._policy(long_overdue={"threshold": 100, "days": 60})
        self.assertIn(
            ("long_overdue", "Overdue for long above"),
            policy.rule_ids._fields["kind"]._description_selection(self.env),
        )
        self.assertEqual(policy.rule_ids.settings, "days threshold")
        self.assertEqual(policy.rule_ids.display_name, "Overdue for long above 100")

    def test_a_kind_with_a_fact_of_its_own(self):
        self._policy(credit_notes={"threshold": 1})
        self._invoice(50.0, move_type="out_refund")
        passing = self._order(10.0)
        passing.action_confirm()
        self.assertPassed(passing)
        self._invoice(50.0, move_type="out_refund")
        held = self._order(10.0)
        held.action_confirm()
        self.assertIn(
            "2 credit note(s) open; 1 allowed.",
            self.assertHeld(held, "credit_notes").reason_summary,
        )

    def test_a_fact_is_read_only_where_a_rule_asks(self):
        positions = self.env["credit.position"]
        customer = (self.customer.id, self.company.id)
        self.assertEqual(positions._read_positions({customer}, self.today)[customer].facts, ())
        self._policy(credit_notes={})
        found = positions._read_positions({customer}, self.today)[customer]
        self.assertEqual(found.facts, (("credit_notes", 0),))

    def test_a_source_counts_and_opens_its_document(self):
        order = self._order(70.0)
        order.action_quotation_sent()
        self.assertExposure(quoted=70.0)
        self.assertEqual(self._profile().exposure, 70.0)
        row = self.env["credit.exposure"].sudo().search([("partner_id", "=", self.customer.id)])
        self.assertEqual(row.action_open_document()["res_id"], order.id)
