from odoo import models
from odoo.addons.credit_followup.left_out import LeftOut
from odoo.tools import SQL


class CreditFollowupItem(models.Model):
    """Invoices that a mediator looks at are not reminded: a reason in one file."""

    _inherit = "credit.followup.item"
    _depends = {"account.move": ["ref"]}

    def _left_out_sources(self):
        # EXTENDS 'credit_followup'
        return super()._left_out_sources() | {
            "mediation": LeftOut("In mediation", self._mediation_rows, "Wait for the mediator")
        }

    def _mediation_rows(self, _today):
        return SQL(
            """SELECT l.id AS item_id, NULL::date AS until
                 FROM account_move_line l JOIN account_move m ON m.id = l.move_id
                WHERE m.ref = 'mediation'"""
        )
