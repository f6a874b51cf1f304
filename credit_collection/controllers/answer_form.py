from odoo.exceptions import UserError
from odoo.http import request
from psycopg2.errors import UniqueViolation

from ..models.portal.credit_followup_notice import ANSWERS
from ..rules import said as rules

#: converter of a route: what may be answered
KINDS = f"<any({','.join(ANSWERS)}):kind>"


class AnswerForm:
    """The forms in which a customer answers: the same on the portal and by the link of a reminder."""

    def say(self, speaker, kind):
        """Make the record of what was sent, whole or not at all.

        :return: a sentence for the customer if it cannot be taken, else empty
        """
        try:
            with request.env.cr.savepoint():
                getattr(self, f"_say_{kind}")(request.env["credit.customer.answer"].sudo(), speaker)
                request.env.flush_all()
        except UserError as error:
            return str(error)
        except UniqueViolation:  # sent twice at the same moment
            return request.env._("Your answer has already reached us. Reload the page to see it.")
        return ""

    def _say_paid(self, answers, speaker):
        answers._say_paid(
            speaker,
            rules.read_day(self._get_text("day")),
            self._get_text("reference", 100),
            self._get_text("note"),
        )

    def _say_promise(self, answers, speaker):
        text = self._get_text("amount")
        amount = rules.read_amount(text)
        if text and amount is None:
            raise UserError(request.env._("Enter the amount in figures, e.g. 1250.00."))
        day = rules.read_day(self._get_text("day"))
        answers._say_promise(speaker, day, self._get_items(), amount, self._get_text("note"))

    def _say_dispute(self, answers, speaker):
        amounts = {
            item: rules.read_amount(self._get_text(f"amount_{item}")) for item in self._get_items()
        }
        answers._say_dispute(
            speaker,
            self._to_id(self._get_text("category")),
            amounts,
            self._get_text("note"),
            self._get_files(),
        )

    def _say_contact(self, answers, speaker):
        fields = {name: self._get_text(name, 120) for name in ("name", "email", "phone")}
        answers._say_contact(speaker, **fields, note=self._get_text("note"))

    # === WHAT WAS SENT === #

    def _get_text(self, name, length=rules.MAX_TEXT):
        return rules.read_text(request.httprequest.form.get(name), length)

    def _get_items(self):
        """Ids of the items that were ticked."""
        found = map(self._to_id, request.httprequest.form.getlist("item"))
        return list(dict.fromkeys(found))

    def _to_id(self, text):
        """
        :return: 0 for what is no id
        """
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def _get_files(self):
        """Pairs of name and content; of what is too large, just enough to know it."""
        files = [file for file in request.httprequest.files.getlist("files") if file.filename]
        return [
            (file.filename, file.read(rules.MAX_BYTES + 1)) for file in files[: rules.MAX_FILES + 1]
        ]

    # === THE PAGE === #

    def _get_suggested(self, rows):
        """Ids of what is overdue and not answered yet."""
        return [row.item.id for row in rows if row.days_late and row.may_promise]

    def get_values(self, speaker, kind, error=""):
        """Values of the form; what was typed is kept."""
        answers = request.env["credit.customer.answer"].sudo()
        rows = answers._read_rows(speaker)
        sent = request.httprequest.form
        return {
            "kind": kind,
            "speaker": speaker,
            "rows": [row for row in rows if row.may_promise] if kind == "promise" else rows,
            "categories": answers._get_categories(speaker.company) if kind == "dispute" else (),
            "today": speaker.company._get_credit_today(),
            "latest": answers._get_latest_day(speaker.company),
            "max_files": rules.MAX_FILES,
            "max_megabytes": rules.MAX_BYTES // 1024**2,
            "accept": ",".join(f".{kind}" for kind in rules.FILE_KINDS),
            "sent": sent,
            "ticked": self._get_items() if sent else self._get_suggested(rows),
            "error": error,
        }
