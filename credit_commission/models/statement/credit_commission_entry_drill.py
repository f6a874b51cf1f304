from odoo import api, models
from odoo.exceptions import UserError


class CreditCommissionEntry(models.Model):
    """From a line to what it comes from: invoice, payment, rule."""

    _inherit = "credit.commission.entry"

    def action_view_invoice(self):
        """The invoice whose money earned the line."""
        return self._open_origin(self.move_id, self.env._("the invoice"))

    def action_view_payment(self):
        """The entry with the money; the payment, where there is one."""
        move = self.sudo().collection_id.payment_move_id
        payment = move.origin_payment_id
        return self._open_origin((payment or move).with_env(self.env), self.env._("the payment"))

    def action_view_rule(self):
        """The plan, with the rule that caught the line."""
        return self._open_origin(self.sudo().plan_id.with_env(self.env), self.env._("the plan"))

    def action_view_statement(self):
        """The statement that holds the line."""
        return self._open_origin(self.statement_id, self.env._("the statement"))

    def _open_origin(self, record, words):
        self.ensure_one()
        self.check_access("read")
        return self._open_document(record, words)

    @api.model
    def _open_document(self, record, words):
        """A window on the record, if there is one and the user may read it."""
        if not record:
            raise UserError(self.env._("This line has no document to open: %(what)s.", what=words))
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
