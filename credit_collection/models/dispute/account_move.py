from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    credit_dispute_id = fields.Many2one(
        "credit.dispute",
        string="Dispute",
        readonly=True,
        index="btree_not_null",
        copy=False,
        ondelete="restrict",
        help="The dispute settled by this credit note",
    )

    def _post(self, soft=True):
        # EXTENDS 'account': a credit note of a dispute settles what was disputed
        posted = super()._post(soft)
        for refund in posted.filtered("credit_dispute_id"):
            refund.credit_dispute_id.sudo()._settle_by_credit_note(refund.sudo())
        return posted

    @api.readonly
    def action_open_dispute(self):
        """Open a new dispute of this invoice."""
        self.ensure_one()
        self.check_access("read")
        accounts = self.env["account.account"]._get_exposure_account_ids()
        items = self.sudo().line_ids.filtered(
            lambda line: line.account_id.id in accounts and line.amount_residual > 0
        )
        if self.state != "posted" or not items:
            raise UserError(
                self.env._(
                    "Nothing is open on %s. Dispute an invoice that is posted and not fully paid.",
                    self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute"),
            "res_model": "credit.dispute",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": self.commercial_partner_id.id,
                "default_company_id": self.company_id.root_id.id,
                "default_currency_id": self.currency_id.id,
                "default_line_ids": self.env["credit.dispute"]._prepare_lines(items),
            },
        }
