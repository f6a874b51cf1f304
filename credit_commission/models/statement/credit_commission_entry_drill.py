from odoo import api, models
from odoo.exceptions import UserError


class CreditCommissionEntry(models.Model):
    """Opens the sources of an entry: invoice, payment, plan, statement."""

    _inherit = "credit.commission.entry"

    def action_view_invoice(self):
        """Open the invoice of the line."""
        return self._open_origin(self.move_id, "invoice")

    def action_view_payment(self):
        """Open the payment, or its journal entry."""
        move = self.sudo().collection_id.payment_move_id
        payment = move.origin_payment_id
        return self._open_origin((payment or move).with_env(self.env), "payment")

    def action_view_rule(self):
        """Open the plan of the line."""
        return self._open_origin(self.sudo().plan_id.with_env(self.env), "plan")

    def action_view_statement(self):
        """Open the statement of the line."""
        return self._open_origin(self.statement_id, "statement")

    def _open_origin(self, record, target):
        self.ensure_one()
        self.check_access("read")
        return self._open_document(record, target)

    @api.model
    def _open_document(self, record, target):
        """Open the record if it exists and the user may read it.

        :param target: ``invoice``, ``payment``, ``plan`` or ``statement``
        """
        if not record:
            raise UserError(self._get_missing_sentences()[target])
        if not record.has_access("read"):
            raise UserError(self._get_forbidden_sentences()[target])
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    @api.model
    def _get_missing_sentences(self):
        """``{kind: sentence}`` where there is no such document."""
        return {
            "invoice": self.env._("This line has no invoice to open. Open its plan or statement."),
            "payment": self.env._("This line has no payment to open. Open its invoice or plan."),
            "plan": self.env._("This line has no plan to open. Open its invoice or statement."),
            "statement": self.env._(
                "This line is not on a statement yet. Open its invoice or plan."
            ),
        }

    @api.model
    def _get_forbidden_sentences(self):
        """``{kind: sentence}`` where the user may not read it."""
        return {
            "invoice": self.env._("You may not open the invoice. Ask your commission manager."),
            "payment": self.env._("You may not open the payment. Ask your commission manager."),
            "plan": self.env._("You may not open the plan. Ask your commission manager."),
            "statement": self.env._("You may not open the statement. Ask your commission manager."),
        }
