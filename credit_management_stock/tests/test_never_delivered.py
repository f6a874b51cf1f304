from odoo.tests import tagged

from .common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestNeverDelivered(DeliveryCommon):
    """What no delivery brings any more is not ordered any more."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.weighed = cls._create_product(
            name="Invoiced on delivery", type="consu", invoice_policy="delivery", taxes_id=False
        )

    def _ship(self, order, quantity, backorder=False):
        picking = order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        picking.move_ids.write({"quantity": quantity, "picked": True})
        without = [] if backorder else picking.ids
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=without
        ).button_validate()
        return picking

    def _five(self, product=None):
        return self._sale(500.0, product=product or self.weighed, quantity=5)

    def test_without_a_backorder_only_what_left_counts(self):
        order = self._five()
        self._ship(order, 3)
        self.assertExposure(delivered=300.0)
        self._invoice_order(order)
        self.assertExposure(receivable=300.0)

    def test_with_a_backorder_the_rest_is_still_ordered(self):
        order = self._five()
        self._ship(order, 3, backorder=True)
        self.assertExposure(delivered=300.0, ordered=200.0)
        self._ship(order, 2)
        self.assertExposure(delivered=500.0)

    def test_what_is_invoiced_on_order_is_invoiced_all_the_same(self):
        order = self._five(self.goods)
        self._ship(order, 3)
        self.assertExposure(delivered=300.0, ordered=200.0)

    def test_what_came_back_and_is_not_sent_again_does_not_count(self):
        order = self._five()
        picking = self._ship(order, 5)
        for returned, left in ((2, 300.0), (3, 0.0)):
            wizard = (
                self.env["stock.return.picking"]
                .with_context(
                    active_id=picking.id, active_ids=picking.ids, active_model=picking._name
                )
                .create({})
            )
            wizard.product_return_moves.write({"quantity": returned, "to_refund": True})
            back = self.env["stock.picking"].browse(wizard.action_create_returns()["res_id"])
            back.move_ids.write({"quantity": returned, "picked": True})
            back.button_validate()
            self.assertExposure(**({"delivered": left} if left else {}))

    def test_a_cancelled_delivery_makes_no_room(self):
        order = self._five()
        order.picking_ids.action_cancel()
        self.assertExposure(ordered=500.0)

    def test_what_is_ordered_on_top_is_delivered_anew(self):
        order = self._five()
        self._ship(order, 3)
        self.company.sudo().credit_management_policy_id = False
        order.order_line.product_uom_qty = 6
        self.assertExposure(delivered=300.0, ordered=300.0)

    def test_goods_credited_in_full_without_a_return_do_not_count(self):
        order = self._five()
        self._ship(order, 5)
        invoice = self._invoice_order(order)
        credit_note = invoice._reverse_moves()
        credit_note.action_post()
        self.assertExposure()
