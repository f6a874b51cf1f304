from odoo import api, fields, models


class CreditHoldDecision(models.TransientModel):
    """Release or refuse holds, with a reason, in view of the current figures."""

    _name = "credit.hold.decision"
    _description = "Decision on Credit Holds"
    _inherit = ["credit.number.mixin"]

    hold_ids = fields.Many2many("credit.hold", required=True, readonly=True, string="Holds")
    hold_count = fields.Integer(compute="_compute_hold_count")
    hold_id = fields.Many2one(
        "credit.hold",
        compute="_compute_hold_count",
        help="The hold to decide; empty if several",
    )
    decision = fields.Selection(
        [("release", "Release"), ("refuse", "Refuse")],
        compute="_compute_decision",
        store=True,
        readonly=False,
    )
    reason_id = fields.Many2one(
        "credit.decision.reason",
        compute="_compute_reason_id",
        store=True,
        readonly=False,
        domain="[(decision == 'refuse' and 'for_refusal' or 'for_grant', '=', True)]",
        help="For reporting on decisions; give the details in the note",
    )
    note = fields.Text(help="Read by the salesperson and the auditor")
    currency_id = fields.Many2one(related="hold_ids.currency_id")
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        string="Released up to",
        help="The release covers the order up to this amount",
    )
    until = fields.Date(
        string="Released until",
        compute="_compute_until",
        store=True,
        readonly=False,
        help="Leave empty to apply the policy of each hold",
    )
    refusal = fields.Text(
        string="Not Within Your Authority",
        compute="_compute_refusal",
        help="Holds you may refuse but not release, and who may release them",
    )

    # Figures of the single hold, then and now; ``related_sudo=False``: users read only what they may read on the hold
    amount_then = fields.Monetary(related="hold_id.amount", related_sudo=False)
    amount_now = fields.Monetary(related="hold_id.current_amount", related_sudo=False)
    exposure_then = fields.Monetary(related="hold_id.exposure", related_sudo=False)
    exposure_now = fields.Monetary(related="hold_id.current_exposure", related_sudo=False)
    credit_limit_then = fields.Monetary(related="hold_id.credit_limit", related_sudo=False)
    credit_limit_now = fields.Monetary(related="hold_id.current_credit_limit", related_sudo=False)
    excess_then = fields.Monetary(related="hold_id.excess", related_sudo=False)
    excess_now = fields.Monetary(related="hold_id.current_excess", related_sudo=False)
    overdue_then = fields.Monetary(related="hold_id.overdue", related_sudo=False)
    overdue_now = fields.Monetary(related="hold_id.current_overdue", related_sudo=False)
    oldest_then = fields.Integer(related="hold_id.oldest_due_days", related_sudo=False)
    oldest_now = fields.Integer(related="hold_id.current_oldest_due_days", related_sudo=False)
    authority_now_id = fields.Many2one(related="hold_id.current_authority_id", related_sudo=False)
    payment_habit = fields.Char(related="hold_id.payment_habit", related_sudo=False)
    reason_summary = fields.Text(related="hold_id.reason_summary", related_sudo=False)
    argument = fields.Text(related="hold_id.argument", related_sudo=False)
    signed = fields.Text(compute="_compute_refusal", help="The signature that yours completes")

    # === COMPUTE METHODS === #

    @api.depends("hold_ids")
    def _compute_hold_count(self):
        for decision in self:
            decision.hold_count = len(decision.hold_ids)
            decision.hold_id = decision.hold_ids if len(decision.hold_ids) == 1 else False

    @api.depends("refusal")
    def _compute_decision(self):
        """Who may not release is here to refuse."""
        for decision in self:
            decision.decision = "refuse" if decision.refusal else "release"

    @api.depends("decision")
    def _compute_reason_id(self):
        """A reason of the other decision is not kept."""
        for decision in self:
            use = "for_refusal" if decision.decision == "refuse" else "for_grant"
            decision.reason_id = decision.reason_id.filtered(use)

    @api.depends("hold_ids")
    def _compute_amount(self):
        for decision in self:
            hold = decision.hold_id
            decision.amount = max(hold.amount, hold.current_amount) if hold else 0.0

    @api.depends("hold_ids")
    def _compute_until(self):
        for decision in self:
            days = set(decision.hold_ids.mapped("policy_release_until"))
            decision.until = days.pop() if len(days) == 1 else False

    @api.depends("hold_ids")
    @api.depends_context("uid", "lang")
    def _compute_refusal(self):
        for decision in self:
            refused = decision.hold_ids.filtered("refusal_of_decision")
            decision.refusal = decision._describe_refusals(refused) if refused else False
            signer = decision.hold_ids.signed_by_id[:1]
            decision.signed = (
                self.env._("Signed by %s: your signature is the second one.", signer.name)
                if signer
                else False
            )

    def _describe_refusals(self, refused):
        if len(self.hold_ids) == 1:
            return refused.refusal_of_decision
        lines = [
            self.env._(
                "%(document)s: %(reason)s", document=hold.name, reason=hold.refusal_of_decision
            )
            for hold in refused
        ]
        return "\n".join(
            [*lines, self.env._("Remove these from the selection to release the others.")]
        )

    # === ACTIONS === #

    def action_release(self):
        single = len(self.hold_ids) == 1
        amount = self.amount if single else None
        self.hold_ids.action_release(self.note, amount, self.until or None, self.reason_id)
        return self._notify_signed() or {"type": "ir.actions.act_window_close"}

    def action_refuse(self):
        self.hold_ids.action_refuse(self.note, self.reason_id)
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _notify_signed(self):
        """Notify which holds still wait for a second signature; nothing if all are released."""
        waiting = self.hold_ids.filtered(lambda hold: hold.state == "pending")
        return waiting and {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.env._("Signed"),
                "message": self.env._(
                    "A second authorised person must sign: %s.",
                    ", ".join(waiting.mapped("name")),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
