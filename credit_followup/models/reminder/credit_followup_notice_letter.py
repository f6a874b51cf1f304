from odoo import fields, models
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.exceptions import UserError

from .credit_followup_notice import PAPER

#: letters rendered again within a click; more are left to the job, at about a second each
_AT_ONCE = 30

#: days after which an unprinted letter is rendered again with a new date
_OLD = 3


class CreditFollowupNotice(models.Model):
    """Letters: rendered after approval, printed in one PDF, posted by hand, then confirmed.

    The job renders them, so that errors show before anybody prints. Printed letters are kept unchanged.
    """

    _inherit = "credit.followup.notice"

    letter_id = fields.Many2one("ir.attachment", readonly=True, ondelete="set null", copy=False)

    # === ACTIONS === #

    def action_print(self):
        """One PDF of the approved letters among these notices, with current amounts.

        Letters with an error are marked as failed; letters with nothing left to claim are cancelled. A sent letter is
        reprinted unchanged.
        """
        self.check_access("write")
        for company, notices in self.sudo().grouped("company_id").items():
            notices._prepare_printing(company._get_credit_today())
        ready = self.sudo().filtered(
            lambda notice: notice.letter_id and notice.state in ("approved", "sent")
        )
        if self.sudo().filtered(
            lambda notice: notice.failure == "storage" and not notice.letter_id
        ):
            raise UserError(self._get_not_written_sentence())
        cancelled = self.sudo().filtered(lambda notice: notice.state == "cancelled")
        if not ready and cancelled:
            return cancelled._notify_cancelled()
        if not ready:
            raise UserError(self.sudo()._get_nothing_to_print_sentence())
        ready.filtered(lambda notice: not notice.printed_at).printed_at = fields.Datetime.now()
        report = self.env.ref("credit_followup.action_report_letter")
        return report.report_action(ready.ids, config=False)

    def action_post(self):
        """Confirm that the printed letters were posted: they count as sent."""
        approved = self._lock_in_state("approved")
        printed = approved.filtered("printed_at")
        if not printed:
            raise UserError(
                self.env._("Print the letters first; then confirm that they are posted.")
            )
        printed._after_sending()
        return True

    # === WRITING === #

    def _prepare_printing(self, today):
        """Render changed letters again; leave large numbers to the job."""
        letters = self._lock_approved().filtered(lambda notice: notice.channel in PAPER)
        written = {letter: letter._get_content() for letter in letters}
        old = letters.filtered(lambda letter: letter._is_old(today))
        (letters - old)._bring_up_to_date()
        old._bring_up_to_date(today)
        changed = letters.filtered(lambda letter: letter._get_content() != written[letter])
        changed._forget_letter()
        unwritten = letters.filtered(
            lambda letter: letter.state == "approved" and not letter.letter_id
        )
        if len(unwritten) > _AT_ONCE or unwritten.filtered(
            lambda notice: notice.channel == "email"
        ):
            unwritten._send_soon()
        else:
            for letter in unwritten:
                letter._write_letter()

    def _get_content(self):
        """The content of the letter, to detect changes."""
        lines = self.line_ids.filtered(lambda line: not line.cancelled)
        named = tuple((line.item_id.id, line.amount_currency) for line in lines)
        return self.date, self.level_id, named, self.interest, self.indemnity

    def _is_old(self, today):
        return not self.printed_at and (today - self.date).days > _OLD

    def _write_letter(self):
        """Render and store the letter; an error is stored on the notice and does not stop the others."""
        if not self._has_postal_address():
            self._fail("no_address", self._get_no_postal_address_sentence())
        elif text := self._get_text():
            self._try_to_write(lambda: self._keep_letter(text))

    def _keep_letter(self, text):
        report = text.env["ir.actions.report"]
        content, _format = report._render_qweb_pdf("credit_followup.report_letter", text.ids)
        letter = self._attach(self._get_letter_name(), content)
        self.write({"letter_id": letter.id, "failure": False, "failure_detail": False})

    def _forget_letter(self):
        """Drop a rendered letter that is out of date."""
        self.letter_id.unlink()
        self.write({"letter_id": False, "printed_at": False})

    # === WHAT THE LETTER READS === #

    def _get_addressee(self):
        """The addressee in the envelope window: the first recipient with an address, otherwise the customer."""
        recipients = self.contact_ids or self.partner_id
        return self._get_with_address()[:1] or recipients[:1]

    def _has_postal_address(self):
        return bool(self._get_with_address())

    def _get_with_address(self):
        """The recipients with a postal address."""
        recipients = self.contact_ids or self.partner_id
        found = self.env["credit.followup.recipients"]._read_contacts(recipients.ids)
        return recipients.filtered(lambda contact: found[contact.id].has_address)

    def _get_letter_texts(self):
        """Each letter in the language of its text, for the report."""
        return [text for notice in self if (text := notice._get_text())]

    def _has_running_header(self):
        """Whether headers and footers can repeat on each page, which needs wkhtmltopdf with patched Qt.

        ``_wkhtml`` is private to Odoo, but the only source of this fact; if it moves, the import fails at start-up.
        """
        return _wkhtml().is_patched_qt

    def _get_letter_name(self):
        """File name of the letter."""
        self.ensure_one()
        return f"letter-{self.id}.pdf"

    # === SENTENCES === #

    def _notify_cancelled(self):
        """Notify that these letters were cancelled; the notices keep the reason."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": self.env._("Nothing to print"),
                "message": "\n".join(f"{notice.name}: {notice.cancel_reason}" for notice in self),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_not_written_sentence(self):
        return self.env._(
            "The server cannot write its files, so nothing was printed. Try again in a few minutes. If it happens again, tell your administrator that the file storage is full or read-only."
        )

    def _get_nothing_to_print_sentence(self):
        """Why nothing is printed: the letters are being created, or there are none."""
        waiting = self.filtered(lambda notice: notice.state == "approved")
        if waiting:
            return self.env._(
                "These letters are being created: %s. Print them in a minute.",
                len(waiting),
            )
        return self.env._(
            "There are no letters to print. Choose approved letters; if one failed, the list of notices says why."
        )

    def _get_no_postal_address_sentence(self):
        return self.env._(
            "%(recipient)s has no complete postal address. Enter the street and the city, then try again.",
            recipient=self._get_addressee().display_name,
        )
