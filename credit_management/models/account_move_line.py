from odoo import models


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "credit.derived.mixin"]

    # The account leads: "not reconciled" is also true of every income line, and the planner
    # descends once for each of the few receivable accounts instead of filtering them out.
    _credit_exposure_idx = models.Index(
        "(account_id, partner_id) INCLUDE (company_id, amount_residual, date_maturity, date, move_id, id)"
        " WHERE parent_state = 'posted' AND reconciled IS NOT TRUE AND amount_residual <> 0"
    )

    # documents reset to draft that are still matched: few, so all of them are read
    _credit_reopened_idx = models.Index(
        "(id) WHERE parent_state = 'draft' AND matching_number IS NOT NULL"
    )

    def _sale_create_reinvoice_sale_line(self):
        # EXTENDS 'sale': a cost booked on an order was requested by nobody and must be booked
        orders = self.env["sale.order"].union(*filter(None, self._sale_determine_order().values()))
        with orders.sudo()._watch_growth():
            return super()._sale_create_reinvoice_sale_line()
