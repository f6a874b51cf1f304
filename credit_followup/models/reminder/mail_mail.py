from odoo import api, models
from odoo.exceptions import UserError

from ...smtp_session import CompleteSession


class MailMail(models.Model):
    """Keeps notices in step with their e-mail."""

    _inherit = "mail.mail"

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        # EXTENDS 'mail': a notice counts as sent only if every recipient got it. The signature is repeated in full,
        # so that test_lint reports a change of Odoo's.
        if smtp_session and self._get_notices():
            smtp_session = CompleteSession(smtp_session)
        return super()._send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            smtp_session=smtp_session,
            alias_domain_id=alias_domain_id,
            mail_server=mail_server,
            post_send_callback=post_send_callback,
        )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # EXTENDS 'mail': a rejected e-mail marks its notice as failed. Nothing is written on success:
        # a write conflict would send the message twice.
        if failure_type:
            for mail in self:
                reason = mail.failure_reason or failure_reason or failure_type
                mail._get_notices()._fail_refused(reason)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def mark_outgoing(self):
        # EXTENDS 'mail': an administrator resends it from the queue
        notices = self._get_notices()
        if called_off := notices.filtered(lambda notice: notice.state == "cancelled")[:1]:
            raise UserError(
                self.env._(
                    "The reminder to %s was cancelled, so its e-mail cannot be sent again. Prepare a new run for the open items.",
                    called_off.partner_id.display_name,
                )
            )
        notices = notices.filtered(lambda notice: notice.failure == "refused")
        notices.write({"state": "sent", "failure": False, "failure_detail": False})
        return super().mark_outgoing()

    def cancel(self):
        # EXTENDS 'mail': e-mails that an administrator cancels mark their notices as failed
        self._fail_unsent()
        return super().cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_tells_notice(self):
        self._fail_unsent()

    def _fail_unsent(self):
        for mail in self.filtered(lambda mail: mail.state in ("outgoing", "exception")):
            mail._get_notices()._fail_refused(
                mail.env._("The message was removed from the queue before it was sent.")
            )

    def _get_notices(self):
        """The notices whose current e-mail is one of these."""
        return self.env["credit.followup.notice"].sudo().search([("mail_id", "in", self.ids)])
