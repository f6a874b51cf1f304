from odoo import fields, models
from odoo.exceptions import AccessError


class CreditContactLog(models.Model):
    """Answers that the customer wrote itself: on the portal, by the link of a reminder, or by e-mail.

    They stay on top of the worklist until a collector has read them or recorded another contact.
    """

    _inherit = "credit.contact.log"

    to_read = fields.Boolean(
        string="Answer to Read",
        readonly=True,
        copy=False,
        help="Written by the customer; no collector has read it yet",
    )
    notice_id = fields.Many2one(
        "credit.followup.notice",
        string="Answers",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The reminder that the customer answered",
    )
    link_key = fields.Char(
        readonly=True,
        copy=False,
        help="Reminder and recipient of the link; not a reference, so that two contacts who answered can be merged",
    )
    dispute_id = fields.Many2one(
        "credit.dispute", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    plan_id = fields.Many2one(
        "credit.payment.plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _waiting = models.Index("(profile_id) WHERE to_read")
    _link_once = models.UniqueIndex(
        "(link_key) WHERE link_key IS NOT NULL",
        "This reminder was already answered by its link. Reply to the e-mail to add something.",
    )

    def _refuse_typed(self):
        """:raise AccessError: if a user would pass a contact off as an answer of the customer"""
        if self.env.su:
            return
        for name in ("to_read", "notice_id", "link_key", "dispute_id", "plan_id"):
            if any(self.sudo().mapped(name)):
                raise AccessError(
                    self.env._(
                        '"%s" is filled in when the customer answers. Leave it empty.',
                        self._fields[name]._description_string(self.env),
                    )
                )

    def _read_earlier(self):
        """A collector who records a contact has seen what the customer wrote before it."""
        logs = self.filtered(lambda log: not log.to_read)
        if logs:
            waiting = self.sudo().search(
                [("profile_id", "in", logs.profile_id.ids), ("to_read", "=", True)]
            )
            waiting.to_read = False
