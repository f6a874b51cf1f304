from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.fields import Command


class DeliveryCommon(CreditCommon):
    """The test kit with goods, orders confirmed without a policy, and warehouse users."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.goods = cls._goods("Goods")
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.storekeeper = cls._user("storekeeper", "stock.group_stock_user")
        authorities = cls.env["credit.authority"].sudo()
        authorities.search([]).action_archive()
        authorities.create({"user_id": cls.manager.id, "is_unlimited": True})
        cls.company.sudo().credit_management_analyst_id = cls.analyst
        cls.policy = cls._policy(over_limit={"checkpoint": "delivery"})

    @classmethod
    def get_default_groups(cls):
        return super().get_default_groups() | cls.quick_ref("stock.group_stock_manager")

    @classmethod
    def _goods(cls, name, **values):
        return cls._create_product(
            name=name,
            type="consu",
            invoice_policy="order",
            list_price=1.0,
            taxes_id=False,
            **values,
        )

    def _sold(self, amount=100.0, limit=None, **values):
        """A confirmed order of goods and its delivery; ``limit`` is approved afterwards."""
        order = self._sale(amount, product=self.goods, **values)
        if limit is not None:
            self._limit(limit)
        return order, order.picking_ids.filtered(lambda p: p.picking_type_code == "outgoing")

    def _validate(self, pickings, user=None):
        """Press *Validate*, and create a backorder if asked."""
        result = pickings.with_user(user or self.storekeeper).button_validate()
        if isinstance(result, dict) and result.get("res_model") == "stock.backorder.confirmation":
            wizard = (
                self.env["stock.backorder.confirmation"]
                .with_user(user or self.storekeeper)
                .with_context(**result["context"])
                .create({})
            )
            return wizard.process()
        return result

    def _return(self, picking):
        """Return the goods of a delivery."""
        wizard = self.env["stock.return.picking"].create(
            {
                "picking_id": picking.id,
                "product_return_moves": [
                    Command.create(
                        {
                            "product_id": move.product_id.id,
                            "quantity": move.quantity,
                            "move_id": move.id,
                        }
                    )
                    for move in picking.move_ids
                ],
            }
        )
        return wizard._create_return()

    def assertLeft(self, picking):
        self.assertEqual(picking.state, "done")
        self.assertFalse(picking.sudo().credit_hold_ids._get_pending())

    def assertStays(self, picking, *kinds):
        """Assert that the delivery is held unchanged by the given rules."""
        self.assertIn(picking.state, ("assigned", "confirmed", "waiting"))
        self.assertEqual(picking.credit_state, "held")
        hold = picking.sudo().credit_hold_ids._get_pending()
        self.assertEqual(len(hold), 1)
        if kinds:
            self.assertEqual(set(hold.reason_ids.mapped("kind")), set(kinds))
        return hold
