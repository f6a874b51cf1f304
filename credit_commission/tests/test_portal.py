from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common_statement import NOVEMBER, OCTOBER, StatementCommon


@tagged("post_install", "-at_install")
class TestPortal(StatementCommon, HttpCase):
    """Agents read and answer their own sent statements in the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.login = new_test_user(
            cls.env(su=True), "commission_portal", "base.group_portal", name="Pia Portal"
        )
        cls.login.partner_id.sudo().parent_id = cls.agent
        cls.stranger = new_test_user(
            cls.env(su=True), "commission_stranger", "base.group_portal", name="Sam Stranger"
        )

    def _sent(self, *amounts, period=OCTOBER):
        return self._statement(*amounts, person=self.agent, state="sent", period=period)

    def _post(self, url, **values):
        values["csrf_token"] = self._get_token()
        return self.url_open(url, data=values)

    def _get_token(self):
        page = self.url_open(f"/my/commissions/{self.statement.id}").text
        return page.split('name="csrf_token" value="')[1].split('"')[0]

    def _enter(self, user):
        self.authenticate(user.login, user.login)

    # === RIGHTS === #

    def test_an_agent_reads_what_was_sent_to_it(self):
        sent = self._sent(100.0)
        draft = self._statement(50.0, person=self.agent, period=NOVEMBER)
        other = self._statement(70.0, state="sent")
        statements = self.env["credit.commission.statement"].with_user(self.login)
        self.assertEqual(statements.search([]), sent.with_user(self.login))
        entries = self.env["credit.commission.entry"].with_user(self.login)
        self.assertEqual(entries.search([]).sudo(), sent.entry_ids)
        for statement in (draft, other):
            with self.assertRaises(AccessError):
                statement.with_user(self.login).read(["total"])
        self.assertFalse(statements.with_user(self.stranger).search([]))
        self.assertFalse(entries.with_user(self.stranger).search([]))

    def test_an_agent_agrees_and_contests_itself_alone(self):
        sent = self._sent(100.0, 50.0)
        line = sent.entry_ids[0]
        for user in (self.stranger, self.colleague):
            with self.assertRaises(AccessError):
                sent.with_user(user).action_agree()
            with self.assertRaises(AccessError):
                line.with_user(user).action_contest("Mine")
        with self.assertRaisesRegex(UserError, "Enter what is wrong"):
            line.with_user(self.login).action_contest({"not": "a text"})
        line.with_user(self.login).action_contest("The customer paid in time")
        self.assertEqual((sent.state, line.review), ("contested", "contested"))
        line.with_user(self.login).action_withdraw()
        sent.with_user(self.login).action_agree()
        self.assertEqual(sent.state, "agreed")
        with self.assertRaises(AccessError):
            sent.with_user(self.login).write({"state": "draft"})
        with self.assertRaises(AccessError):
            sent.with_user(self.login).action_close()
        self.assertFalse(line.with_user(self.login).has_access("write"))
        with self.assertRaises(UserError):
            line.with_user(self.login).write({"amount": 1000})

    def test_an_agent_reads_no_plan_and_no_collection(self):
        for model in ("plan", "rule", "collection", "waiting", "advance", "payroll"):
            records = self.env[f"credit.commission.{model}"].with_user(self.login)
            self.assertFalse(records.has_access("read"), model)

    # === PAGES === #

    def test_the_page_shows_the_lines_and_takes_the_answer(self):
        self.statement = sent = self._sent(100.0, 50.0)
        self._enter(self.login)
        listed = self.url_open("/my/commissions").text
        self.assertIn(sent.name, listed)
        page = self.url_open(f"/my/commissions/{sent.id}").text
        self.assertIn(self.invoice.name, page)
        self.assertIn("All sales: 5 %", page)
        line = sent.entry_ids[0]
        self._post(f"/my/commissions/{sent.id}/contest", line_id=line.id, reason="Paid in time")
        self.assertEqual((line.review, line.contest_reason), ("contested", "Paid in time"))
        self.assertIn("You contest lines", self._post(f"/my/commissions/{sent.id}/agree").text)
        self._post(f"/my/commissions/{sent.id}/withdraw", line_id=line.id)
        self._post(f"/my/commissions/{sent.id}/agree")
        self.assertEqual(sent.state, "agreed")

    def test_a_contest_needs_a_note_and_a_line_of_the_statement(self):
        self.statement = sent = self._sent(100.0)
        other = self._statement(70.0, state="sent")
        self._enter(self.login)
        url = f"/my/commissions/{sent.id}/contest"
        answer = self._post(url, line_id=sent.entry_ids.id, reason=" ").text
        self.assertIn("Enter what is wrong", answer)
        for line in (other.entry_ids.id, 0, "x", "9" * 30, "nan", "[1]"):
            answer = self._post(url, line_id=line, reason="Mine").text
            self.assertIn("Choose a line of this statement", answer)
        self.assertFalse((sent | other).entry_ids.filtered("review"))

    def test_strangers_are_sent_away(self):
        sent = self._sent(100.0)
        draft = self._statement(50.0, person=self.agent, period=NOVEMBER)
        self._enter(self.stranger)
        self.assertNotIn(sent.name, self.url_open(f"/my/commissions/{sent.id}").text)
        self._enter(self.login)
        page = self.url_open(f"/my/commissions/{draft.id}", allow_redirects=False)
        self.assertIn(page.status_code, (302, 303))

    def test_the_document_is_downloaded(self):
        sent = self._sent(100.0)
        self._enter(self.login)
        page = self.url_open(f"/my/commissions/{sent.id}?report_type=html")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Commission Statement", page.text)

    def test_a_closed_statement_takes_no_answer(self):
        sent = self._statement(100.0, person=self.agent, state="closed")
        with self.assertRaises(UserError):
            sent.with_user(self.login).action_agree()
        with self.assertRaises(UserError):
            sent.entry_ids.with_user(self.login).action_contest("Late")
