from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.sharing import share

PARTS = ("costs", "interest", "fixed", "principal", "excess")


class CreditLitigationReceipt(models.Model):
    """Money that came in on a case, shared between what is owed when it is recorded."""

    _name = "credit.litigation.receipt"
    _description = "Money Received on a Case"
    _inherit = ["credit.owned.mixin", "credit.derived.mixin"]
    _order = "date desc, id desc"
    _company_path = "litigation_id.company_id"

    litigation_id = fields.Many2one(
        "credit.litigation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="litigation_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, default=lambda self: self.env["res.company"]._get_credit_today()
    )
    partner_id = fields.Many2one(
        "res.partner", string="Received From", ondelete="restrict", help="Empty: the customer"
    )
    payment_id = fields.Many2one(
        "account.payment", ondelete="restrict", domain="[('payment_type', '=', 'inbound')]"
    )
    amount = fields.Monetary(required=True)
    costs = fields.Monetary(readonly=True)
    interest = fields.Monetary(readonly=True)
    fixed = fields.Monetary(string="Recovery Costs", readonly=True)
    principal = fields.Monetary(readonly=True)
    excess = fields.Monetary(string="Too Much", readonly=True)

    _positive = models.Constraint("CHECK(amount > 0)", "Enter an amount received above zero.")

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': shares are computed once, when the money is recorded
        return super()._get_derived_fields(creating) | set(PARTS)

    @api.model_create_multi
    def create(self, vals_list):
        receipts = super().create(vals_list)
        for receipt in receipts.sudo().sorted("id"):
            case = receipt.litigation_id
            case._check_open()
            due = case._get_due(
                except_for=receipts.filtered(lambda other, r=receipt: other.id >= r.id)
            )
            receipt.write(share(receipt.amount, due, case._get_order()))
        return receipts

    def write(self, vals):
        if not self.env.su and vals.keys() & {"amount", "date", "litigation_id"}:
            raise UserError(
                self.env._(
                    "Money received is not changed once it was shared. Delete it, then record it again."
                )
            )
        return super().write(vals)

    def unlink(self):
        self.litigation_id._check_open()
        return super().unlink()
