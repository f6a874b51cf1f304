from odoo import api, fields, models

from .credit_litigation_fee import ROLES


class CreditLitigationParty(models.Model):
    """A third party of a case: the court, a lawyer, a bailiff, an agency."""

    _name = "credit.litigation.party"
    _description = "Third Party of a Case"
    _inherit = ["credit.owned.mixin"]
    _order = "id"
    _company_path = "litigation_id.company_id"

    litigation_id = fields.Many2one(
        "credit.litigation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="litigation_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    role = fields.Selection(ROLES, required=True, default="lawyer")
    partner_id = fields.Many2one(
        "res.partner", string="Third Party", required=True, index=True, ondelete="restrict"
    )
    reference = fields.Char(help="The number under which the third party has the case")
    fee_id = fields.Many2one(
        "credit.litigation.fee",
        string="Fee Terms",
        ondelete="restrict",
        domain="[('role', '=', role), ('partner_id', 'in', (False, partner_id)), ('company_id', 'in', (False, company_id))]",
    )
    fee_amount = fields.Monetary(
        string="Fee",
        compute="_compute_fee_amount",
        help="By the terms, on this case as it is today",
    )

    @api.depends("fee_id", "litigation_id.receipt_ids.amount", "litigation_id.line_ids.amount")
    def _compute_fee_amount(self):
        for party in self:
            case = party.litigation_id
            party.fee_amount = party.fee_id._measure(case.claimed_total, case.received)
