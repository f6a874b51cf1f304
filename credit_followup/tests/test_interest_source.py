"""Published rates: imported from a file or fetched from an address. The test server is local."""

import base64
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .late_common import LateCommon

_HEADINGS = "KEY,FREQ,REF_AREA,CURRENCY,PROVIDER_FM,INSTRUMENT_FM,PROVIDER_FM_ID,DATA_TYPE_FM,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
_ROW = "FM.B.U2.EUR.4F.KR.MRR_FR.LEV,B,U2,EUR,4F,KR,MRR_FR,LEV,{day},{rate},A\n"

#: a response of the European Central Bank's data service: one row per change
SERVICE = _HEADINGS + "".join(
    _ROW.format(day=day, rate=rate)
    for day, rate in (
        ("2024-12-18", "3.15"),
        ("2025-02-05", "2.9"),
        ("2025-06-11", "2.15"),
        ("2026-04-22", "2.4"),
    )
)

#: an export of its portal
PORTAL = (
    '"DATE","TIME PERIOD","Main refinancing operations - fixed rate tenders (FM.B.U2.EUR.4F.KR.MRR_FR.LEV)"\n'
    '"2026-04-22","22 Apr 2026","2.4"\n'
    '"2025-06-11","11 Jun 2025","2.15"\n'
    '"2025-02-31","?","2.9"\n'
    '"2024-12-18","18 Dec 2024","3.15"\n'
)

#: a table of the French legal interest rate
LEGAL = (
    "Période;Créances des particuliers;Autres cas (professionnels)\n"
    "2e semestre 2026;6,80 %;2,75 %\n"
    "1er semestre 2026;6,67 %;2,62 %\n"
    "1er semestre 2025;7,21 %;à paraître\n"
)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, content = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        """No log."""


class SourceCommon(LateCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        cls.server.answer = (200, SERVICE.encode())
        cls.ecb = cls._series("ECB", (("2025-01-01", "2025-06-30", 3.15),))
        cls.ecb.write(
            {
                "file_format": "changes",
                "file_column": "MRR_FR",
                "fetch_url": f"http://127.0.0.1:{cls.server.server_port}/data",
            }
        )
        cls.admin = cls._user("admin", "base.group_system,credit_management.group_credit_manager")

    def _rates(self, series):
        rates = series.sudo().rate_ids.sorted("date_from")
        return [(rate.date_from.isoformat(), rate.rate) for rate in rates]


@tagged("post_install", "-at_install")
class TestFetch(SourceCommon):
    """No connection is made until a company allows it; fetched rates are like typed ones."""

    def setUp(self):
        super().setUp()
        self.company.sudo().credit_interest_fetch = True
        self.server.answer = (200, SERVICE.encode())

    def _fetch(self):
        self.env["credit.interest.series"].sudo()._cron_fetch()

    def test_what_is_missing_is_fetched(self):
        self._fetch()
        now = self.env["res.company"]._get_credit_today()
        rates = dict(self._rates(self.ecb))
        self.assertEqual(rates["2025-01-01"], 3.15)
        self.assertEqual(rates["2025-07-01"], 2.15)
        self.assertEqual(rates["2026-01-01"], 2.15)
        if now >= date(2026, 7, 1):
            self.assertEqual(rates["2026-07-01"], 2.4)
        self.assertFalse(self.ecb.fetch_problem)
        self.assertFalse(self.ecb.gap_warning)
        fetched = self.ecb.rate_ids.filtered(lambda rate: rate.rate == 2.15)[0]
        self.assertIn("127.0.0.1", fetched.source)

    def test_nothing_is_asked_unless_a_company_allows_it(self):
        self.company.sudo().credit_interest_fetch = False
        self._fetch()
        self.assertEqual(len(self.ecb.rate_ids), 1)
        with self.assertRaisesRegex(UserError, "No company allows rates"):
            self.ecb.with_user(self.manager).action_fetch()

    def test_a_new_company_allows_no_connection(self):
        company = self.env["res.company"].sudo().create({"name": "New"})
        self.assertFalse(company.credit_interest_fetch)

    def test_what_is_known_far_ahead_is_not_asked_for(self):
        self.ecb.rate_ids.date_to = False
        self.server.answer = (500, b"")
        self._fetch()
        self.assertFalse(self.ecb.fetch_problem)

    def test_a_server_that_fails_is_said_in_a_sentence(self):
        for answer, words in (
            ((500, b""), "500"),
            ((404, b"nothing here"), "404"),
            ((200, b"<html>moved</html>"), "No column heading in the table"),
            ((200, b""), "No column heading in the table"),
            ((200, b"x" * 5_000_001), "too large or too slow"),
        ):
            with self.subTest(words):
                self.server.answer = answer
                self._fetch()
                self.assertIn(words, self.ecb.fetch_problem)
                self.assertEqual(len(self.ecb.rate_ids), 1)
        self.server.answer = (200, SERVICE.encode())
        self._fetch()
        self.assertFalse(self.ecb.fetch_problem)

    def test_a_server_that_does_not_answer_is_said_in_a_sentence(self):
        self.ecb.sudo().fetch_url = "http://127.0.0.1:9/data"
        self._fetch()
        self.assertIn("did not respond as expected", self.ecb.fetch_problem)
        self.assertIn("import the file", self.ecb.fetch_problem)

    def test_one_reference_that_fails_holds_up_no_other_one(self):
        broken = self._series("Broken")
        broken.write({"file_format": "changes", "fetch_url": "http://127.0.0.1:9/"})
        self._fetch()
        self.assertTrue(broken.fetch_problem)
        self.assertGreater(len(self.ecb.rate_ids), 1)

    def test_the_manager_who_is_asked_for_a_rate_reads_why_it_was_not_fetched(self):
        self._procedure([(30, "formal_notice", "email", {"with_charges": True})])
        self.late_policy.series_id = self.ecb
        self.server.answer = (503, b"")
        self._fetch()
        self.env["credit.interest.series"].sudo()._cron_watch()
        self.assertIn("503", self.ecb.sudo().activity_ids.note)

    def test_a_rate_that_somebody_entered_stays(self):
        self.ecb.rate_ids.create(
            {
                "series_id": self.ecb.id,
                "date_from": "2025-07-01",
                "date_to": "2025-12-31",
                "rate": 9.0,
            }
        )
        self._fetch()
        self.assertEqual(dict(self._rates(self.ecb))["2025-07-01"], 9.0)

    def test_a_credit_manager_fetches_at_once_and_others_do_not(self):
        action = self.ecb.with_user(self.manager).action_fetch()
        self.assertEqual(action["params"]["type"], "success")
        with self.assertRaises(AccessError):
            self.ecb.with_user(self.collector).action_fetch()

    def test_an_administrator_alone_sees_and_changes_the_address(self):
        with self.assertRaises(AccessError):
            self.ecb.with_user(self.manager).read(["fetch_url"])
        with self.assertRaises(AccessError):
            self.ecb.with_user(self.manager).write({"fetch_url": "http://127.0.0.1/"})
        series = self.ecb.with_user(self.admin)
        series.fetch_url = "https://example.com/rates.csv"
        with self.assertRaisesRegex(ValidationError, "must begin with https"):
            series.fetch_url = "file:///etc/passwd"


@tagged("post_install", "-at_install")
class TestRateImport(SourceCommon):
    """A file is previewed before anything is entered: each row shows its outcome."""

    def _open(self, content, series=None, user=None):
        series = series or self.ecb
        user = user or self.manager
        action = series.with_user(user).action_import()
        wizards = self.env["credit.interest.import"].with_user(user)
        form = Form(wizards.with_context(**action["context"]))
        form.file = base64.b64encode(content.encode())
        return form

    def _legal(self, column):
        series = self._series("Legal", (("2026-01-01", "2026-06-30", 2.50),))
        series.write({"file_format": "half_years", "file_column": column})
        return series

    def test_the_export_of_the_portal_is_read_and_its_bad_row_told(self):
        wizard = self._open(PORTAL).save()
        self.assertEqual(wizard.bad_count, 1)
        [bad] = wizard.line_ids.filtered(lambda line: line.state == "bad")
        self.assertEqual(bad.number, 4)
        self.assertIn("No date or half-year can be read", bad.message)
        self.assertEqual(len(self.ecb.rate_ids), 1, "nothing is entered yet")
        wizard.file_name = "rates.csv"
        wizard.action_import()
        rates = dict(self._rates(self.ecb))
        self.assertEqual((rates["2025-01-01"], rates["2025-07-01"]), (3.15, 2.15))
        self.assertEqual(self.ecb.rate_ids.sorted("date_from")[1].source, "rates.csv")

    def test_a_table_of_half_years_says_what_is_new_known_different_or_bad(self):
        series = self._legal("professionnel|autres cas")
        wizard = self._open(LEGAL, series).save()
        states = {line.number: line.state for line in wizard.line_ids}
        self.assertEqual(states, {2: "new", 3: "differs", 4: "bad"})
        differs = wizard.line_ids.filtered(lambda line: line.state == "differs")
        self.assertIn("2.5 % is already entered from 01/01/2026", differs.message)
        wizard.action_import()
        self.assertEqual(self._rates(series), [("2026-01-01", 2.5), ("2026-07-01", 2.75)])

    def test_the_column_of_the_other_creditor(self):
        series = self._legal("particulier")
        self._open(LEGAL, series).save().action_import()
        self.assertEqual(
            self._rates(series), [("2025-01-01", 7.21), ("2026-01-01", 2.5), ("2026-07-01", 6.8)]
        )

    def test_a_file_without_the_rate_is_refused_with_a_sentence(self):
        wizard = self._open("Name;Amount\nA;1\n").save()
        self.assertIn("No column heading in the table", wizard.problem)
        with self.assertRaisesRegex(UserError, "No column heading in the table"):
            wizard.action_import()

    def test_a_file_with_nothing_new_enters_nothing(self):
        self.ecb.rate_ids.date_to = False
        wizard = self._open(SERVICE).save()
        with self.assertRaisesRegex(UserError, "no new rates"):
            wizard.action_import()

    def test_a_file_of_another_encoding_is_read(self):
        wizard = self._open(LEGAL, self._legal("créances des particuliers"))
        wizard.file = base64.b64encode(LEGAL.encode("cp1252"))
        self.assertEqual(wizard.save().new_count, 2)

    def test_a_collector_imports_no_rates(self):
        with self.assertRaises(AccessError):
            self.env["credit.interest.import"].with_user(self.collector).create(
                {"series_id": self.ecb.id}
            )
        wizard = self._open(SERVICE).save()
        with self.assertRaises(AccessError):
            wizard.with_user(self.collector).action_import()
