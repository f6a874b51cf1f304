from odoo import api, fields, models
from odoo.fields import Domain


class CreditHold(models.Model):
    """A delivery is held as an order is; its salesperson is the order's."""

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
        "This delivery is held already.",
    )

    @api.depends("picking_id.sale_id.user_id")
    def _compute_salesperson_id(self):
        # EXTENDS 'credit_management'
        deliveries = self.filtered("picking_id")
        for hold in deliveries:
            hold.salesperson_id = hold.picking_id.sale_id.user_id
        return super(CreditHold, self - deliveries)._compute_salesperson_id()

    @api.model
    def _document_fields(self):
        # EXTENDS 'credit_management'
        return {**super()._document_fields(), "stock.picking": "picking_id"}

    def _get_sold_order(self):
        # EXTENDS 'credit_management'
        return super()._get_sold_order() or self.picking_id.sale_id

    @api.model
    def _passed_domain(self):
        # EXTENDS 'credit_management'
        return super()._passed_domain() | Domain("picking_id.state", "=", "done")

    def _decide(self, state, note, values):
        # EXTENDS 'credit_management': the warehouse reads what was decided, not why
        result = super()._decide(state, note, values)
        if self.picking_id:
            self.picking_id._note_credit_decision(state)
        return result

    def _reassess(self):
        # EXTENDS 'credit_management': a delivery that is gone waits for nothing
        gone = self.filtered(lambda hold: hold.picking_id.state in ("done", "cancel"))
        gone._cancel()
        return super(CreditHold, self - gone)._reassess()
