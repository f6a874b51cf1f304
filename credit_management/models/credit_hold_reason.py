from odoo import api, fields, models


class CreditHoldReason(models.Model):
    """A rule that failed, with the figures as they stood."""

    _name = "credit.hold.reason"
    _description = "Credit Hold Reason"
    _order = "hold_id, id"
    _rec_name = "message"

    hold_id = fields.Many2one("credit.hold", required=True, ondelete="cascade", index=True)
    kind = fields.Char(required=True)
    rule_id = fields.Many2one("credit.policy.rule", ondelete="set null")
    action = fields.Selection([("warn", "Warn"), ("hold", "Hold")], required=True)
    figure = fields.Float()
    threshold = fields.Float()
    level_id = fields.Many2one(
        "credit.profile",
        string="Group",
        ondelete="set null",
        help="The group at which the rule applies",
    )
    note = fields.Char(help="Entered by the person who held the document manually")
    message = fields.Char(compute="_compute_message")

    @api.depends("kind", "figure", "threshold", "level_id", "note")
    @api.depends_context("lang")
    def _compute_message(self):
        for reason in self:
            reason.message = self.env["credit.policy.rule"]._explain(
                reason.kind,
                reason.figure,
                reason.threshold,
                reason.hold_id.currency_id,
                reason.sudo().level_id.partner_id.name,
                reason.note or "",
            )
