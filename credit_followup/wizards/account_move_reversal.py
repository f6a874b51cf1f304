from odoo import models
from odoo.exceptions import UserError


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def modify_moves(self):
        # EXTENDS 'account': a copy of the debit note would invoice charges that are claimed again
        if self.move_ids.filtered("late_charge_is_note"):
            raise UserError(
                self.env._(
                    "Late charges are claimed again once their debit note is credited. Create only the credit note, then a new debit note from Credit > Late Charges > Claimed."
                )
            )
        return super().modify_moves()
