from odoo import api, models
from odoo.exceptions import UserError


class CreditCommissionEntry(models.Model):
    """Opens the sources of an entry: invoice, payment, plan, statement."""

    _inherit = "credit.commission.entry"

    def action_view_invoice(self):
        """Open the invoice of the line."""
        return self._open_origin(self.move_id, self.env._("the invoice"))

    def action_view_payment(self):
        """Open the payment, or its journal entry."""
        move = self.sudo().collection_id.payment_move_id
        payment = move.origin_payment_id
        return self._open_origin((payment or move).with_env(self.env), self.env._("the payment"))

    def action_view_rule(self):
        """Open the plan of the line."""
        return self._open_origin(self.sudo().plan_id.with_env(self.env), self.env._("the plan"))

    def action_view_statement(self):
        """Open the statement of the line."""
        return self._open_origin(self.statement_id, self.env._("the statement"))

    def _open_origin(self, record, words):
        self.ensure_one()
        self.check_access("read")
        return self._open_document(record, words)

    @api.model
    def _open_document(self, record, words):
        """Open the record if it exists and the user may read it."""
        if not record:
            raise UserError(
                self.env._(
                    "This line has no document of this type to open: %(what)s. Open another one.",
                    what=words,
                )
            )
        if not record.has_access("read"):
            raise UserError(
                self.env._(
                    "You are not allowed to open %(what)s. Ask your commission manager.", what=words
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
