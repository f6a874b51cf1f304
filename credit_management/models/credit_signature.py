from odoo import api, fields, models


class CreditSignature(models.Model):
    """The first of two signatures on a release or a limit: who agreed to what, and until when.

    Only decisions create it. It is valid as long as its author holds the authority.
    """

    _name = "credit.signature"
    _description = "Signature of a Credit Decision"
    _order = "id desc"
    _rec_name = "user_id"

    hold_id = fields.Many2one("credit.hold", index="btree_not_null", ondelete="cascade")
    limit_id = fields.Many2one("credit.limit", index="btree_not_null", ondelete="cascade")
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", string="Signed by", required=True)
    signed_at = fields.Datetime(required=True, default=fields.Datetime.now)
    amount = fields.Monetary(help="Agreed amount, in the company's currency")
    until = fields.Date(help="Last day of the agreed release")
    reason_id = fields.Many2one("credit.decision.reason", ondelete="restrict")
    note = fields.Text()

    _one_document = models.Constraint(
        "CHECK(num_nonnulls(hold_id, limit_id) = 1)",
        "A signature belongs to one hold or one limit.",
    )

    @api.depends("hold_id.company_id", "limit_id.company_id")
    def _compute_company_id(self):
        for signature in self:
            signature.company_id = signature.hold_id.company_id or signature.limit_id.company_id
