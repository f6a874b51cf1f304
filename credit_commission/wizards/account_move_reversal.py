from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _modify_default_reverse_values(self, origin_move):
        # EXTENDS 'account': the salesperson keeps the sale, whoever corrects the invoice
        values = super()._modify_default_reverse_values(origin_move)
        orders = origin_move.line_ids.sale_line_ids.order_id.sudo()
        seller = orders.user_id[:1] or origin_move.invoice_user_id
        team = orders.team_id[:1] or origin_move.team_id
        return {**values, "invoice_user_id": seller.id, "team_id": team.id}
