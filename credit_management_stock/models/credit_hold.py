from odoo import fields, models


class CreditHold(models.Model):
    """The hold's link to a delivery."""

    _inherit = "credit.hold"

    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    checkpoint = fields.Selection(
        selection_add=[("delivery", "Delivery")], ondelete={"delivery": "cascade"}
    )

    _one_pending_picking = models.UniqueIndex(
        "(picking_id) WHERE state = 'pending' AND picking_id IS NOT NULL",
        "This delivery is already held.",
    )
