from odoo import fields, models
from odoo.exceptions import UserError

from .credit_followup_notice import PAPER


class CreditFollowupNotice(models.Model):
    """Letters: printed in one PDF, posted by hand, then confirmed; what was printed is kept."""

    _inherit = "credit.followup.notice"

    # === ACTIONS === #

    def action_print(self):
        """One PDF of the approved letters among these notices, ready to print, with the amounts of now.

        Those that cannot be written are marked as failed, those with nothing left to ask for are cancelled. A letter
        that went out already is printed again as it was.
        """
        self.check_access("write")
        self.sudo()._print(fields.Date.context_today(self))
        printed = self.filtered(
            lambda notice: (
                notice.channel in PAPER
                and notice.printed_at
                and notice.state in ("approved", "sent")
            )
        )
        if not printed:
            raise UserError(self._get_nothing_to_print_sentence())
        report = self.env.ref("credit_followup.action_report_letter")
        return report.report_action(printed, config=False)

    def action_post(self):
        """The printed letters are in the post: from now on they count as sent."""
        approved = self._take_in_state("approved")
        printed = approved.filtered("printed_at")
        if not printed:
            raise UserError(
                self.env._("Print the letters first; then confirm that they are posted.")
            )
        for letter in printed:
            letter._after_sending()
        return True

    # === BUSINESS METHODS === #

    def _print(self, today):
        """Bring the approved letters up to date and mark them as printed, or as failed with their reason."""
        letters = self._take_approved().filtered(lambda notice: notice.channel in PAPER)
        letters._bring_up_to_date(today)
        for letter in letters:
            if letter.state == "approved" and letter.channel in PAPER:
                letter._check_letter()
        fresh = letters.filtered(
            lambda letter: letter.state == "approved" and letter.channel in PAPER
        )
        fresh._get_printed_files().unlink()
        fresh.write({"printed_at": fields.Datetime.now()})
        (letters - fresh)._send_if_email()

    def _send_if_email(self):
        """What is left to ask for may be asked by e-mail now."""
        if self.filtered(lambda notice: notice.state == "approved"):
            self._send_soon()

    def _check_letter(self):
        """Write the letter once, so that one that cannot be written stops no other."""
        if not self._has_postal_address():
            self._fail("no_address", self._get_no_postal_address_sentence())
        elif text := self._get_text():
            self._try_to_write(lambda: (text._render_subject(), text._render_text()))

    def _get_addressee(self):
        """Whose address shows in the window of the envelope: the first recipient who has one, else the customer."""
        with_address = self.contact_ids.filtered("city")
        return (with_address or self.contact_ids)[:1] or self.partner_id

    def _has_postal_address(self):
        address = self._get_addressee()
        return bool(address.city and (address.street or address.street2 or address.zip))

    def _get_letter_texts(self):
        """Each letter in the language of its text; for the report."""
        return [text for notice in self if (text := notice._get_text())]

    def _get_printed_files(self):
        """What was printed of these letters."""
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("name", "=like", "letter-%.pdf"),
            ]
        )

    def _get_letter_name(self):
        """Name under which the letter is kept; ``False`` while it is a preview."""
        self.ensure_one()
        return bool(self.printed_at) and f"letter-{self.id}.pdf"

    def _get_nothing_to_print_sentence(self):
        return self.env._(
            "There is no letter to print here: letters are printed once they are approved. What failed says why in"
            " the list of notices."
        )

    def _get_no_postal_address_sentence(self):
        return self.env._(
            "%(recipient)s has no complete postal address: street and city. Enter them, then try again.",
            recipient=self._get_addressee().display_name,
        )
