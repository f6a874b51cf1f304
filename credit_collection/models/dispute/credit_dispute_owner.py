from odoo import api, fields, models
from odoo.exceptions import AccessError

#: what the owner writes without any right on credit
_OWNERS_FIELDS = {"cause_id", "owner_opinion", "owner_answer"}


class CreditDispute(models.Model):
    """The owner of a dispute, in sales, logistics or accounting, who is notified, sees its documents and answers."""

    _inherit = "credit.dispute"

    owner_opinion = fields.Selection(
        [
            ("right", "The customer is right"),
            ("part", "In part"),
            ("wrong", "The customer is wrong"),
        ],
        string="Owner's Opinion",
        tracking=True,
        copy=False,
    )
    owner_answer = fields.Text(string="Owner's Answer", copy=False, help="What the owner found out")
    may_decide = fields.Boolean(compute="_compute_may_decide")

    @api.depends_context("uid")
    def _compute_may_decide(self):
        self.may_decide = self.env.user.has_group("credit_management.group_credit_user")

    def _refuse_others_fields(self, vals):
        """:raise AccessError: if a user without credit access writes fields not open to owners"""
        if self.env.su or self.env.user.has_group("credit_management.group_credit_user"):
            return
        names = {name for name in vals if not name.startswith(("message_", "activity_"))}
        if names - _OWNERS_FIELDS:
            raise AccessError(
                self.env._(
                    "As the owner, you can only enter the root cause, your opinion and your answer. Ask the collector to change the rest."
                )
            )

    def _notify_owner(self):
        """Schedule one activity for the owner until the target date, and add the owner as follower."""
        for dispute in self.sudo().filtered(lambda dispute: dispute.state == "open"):
            dispute.activity_unlink(["credit_collection.mail_activity_type_dispute"])
            owner = dispute.owner_id or dispute.user_id
            if not owner.active:
                continue
            dispute.message_subscribe(owner.partner_id.ids)
            dispute.activity_schedule(
                "credit_collection.mail_activity_type_dispute",
                date_deadline=dispute.date_target or dispute.date,
                summary=self.env._("Is %s right?", dispute.partner_id.name),
                user_id=owner.id,
            )

    @api.readonly
    def action_open_documents(self):
        """Open the disputed invoice as the customer sees it; the owner may have no accounting access."""
        self.ensure_one()
        self.check_access("read")
        move = self.sudo().line_ids.move_id[:1]
        return {"type": "ir.actions.act_url", "url": move.get_portal_url(), "target": "new"}

    @api.model
    def _cron_watch(self):
        """Schedule an activity again for open disputes that have none."""
        disputes = self.search([("state", "=", "open")])
        disputes.filtered(lambda dispute: not dispute.activity_ids)._notify_owner()
