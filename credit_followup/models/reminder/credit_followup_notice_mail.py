import errno
import logging

from markupsafe import Markup
from odoo import models
from odoo.tools import email_normalize
from psycopg2 import OperationalError

from ...rules.text_language import choose_language

_logger = logging.getLogger(__name__)

#: errors of a disk that is full, read-only or temporarily unavailable
_STORAGE = {
    getattr(errno, name)
    for name in [
        "EACCES",
        "EDQUOT",
        "EIO",
        "EMFILE",
        "ENFILE",
        "ENOENT",
        "ENOSPC",
        "ENOTDIR",
        "EPERM",
        "EROFS",
        "ESTALE",
    ]
}


class CreditFollowupNotice(models.Model):
    """The e-mail of a notice in Odoo's queue, with its attachments and its delivery."""

    _inherit = "credit.followup.notice"

    def _send_email(self):
        """Queue the e-mail of the notice and mark it as sent, both or neither.

        An error is stored on the notice and does not stop the others.
        """
        self.ensure_one()
        reached = self.contact_ids.filtered("email_normalized")
        if not reached:
            self._fail("no_address", self._get_no_address_sentence())
        elif text := self._get_text():
            self._try_to_write(lambda: self._queue_email(reached, text))

    def _try_to_write(self, write):
        """Call ``write``; if it fails, its changes are rolled back and the error is stored on the notice.

        :return: whether it succeeded
        """
        try:
            with self.env.cr.savepoint():
                write()
                self.env.flush_all()
        except OperationalError:
            raise  # a concurrent update, not an error in the text
        except Exception as error:  # noqa: BLE001 – the texts are the users' own code
            self._keep_or_fail(error)
            return False
        return True

    def _keep_or_fail(self, error):
        """Mark the notice as failed; keep it approved if the server cannot write files, which is not an error in the
        text.
        """
        cause = self._get_cause(error)
        if isinstance(cause, OSError) and cause.errno in _STORAGE:
            _logger.warning("The files of notice %s cannot be written", self.id, exc_info=error)
            self.write({"failure": "storage", "failure_detail": self._get_storage_sentence()})
        else:
            self._fail("render", self._get_render_sentence(cause))

    def _queue_email(self, recipients, text):
        mail = self.env["mail.mail"].create(self._prepare_mail(recipients, text))
        self.mail_id = mail
        self._mark_sent()

    def _after_queueing(self):
        """Trigger the mail queue at the right moment, and let the collectors follow the answers."""
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()
        for moment in set(self.mail_id.mapped("scheduled_date")):
            queue._trigger(at=moment or None)
        for collector, notices in self.grouped("user_id").items():
            notices.message_subscribe(collector.partner_id.ids)

    def _prepare_mail(self, recipients, text):
        """Values of the ``mail.mail``: one message to all recipients, with the salesperson in copy.

        It is kept after sending as evidence of what was sent, to whom and when.

        :param text: the notice in the language of its text
        """
        author = self._get_sender()
        sender = author.email_formatted or self.company_id.email_formatted
        template = self.level_id.mail_template_id
        body = text._render_email()
        return {
            "model": self._name,
            "res_id": self.id,
            "record_company_id": self.company_id.id,
            "record_alias_domain_id": self.company_id.alias_domain_id.id,
            "message_type": "email_outgoing",
            "author_id": author.id,
            "email_from": sender,
            "reply_to": self._notify_get_reply_to(default=sender)[self.id],
            "email_to": ", ".join(recipients.mapped("email_formatted")),
            "email_cc": self._get_copy(recipients),
            "partner_ids": recipients.ids,
            "subject": text._render_subject(),
            "body": body,
            "body_html": body,
            "attachment_ids": (text._get_attachments() | template.attachment_ids).ids,
            "mail_server_id": template.mail_server_id.id,
            "headers": repr({"X-Odoo-Objects": f"{self._name}-{self.id}"}),
            "scheduled_date": self._get_departure(self.procedure_id, self.company_id),
            "state": "outgoing",
            "auto_delete": False,
        }

    # === WHO === #

    def _get_sender(self):
        """The sender; if it has no address, the collector or the company."""
        company = self.company_id.partner_id
        senders = {
            "collector": self.user_id.partner_id,
            "salesperson": self.partner_id.user_id.filtered("active").partner_id,
            "company": company,
        }
        wished = senders[self.procedure_id.sender or "collector"]
        candidates = (wished, senders["collector"], company)
        return next((person for person in candidates if person.email_normalized), company)

    def _get_copy(self, recipients):
        """The salesperson's address if the level sends a copy, otherwise ``False``."""
        user = self.level_id.copy_salesperson and self.partner_id.user_id
        known = recipients.mapped("email_normalized")
        if not user or not user.active or user.email_normalized in [False, *known]:
            return False
        return user.email_formatted

    def _get_no_address_sentence(self):
        return self.env._(
            "%(recipients)s: no e-mail address. Enter one, or choose other recipients in the credit file of %(customer)s, then try again.",
            recipients=", ".join(self.contact_ids.mapped("display_name")),
            customer=self.partner_id.display_name,
        )

    # === THE TEXT === #

    def _get_text(self):
        """The notice in the language of its text; if the customer has no text, it is marked as failed and the result
        is empty.
        """
        template = self.level_id.mail_template_id
        if not template:
            self._fail("render", self._get_no_text_sentence())
            return self.browse()
        lang = choose_language(self.lang or "en_US", template._get_text_languages())
        if not lang:
            self._fail("no_translation", self._get_no_translation_sentence())
            return self.browse()
        return self.with_context(lang=lang)

    def _get_no_text_sentence(self):
        if not self.level_id:
            return self.env._(
                "The level of this notice was deleted. Reject the notice: a later run will include the open items."
            )
        return self.env._(
            "The level of this notice no longer has a text. Choose one, then try again."
        )

    def _get_no_translation_sentence(self):
        return self.env._(
            "The text “%(template)s” is not translated into the language of %(customer)s (%(language)s). Translate its subject and body, or change the recipient's language, then try again.",
            template=self.level_id.mail_template_id.display_name,
            customer=self.partner_id.display_name,
            language=self.env["res.lang"]._get_data(code=self.lang).name or self.lang,
        )

    def _render_subject(self):
        """Subject of the text, in the language of the context."""
        return self.level_id.mail_template_id._render_field("subject", self.ids)[self.id]

    def _render_text(self):
        """Body of the text, in the language of the context, without letterhead or layout."""
        return Markup(self.level_id.mail_template_id._render_field("body_html", self.ids)[self.id])

    def _render_email(self):
        """The complete e-mail, in the company's layout and the language of the context."""
        html = self.env["ir.qweb"]._render(
            "credit_followup.notice_email",
            {"notice": self, "company": self.company_id, "body": self._render_text()},
            minimal_qcontext=True,
        )
        return self.env["mail.render.mixin"]._replace_local_links(html, self.get_base_url())

    def _get_cause(self, error):
        """The first cause of an error."""
        while error.__cause__ or error.__context__:
            error = error.__cause__ or error.__context__
        return error

    def _get_storage_sentence(self):
        return self.env._(
            "The server cannot write its files. The notice stays approved and is sent as soon as it can. If this lasts more than an hour, tell your administrator that the file storage is full or read-only."
        )

    def _get_render_sentence(self, error):
        """A sentence about the error in the text."""
        return self.env._(
            "The text “%(template)s” has an error for %(customer)s: %(error)s. Correct the text or the data, then try again.",
            template=self.level_id.mail_template_id.display_name or self.level_id.name,
            customer=self.partner_id.display_name,
            error=f"{type(error).__name__}: {error}".strip().rstrip("."),
        )

    # === ATTACHMENTS === #

    def _get_attachments(self):
        """Invoices and statement, as set on the level."""
        found = self.env["ir.attachment"]
        if self.level_id.with_invoices:
            found |= self._get_invoice_files()
        if self.level_id.with_statement:
            found |= self._attach(
                self.env._("Statement of account.pdf"),
                self.env["credit.statement"]._render_pdf(
                    self.partner_id, self.company_id, self.date
                ),
            )
        return found

    def _get_invoice_files(self):
        """The legal document of each invoice as sent; it is generated if missing."""
        moves = self.line_ids.filtered(lambda line: not line.cancelled).item_id.move_id
        found = self.env["ir.attachment"]
        for move in moves.filtered(lambda move: move.is_sale_document()):
            found |= move.invoice_pdf_report_id or self._render_invoice(move)
        return found

    def _render_invoice(self, move):
        report = self.env["ir.actions.report"].with_context(lang=move.partner_id.lang)
        content, _format = report._render_qweb_pdf("account.account_invoices", move.ids)
        return self._attach(move._get_invoice_report_filename(), content)

    def _attach(self, name, content):
        attachment = self.env["ir.attachment"].create(
            {"name": name, "raw": content, "res_model": self._name, "res_id": self.id}
        )
        attachment.invalidate_recordset(["raw"])
        if content and not attachment.raw:  # Odoo only logs a failure to write the file
            raise OSError(errno.EIO, "The file of an attachment was not written")
        return attachment

    # === WHAT BECOMES OF IT === #

    def _message_receive_bounce(self, email, partner):
        # EXTENDS 'mail': the customer did not receive it
        result = super()._message_receive_bounce(email, partner)
        for notice in self.sudo().filtered(lambda notice: notice.state == "sent"):
            if notice._is_recipient(email, partner):
                notice._fail(
                    "bounced",
                    notice.env._(
                        "The message to %s bounced. Correct the address, then try again.", email
                    ),
                )
        return result

    def _is_recipient(self, email, partner):
        """Whether the address is a recipient's, not that of the salesperson in copy."""
        addresses = {email_normalize(each) for each in self.contact_ids.mapped("email") if each}
        copy = email_normalize(self.mail_id.email_cc or "")
        bounced = email_normalize(email or "")
        return bool(
            bounced in addresses or (partner and partner & self.contact_ids) or bounced != copy
        )

    def _fail_refused(self, reason):
        """Mark notices whose e-mail the queue could not deliver.

        :param reason: the message of the mail server
        """
        for notice in self.filtered(lambda notice: notice.state == "sent"):
            notice._fail(
                "refused",
                notice.env._(
                    "The e-mail was rejected: %s. Correct the address or the mail server, then try again.",
                    str(reason).strip().rstrip("."),
                ),
            )
