from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestKinds(CreditCommon):
    """Every kind of rule, at the gate, with its sentence."""

    def _held_by(self, order, *kinds):
        order.action_confirm()
        hold = self.assertHeld(order, *kinds)
        return hold.reason_summary

    def _passes(self, order):
        order.action_confirm()
        self.assertPassed(order)

    def test_the_share_of_the_limit_used(self):
        self._policy(limit_used={"threshold": 80})
        self._limit(1000.0)
        self._passes(self._order(800.0))
        order = self._order(100.0)
        self.assertIn("90.0 % of the limit is used", self._held_by(order))
        self.assertIn("a payment of $\xa0100.00", order.credit_hold_ids.way_out)

    def test_the_share_of_the_balance_that_is_late(self):
        self._policy(overdue_share={"threshold": 50, "days": 10})
        self._invoice(400.0, days_late=20)
        self._invoice(100.0, days_late=5)
        self._invoice(300.0)
        self._passes(self._order(10.0))
        self._invoice(300.0, days_late=11)
        order = self._order(10.0)
        self.assertIn("63.6 % of the open balance is overdue", self._held_by(order))

    def test_grace_days_before_something_is_late(self):
        policy = self._policy(overdue_days={"threshold": 3}, overdue_amount={"threshold": 0})
        policy.grace_days = 5
        invoice = self._invoice(400.0, days_late=5)
        self._passes(self._order(10.0))
        self._invoice(50.0, days_late=6)
        self.assertIn("Overdue: $\xa050.00", self._held_by(self._order(10.0), "overdue_amount"))
        policy.grace_days = 1
        self._held_by(self._order(10.0), "overdue_amount", "overdue_days")
        self._pay(invoice)

    def test_the_age_of_the_oldest_open_item_due_or_not(self):
        self._policy(oldest_item_days={"threshold": 90})
        invoice = self._invoice(
            70.0,
            invoice_date=self.today - timedelta(91),
            invoice_date_due=self.today + timedelta(30),
        )
        self.assertIn("91 day(s) old", self._held_by(self._order(10.0)))
        self._pay(invoice)
        self._passes(self._order(10.0))

    def test_the_amount_of_the_order(self):
        self._policy(order_amount={"threshold": 500})
        self._passes(self._order(500.0))
        self.assertIn("$\xa0500.01", self._held_by(self._order(500.01)))

    def test_terms_longer_than_the_rule_the_class_or_the_agreement(self):
        self._policy(payment_term={"threshold": 30})
        terms = self.env["account.payment.term"].create(
            {
                "name": "45",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 100, "nb_days": 45})
                ],
            }
        )
        self.assertIn("45 day(s); 30", self._held_by(self._order(10.0, payment_term_id=terms.id)))
        risk_class = (
            self.env["credit.risk.class"]
            .sudo()
            .create({"name": "Good", "has_max_payment_days": True, "max_payment_days": 45})
        )
        self._profile(risk_class_id=risk_class.id)
        self._passes(self._order(10.0, payment_term_id=terms.id))
        self._profile(has_max_payment_days=True, max_payment_days=0)
        self.assertIn(
            "45 day(s); 0 allowed", self._held_by(self._order(10.0, payment_term_id=terms.id))
        )

    def test_a_limit_that_expired_still_measures_and_the_rule_says_what_follows(self):
        self._limit(1000.0, date_from=self.today - timedelta(60), date_to=self.today - timedelta(1))
        self._passes(self._order(10.0))
        self.assertEqual(self._profile().credit_limit, 1000.0)
        policy = self._policy(limit_expired={})
        self.assertIn("expired 1 day(s) ago", self._held_by(self._order(10.0)))
        policy.grace_days = 1
        self._passes(self._order(10.0))

    def test_a_review_that_is_due(self):
        self._policy(review_due={"threshold": 7})
        self._profile(review_date=self.today - timedelta(7))
        self._passes(self._order(10.0))
        self._profile(review_date=self.today - timedelta(8))
        self.assertIn("due 8 day(s) ago", self._held_by(self._order(10.0)))

    def test_nobody_has_decided_yet(self):
        self._policy(no_limit_yet={})
        self.assertIn("No credit decision has been made", self._held_by(self._order(10.0)))
        self._profile(credit_mode="unlimited")
        self._passes(self._order(10.0))
        other = self._customer("Other")
        self._limit(100.0, customer=other)
        self._passes(self._order(10.0, customer=other))

    def test_exemptions_let_pass_and_stop(self):
        ours = self._customer("Sister company")
        self.env["res.company"].sudo().create({"name": "Sister", "partner_id": ours.id})
        self._policy(
            order_amount={"threshold": 0},
            order_below={"threshold": 50, "action": "exempt"},
            intercompany={"action": "exempt"},
            always={"action": "exempt", "partner_id": self._customer("Key account").id},
        )
        self._passes(self._order(50.0))
        self._passes(self._order(5000.0, customer=ours))
        self._passes(
            self._order(
                5000.0, customer=self.env["res.partner"].search([("name", "=", "Key account")])
            )
        )
        self._held_by(self._order(51.0), "order_amount")

    def test_every_reason_is_reported(self):
        self._policy(
            over_limit={},
            status={"status": "watch"},
            overdue_days={"threshold": 1, "action": "warn"},
        )
        self._limit(100.0)
        self._profile(status="watch", status_reason="Late twice")
        self._invoice(90.0, days_late=2)
        order = self._order(20.0)
        self._held_by(order, "over_limit", "status", "overdue_days")
        self.assertIn("a release by", order.credit_hold_ids.way_out)

    # === SCOPE === #

    def test_the_narrowest_rule_of_a_kind_counts(self):
        risk_class = self.env["credit.risk.class"].sudo().create({"name": "Class"})
        policy = self._policy(order_amount={"threshold": 100})
        add = lambda **values: policy.write(  # noqa: E731
            {"rule_ids": [Command.create({"kind": "order_amount", **values})]}
        )
        self._held_by(self._order(150.0))
        add(threshold=200, company_id=self.company.id)
        self._passes(self._order(150.0))
        head = self._profile(self._customer("Head"))
        add(threshold=300, group_id=head.id)
        self._held_by(self._order(250.0))
        self._profile(parent_id=head.id)
        self._passes(self._order(250.0))
        add(threshold=400, risk_class_id=risk_class.id)
        self._profile(risk_class_id=risk_class.id)
        self._passes(self._order(350.0))
        add(threshold=50, partner_id=self.customer.id)
        self._held_by(self._order(60.0))

    # === CHECKPOINT === #

    def test_an_invoice_is_warned_of_and_goes_out(self):
        self._policy(order_amount={"threshold": 100, "action": "warn", "checkpoint": "invoice"})
        invoice = self._invoice(150.0, post=False)
        self.assertIn(
            "The total is $\xa0150.00", invoice._get_alerts()["credit_management"]["message"]
        )
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertNotIn("credit_management", self._invoice(90.0, post=False)._get_alerts())
        self._passes(self._order(150.0))

    def test_a_rule_at_the_invoice_holds_no_invoice_of_an_order(self):
        self._policy(order_amount={"threshold": 100, "checkpoint": "invoice"})
        sold = self._sale(150.0)
        self.assertEqual(self._invoice_order(sold).state, "posted")

    # === BAD INPUT === #

    def test_a_rule_of_a_kind_whose_add_on_is_gone(self):
        policy = self._policy(status={})
        self.env.cr.execute(
            "UPDATE credit_policy_rule SET kind = 'gone' WHERE policy_id = %s", [policy.id]
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertIn(
            "add-on that is no longer installed", self._held_by(self._order(10.0), "missing_kind")
        )
        self.assertIn("gone", policy.rule_ids.display_name)


@tagged("post_install", "-at_install")
class TestGroups(CreditCommon):
    """A limit that several customers share; every level is checked."""

    def setUp(self):
        super().setUp()
        self.head = self._customer("Head")
        self.other = self._customer("Other member")
        self._limit(1000.0, customer=self.head)
        self.group = self._profile(self.head)
        for member in (self.customer, self.other):
            self._profile(member, parent_id=self.group.id)

    def _passes(self, amount, customer):
        order = self._order(amount, customer=customer)
        order.action_confirm()
        self.assertPassed(order)

    def _is_held(self, amount, customer):
        order = self._order(amount, customer=customer)
        order.action_confirm()
        return self.assertHeld(order, "over_limit")

    def test_members_share_what_the_group_may_owe(self):
        self._passes(400.0, self.customer)
        self._passes(400.0, self.other)
        hold = self._is_held(300.0, self.head)
        self.assertEqual(hold.excess, 100.0)
        self.assertIn(
            "Group Head: With this document, the exposure is $\xa01,100.00", hold.reason_summary
        )
        self.assertIn("a payment of $\xa0100.00", hold.way_out)
        self.assertEqual(self._profile().available, 200.0)
        self.assertEqual(self.group.group_exposure, 800.0)
        self._passes(200.0, self.head)

    def test_the_lower_of_own_limit_and_group_counts(self):
        self._limit(300.0)
        self.assertEqual(self._is_held(301.0, self.customer).excess, 1.0)
        self._passes(900.0, self.other)
        self.assertEqual(self._is_held(200.0, self.customer).excess, 100.0)
        self.assertEqual(self._profile().available, 100.0)

    def test_a_member_that_somebody_made_unlimited_passes_the_group_by_and_counts_in_it(self):
        self._profile(self.other, credit_mode="unlimited")
        self._passes(5000.0, self.other)
        self._is_held(1.0, self.customer)

    def test_zero_is_no_credit_for_a_member_too(self):
        self._limit(0.0)
        self._is_held(1.0, self.customer)
        self._passes(1000.0, self.other)

    def test_orders_of_one_batch_share_the_group(self):
        orders = (
            self._order(600.0)
            | self._order(600.0, customer=self.other)
            | self._order(400.0, customer=self.head)
        )
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "sent", "sale"])

    def test_a_group_without_a_limit_leaves_the_default(self):
        self.company.sudo().write(
            {"credit_management_default_mode": "limited", "credit_management_default_limit": 50.0}
        )
        self._profile(credit_mode="limited")
        self.assertEqual(self._profile().available, 1000.0)
        self._profile(self.head, credit_mode="unlimited")
        self.assertEqual(self._profile().available, 50.0)
        found = self.env["credit.profile"].sudo().search([("available", "=", 50.0)])
        self.assertIn(self._profile(), found)
        self._is_held(51.0, self.customer)

    def test_a_group_of_groups_checks_every_level(self):
        top = self._customer("Top")
        self._limit(500.0, customer=top)
        self._profile(self.head, parent_id=self._profile(top).id)
        hold = self._is_held(600.0, self.customer)
        self.assertIn("Group Top", hold.reason_summary)
        self.assertNotIn("Group Head", hold.reason_summary)

    def test_a_blocked_group_blocks_its_members(self):
        self._policy(status={})
        self._profile(self.head, status="blocked", status_reason="Insolvent")
        order = self._order(1.0)
        order.action_confirm()
        self.assertIn("Group Head", self.assertHeld(order, "status").reason_summary)

    def test_lists_say_what_the_gate_says(self):
        self._sale(400.0)
        self._sale(700.0, customer=self.other)
        profiles = self.env["credit.profile"].sudo()
        members = self.group | self._profile() | self._profile(self.other)
        self.env.invalidate_all()
        self.assertEqual(set(members.mapped("available")), {-100.0})
        mine = [("id", "in", members.ids)]
        self.assertEqual(profiles.search([("available", "<", 0), *mine]), members.sorted("id"))
        self.assertFalse(profiles.search([("available", ">=", 0), *mine]))

    def test_a_group_does_not_loop_nor_cross_companies(self):
        with self.assertRaisesRegex(ValidationError, "own group"):
            self.group.sudo().parent_id = self._profile()
        company = self.env["res.company"].sudo().create({"name": "Elsewhere"})
        there = self.env["credit.profile"].sudo()._ensure(self.customer, company)
        with self.assertRaisesRegex(ValidationError, "one company"):
            there.parent_id = self.group


@tagged("post_install", "-at_install")
class TestCounting(CreditCommon):
    """What a policy counts as exposure."""

    def _count(self, **settings):
        self.policy.sudo().write(settings)

    def _figure(self):
        return self._profile().exposure

    def test_a_policy_chooses_its_sources(self):
        self._sale(100.0)
        self._invoice(30.0, post=False)
        self._invoice(7.0)
        self.assertEqual(self._figure(), 137.0)
        self._count(count_draft_invoice=False)
        self.assertEqual(self._figure(), 107.0)
        self._count(count_ordered=False)
        self.assertEqual(self._figure(), 7.0)
        rows = self._profile().exposure_summary_ids
        self.assertEqual((rows.mapped("source"), sum(rows.mapped("amount"))), (["receivable"], 7.0))

    def test_two_policies_count_in_two_ways_in_one_list(self):
        other = self._customer("Other")
        lax = self.policy.sudo().copy({"count_ordered": False})
        for customer in (self.customer, other):
            self._sale(100.0, customer=customer)
        files = self._profile() | self._profile(other, policy_id=lax.id)
        self.env.invalidate_all()
        self.assertEqual(files.mapped("exposure"), [100.0, 0.0])
        found = self.env["credit.profile"].sudo().search([("exposure", "=", 100.0)])
        self.assertEqual(found & files, files[0])
        [action] = [files[1].action_view_exposure()]
        self.assertFalse(self.env["credit.exposure"].sudo().search(action["domain"]))

    def test_orders_beyond_the_horizon_do_not_count(self):
        self._count(has_horizon=True, horizon_days=30)
        self._limit(100.0)
        late = {"commitment_date": fields.Datetime.now() + timedelta(60)}
        order = self._order(500.0, **late)
        order.action_confirm()
        self.assertPassed(order)
        self.assertEqual(self._figure(), 0.0)
        self.assertExposure(ordered=500.0)
        near = self._order(101.0)
        near.action_confirm()
        self.assertHeld(near, "over_limit")
        order.sudo().commitment_date = fields.Datetime.now() + timedelta(10)
        self.assertEqual(self._figure(), 500.0)

    def test_a_part_of_the_lines_is_beyond_the_horizon(self):
        self._count(has_horizon=True, horizon_days=30)
        self._limit(100.0)
        order = self._order(500.0)
        order.order_line.customer_lead = 45
        order.order_line = [
            Command.create({"product_id": self.service.id, "price_unit": 90.0, "tax_ids": False})
        ]
        order.action_confirm()
        self.assertPassed(order)
        self.assertEqual(self._figure(), 90.0)

    def test_money_that_is_not_cleared_counts_where_the_policy_says_so(self):
        invoice = self._invoice(300.0)
        cheque = self._pay(invoice, 200.0)
        self.assertEqual(cheque.move_id.state, "posted")
        self.assertEqual(self._figure(), 100.0)
        self._count(count_uncleared=True)
        self.assertEqual(self._figure(), 300.0)
        self.assertExposure(receivable=100.0, uncleared=200.0)
        cheque.action_mark_cleared()
        self.assertEqual((self._figure(), cheque.credit_cleared_date), (100.0, self.today))
        cheque.action_mark_uncleared()
        self.assertEqual(self._figure(), 300.0)

    def test_money_on_account_that_is_not_cleared_makes_no_room(self):
        self._count(count_uncleared=True)
        self._invoice(300.0)
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        payment = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "amount": 250.0,
                "payment_type": "inbound",
                "partner_type": "customer",
                "payment_method_line_id": method.id,
            }
        )
        payment.action_post()
        self.assertExposure(receivable=50.0, uncleared=250.0)
        liquidity = payment._seek_for_lines()[0]
        bank = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": liquidity.account_id.id,
                            "credit": 250.0,
                            "partner_id": self.customer.id,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_journal_bank"
                            ].default_account_id.id,
                            "debit": 250.0,
                        }
                    ),
                ],
            }
        )
        bank.action_post()
        (
            liquidity + bank.line_ids.filtered(lambda line: line.account_id == liquidity.account_id)
        ).reconcile()
        self.assertExposure(receivable=50.0)

    def test_what_is_no_customers_payment_cannot_be_cleared(self):
        vendor = self.env["account.payment"].create(
            {
                "partner_id": self.customer.id,
                "amount": 5.0,
                "payment_type": "outbound",
                "partner_type": "supplier",
            }
        )
        with self.assertRaisesRegex(UserError, "nothing to clear"):
            vendor.action_mark_cleared()
        with self.assertRaises(AccessError):
            vendor.with_user(self.salesperson).action_mark_cleared()
