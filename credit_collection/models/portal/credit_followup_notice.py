from datetime import timedelta

from odoo import models
from odoo.tools.misc import hash_sign, verify_hash_signed

_SCOPE = "credit_collection.reminder_answer"
#: what a recipient may answer
ANSWERS = ("paid", "promise", "dispute", "contact")


class CreditFollowupNotice(models.Model):
    """The links by which each recipient of a reminder answers it once, without a login."""

    _inherit = "credit.followup.notice"

    def _get_answer_links(self):
        """``[(recipient, {answer: link})]``; empty on paper and where the company does not use links."""
        days = self.company_id.root_id.sudo().credit_collection_link_days
        if not self.id or self._is_paper() or not days:
            return []
        reached = self.contact_ids.filtered("email_normalized")
        return [(contact, self._get_links_of(contact, days)) for contact in reached]

    def _get_links_of(self, contact, days):
        token = hash_sign(
            self.sudo().env, _SCOPE, [self.id, contact.id], expiration=timedelta(days)
        )
        base = f"{self.get_base_url()}/credit/answer/{token}"
        return {answer: f"{base}/{answer}" for answer in ANSWERS}

    def _find_answered(self, token):
        """The sent notice and the recipient of a link, as the system; both empty if the link is not valid any more."""
        notice, contact = self.sudo().browse(), self.env["res.partner"].sudo()
        try:
            named = verify_hash_signed(self.sudo().env, _SCOPE, token)
        except ValueError:  # not a link of ours, or not copied completely
            named = None
        if named:
            notice = notice.browse(named[0]).exists()
            contact = notice.contact_ids.filtered(lambda one: one.id == named[1])
        if not contact or notice.state != "sent":
            return notice.browse(), contact.browse()
        return notice, contact

    def _get_answer_of(self, contact):
        """The contact log in which a recipient answered by the link."""
        return (
            self.env["credit.contact.log"]
            .sudo()
            .search(
                [
                    ("notice_id", "=", self.id),
                    ("contact_id", "=", contact.id),
                    ("channel", "=", "link"),
                ]
            )
        )
