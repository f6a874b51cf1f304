"""With Odoo's add-ons that act on confirmation: a held order has none of their effects, a release has each once.

They are installed in a database of their own, see setup/workbench; elsewhere these tests are not selected.
"""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import CreditCommon


class NeighbourCommon(CreditCommon):
    #: a model that is there when the neighbour is installed
    neighbour = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.neighbour not in cls.env:
            cls.skipTest(cls, f"{cls.neighbour} is not installed")
        cls.customer.write({"email": "buyer@example.com", "lang": "en_US"})

    def setUp(self):
        super().setUp()
        self._limit(100.0)

    def _mails(self, order):
        comment = self.env.ref("mail.mt_comment")
        return order.message_ids.filtered(lambda message: message.subtype_id == comment)

    def _release(self, order):
        self.assertHeld(order).with_user(self.manager).action_release("Go")
        self.assertPassed(order)


@tagged("post_install", "-at_install", "-standard", "credit_neighbours")
class TestLoyalty(NeighbourCommon):
    neighbour = "loyalty.card"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        programs = cls.env["loyalty.program"].sudo()
        programs.search([]).action_archive()
        mail = cls.env["mail.template"].create(
            {
                "name": "Coupon",
                "model_id": cls.env.ref("loyalty.model_loyalty_card").id,
                "subject": "Your coupon",
                "body_html": "Your coupon",
                "partner_to": "{{ object.partner_id.id }}",
            }
        )
        reward = {"reward_type": "discount", "discount": 5, "discount_applicability": "order"}
        cls.points = programs.create(
            {
                "name": "Points",
                "program_type": "loyalty",
                "applies_on": "both",
                "trigger": "auto",
                "rule_ids": [
                    Command.create({"reward_point_mode": "order", "reward_point_amount": 10})
                ],
                "reward_ids": [Command.create({**reward, "required_points": 1000})],
            }
        )
        cls.coupons = programs.create(
            {
                "name": "Coupon for the next order",
                "program_type": "next_order_coupons",
                "applies_on": "future",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_amount": 0})],
                "reward_ids": [Command.create(reward)],
                "communication_plan_ids": [
                    Command.create({"trigger": "create", "mail_template_id": mail.id})
                ],
            }
        )

    def _points(self):
        cards = self.env["loyalty.card"].sudo().search([("program_id", "=", self.points.id)])
        return sum(cards.mapped("points"))

    def _coupons(self):
        cards = self.env["loyalty.card"].sudo().search([("program_id", "=", self.coupons.id)])
        return cards.filtered("points")

    def _coupon_mails(self):
        """How many mails about coupons are on their way or gone."""
        messages = self.env["mail.message"].sudo()
        return messages.search_count(
            [("model", "=", "loyalty.card"), ("subject", "=", "Your coupon")]
        )

    def _basket(self, amount):
        order = self._order(amount)
        order._update_programs_and_rewards()
        return order

    def test_no_points_and_no_coupon_of_a_held_order_each_once_with_its_release(self):
        order = self._basket(150.0)
        order.action_confirm()
        self.assertHeld(order)
        self.assertEqual((self._points(), self._coupons().ids), (0.0, []))
        self.assertEqual(self._coupon_mails(), 0)
        self.assertFalse(self.env["loyalty.history"].sudo().search([("order_id", "=", order.id)]))
        order.action_confirm()
        self._release(order)
        self.assertEqual((self._points(), len(self._coupons())), (10.0, 1))
        self.assertEqual(self._coupon_mails(), 1)

    def test_a_batch_moves_the_points_of_what_passes_alone(self):
        orders = self._basket(60.0) | self._basket(150.0) | self._basket(40.0)
        orders.action_confirm()
        self.assertEqual(orders.mapped("state"), ["sale", "sent", "sale"])
        self.assertEqual(self._points(), 20.0)


@tagged("post_install", "-at_install", "-standard", "credit_neighbours")
class TestQuotationTemplate(NeighbourCommon):
    neighbour = "sale.order.template"

    def _quotation(self):
        mail = self.env["mail.template"].create(
            {
                "name": "Manual",
                "model_id": self.env.ref("sale.model_sale_order").id,
                "subject": "Manual",
                "body_html": "The manual",
                "use_default_to": True,
            }
        )
        template = self.env["sale.order.template"].create(
            {"name": "Kit", "mail_template_id": mail.id}
        )
        return self._order(150.0, sale_order_template_id=template.id)

    def test_its_mail_goes_out_with_the_release_once(self):
        order = self._quotation()
        order.action_confirm()
        self.assertFalse(self._mails(order))
        self._release(order)
        [mail] = self._mails(order)
        self.assertIn("The manual", mail.body)

    def test_of_an_order_signed_by_its_customer_too(self):
        order = self._quotation()
        order._validate_order()
        [mail] = self._mails(order)
        self.assertIn("being checked", mail.body)
        self._release(order)
        self.assertEqual(len(self._mails(order)), 2)

    def test_and_when_it_is_confirmed_again_without_a_release(self):
        order = self._quotation()
        order._validate_order()
        self._limit(1000.0)
        order.with_user(self.salesperson).action_confirm()
        self.assertPassed(order)
        self.assertEqual(len(self._mails(order)), 2)


@tagged("post_install", "-at_install", "-standard", "credit_neighbours")
class TestEvent(NeighbourCommon):
    neighbour = "event.registration"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket_product = cls._service("order")
        cls.ticket_product.service_tracking = "event"
        cls.event = (
            cls.env["event.event"]
            .sudo()
            .create(
                {
                    "name": "Fair",
                    "company_id": cls.company.id,
                    "date_begin": fields.Datetime.now() + timedelta(1),
                    "date_end": fields.Datetime.now() + timedelta(2),
                    "event_ticket_ids": [
                        Command.create(
                            {"name": "Standard", "product_id": cls.ticket_product.id, "price": 75.0}
                        )
                    ],
                }
            )
        )

    def _registrations(self, order):
        return self.env["event.registration"].sudo().search([("sale_order_id", "=", order.id)])

    def test_nobody_is_registered_by_a_held_order_and_all_once_by_its_release(self):
        line = {
            "product_id": self.ticket_product.id,
            "product_uom_qty": 2.0,
            "event_id": self.event.id,
            "event_ticket_id": self.event.event_ticket_ids.id,
        }
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.salesperson.id,
                "order_line": [Command.create(line)],
            }
        )
        self.assertEqual(order.amount_total, 150.0)
        order.action_confirm()
        self.assertHeld(order)
        self.assertFalse(self._registrations(order))
        order.action_confirm()
        self._release(order)
        self.assertEqual(len(self._registrations(order)), 2)


@tagged("post_install", "-at_install", "-standard", "credit_neighbours")
class TestDelivery(NeighbourCommon):
    neighbour = "delivery.carrier"

    def test_a_delivery_cost_passes_on_a_confirmed_order_and_is_told(self):
        self.company.sudo().credit_management_analyst_id = self.analyst
        product = self._service("order")
        carrier = (
            self.env["delivery.carrier"]
            .sudo()
            .create({"name": "Parcel", "product_id": product.id, "fixed_price": 30.0})
        )
        order = self._order(90.0)
        order.action_confirm()
        order.set_delivery_line(carrier, 30.0)
        self.assertEqual(order.amount_total, 120.0)
        self.env.flush_all()
        self.env.cr.flush()
        self.assertIn("increased by", order.message_ids[0].body)
        self.assertTrue(self._profile().activity_ids)
