import logging
import time

import requests
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ...rules.rate_file import UnreadableTable, read_changes, read_half_years

_logger = logging.getLogger(__name__)

#: seconds to connect, and to wait for each piece of the response
_TIMEOUT = 20

#: seconds for the whole response
_LONGEST = 60

#: maximum bytes of a response; a central bank's whole series takes less than 100 000
_LARGEST = 5_000_000


class CreditInterestSeries(models.Model):
    """Published rates: imported from a file, or fetched if a company allows it."""

    _inherit = "credit.interest.series"

    file_format = fields.Selection(
        [
            ("changes", "Rate by date; the rates on 1 January and 1 July apply"),
            ("half_years", "Rate by half-year or year"),
        ],
        string="Publication Format",
        help="How the publisher's table is read",
    )
    file_column = fields.Char(
        string="Column", help="Part of the heading of the rate column; separate alternatives with |"
    )
    fetch_url = fields.Char(
        string="Address of the Table",
        groups="base.group_system",
        help="Address of a CSV file. Queried once a day while a rate is missing, if a company allows it in the settings",
    )
    fetch_problem = fields.Char(
        readonly=True, copy=False, help="Why the last rates could not be fetched"
    )

    # === CONSTRAINTS === #

    @api.constrains("fetch_url")
    def _check_fetch_url(self):
        for series in self.sudo().filtered("fetch_url"):
            if not series.fetch_url.startswith(("https://", "http://")):
                raise ValidationError(
                    self.env._("The address must begin with https:// or http://. Correct it.")
                )

    # === READ === #

    def _read_rows(self, content, today):
        """The rates in a table, and its unreadable rows.

        :param content: the file as bytes
        :rtype: list[rate_file.Row]
        """
        self.ensure_one()
        text = _decode(content)
        column = self.file_column or "rate"
        try:
            if self.file_format == "changes":
                return read_changes(text, column, today)
            return read_half_years(text, column)
        except UnreadableTable:
            raise UserError(
                self.env._(
                    "No column heading in the table contains “%(column)s”. Use the publisher's CSV file for %(series)s, or ask an administrator to correct the column in the reference rate.",
                    column=column,
                    series=self.name,
                )
            ) from None

    def _compare(self, row):
        """Compare a row of a table with the known rates.

        :return: ``new``, ``known``, ``differs`` or ``bad``, and what to do
        """
        if row.problem:
            return "bad", self._explain_problem(row)
        known = self.rate_ids.filtered(
            lambda rate: (
                rate.date_from <= row.last and (not rate.date_to or rate.date_to >= row.first)
            )
        )
        if not known:
            return "new", ""
        if all(known.mapped(lambda rate: abs(rate.rate - row.rate) < 0.00005)):
            return "known", ""
        return "differs", self.env._(
            "A rate of %(rate)s %% is already entered from %(day)s. If the table is right, correct it by hand.",
            rate=known[0].rate,
            day=format_date(self.env, known[0].date_from),
        )

    def _explain_problem(self, row):
        return {
            "date": self.env._("No date or half-year can be read: row %s", row.text),
            "rate": self.env._("No rate can be read: row %s", row.text),
        }[row.problem]

    def _add_rows(self, rows, source):
        """Enter the new rates.

        :param source: origin of the rates, stored on each
        :return: number of rates entered
        """
        new = [row for row in rows if self._compare(row)[0] == "new"]
        self.rate_ids = [
            Command.create(
                {"date_from": row.first, "date_to": row.last, "rate": row.rate, "source": source}
            )
            for row in new
        ]
        return len(new)

    # === FETCH === #

    @api.model
    def _cron_fetch(self):
        """Fetch missing rates, if a company allows it; a failure of one reference rate does not stop the others."""
        if not self._may_fetch():
            return
        today = self.env["res.company"]._get_credit_today()
        for series in self.search([("fetch_url", "!=", False), ("file_format", "!=", False)]):
            if series._get_unknown_from(today):
                series._fetch(today)

    @api.model
    def _may_fetch(self):
        return bool(
            self.env["res.company"]
            .sudo()
            .search_count([("credit_interest_fetch", "=", True)], limit=1)
        )

    def _fetch(self, today):
        """Fetch the rates and enter the new ones; a problem is stored on the reference rate as a sentence."""
        self.ensure_one()
        try:
            rows = self._read_rows(self._download(), today)
        except UserError as problem:
            self.fetch_problem = str(problem)
            return 0
        added = self._add_rows(rows, self.sudo().fetch_url)
        self.fetch_problem = False
        if added:
            self._message_log(body=self.env._("%s rates were fetched.", added))
        return added

    def _download(self):
        """The response of the address.

        :raise UserError: if anything fails
        """
        url = self.sudo().fetch_url
        try:
            with requests.get(url, timeout=_TIMEOUT, stream=True) as answer:
                answer.raise_for_status()
                content = _read_answer(answer)
        except requests.RequestException as error:
            _logger.info("%s: %s", url, error)
            raise UserError(
                self.env._(
                    "%(url)s did not respond as expected (%(error)s). Enter the rate by hand, import the file, or try again later.",
                    url=url,
                    error=_get_words(error),
                )
            ) from None
        if content is None:
            raise UserError(
                self.env._(
                    "The response from %s is too large or too slow. Ask an administrator to correct the address.",
                    url,
                )
            )
        return content

    # === ACTIONS === #

    def action_fetch(self):
        """Fetch now instead of waiting for the daily job."""
        self.ensure_one()
        self.check_access("write")
        if not self._may_fetch():
            raise UserError(
                self.env._(
                    "No company allows rates to be fetched. An administrator can allow it in Settings > Credit > Late Charges. Otherwise import the file."
                )
            )
        if not self.sudo().fetch_url or not self.file_format:
            raise UserError(
                self.env._(
                    "%s has no address to fetch rates from. Ask an administrator to enter it, or import the file.",
                    self.name,
                )
            )
        added = self._fetch(self.env["res.company"]._get_credit_today())
        if self.fetch_problem:
            return self._notify(self.fetch_problem, "warning")
        return self._notify(self.env._("%s new rates.", added), "success")

    def _notify(self, message, color):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": color,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_import(self):
        """Open the import of a file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Rates"),
            "res_model": "credit.interest.import",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_series_id": self.id},
        }


def _read_answer(answer):
    """The content; ``None`` if it is too large or takes too long."""
    content, end = b"", time.monotonic() + _LONGEST
    for piece in answer.iter_content(65536):
        content += piece
        if len(content) > _LARGEST or time.monotonic() > end:
            return None
    return content


def _decode(content):
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _get_words(error):
    """A short description of the error, without library details."""
    if isinstance(error, requests.HTTPError):
        return f"{error.response.status_code} {error.response.reason}".strip()
    return type(error).__name__
