from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_statement import NOVEMBER, OCTOBER, StatementCommon


@tagged("post_install", "-at_install")
class TestStatement(StatementCommon):
    def test_a_statement_has_opening_balance_entries_and_total(self):
        statement = self._statement(120.0, -30.5)
        self.assertRecordValues(
            statement,
            [
                {
                    "person_id": self.salesperson.partner_id.id,
                    "date_from": OCTOBER[0],
                    "date_to": OCTOBER[1],
                    "opening": 0.0,
                    "earned": 89.5,
                    "total": 89.5,
                    "payable": 89.5,
                    "carried": 0.0,
                    "entry_count": 2,
                    "state": "draft",
                    "payout": "payroll",
                    "date_due": date(2027, 1, 31),
                }
            ],
        )
        self.assertIn("October 2026", statement.display_name)

    def test_a_year_is_due_with_its_first_quarter(self):
        year = date(2026, 1, 1), date(2026, 12, 31)
        self._entry(50.0, self.agent)
        statement = (
            self.env["credit.commission.statement"].sudo()._prepare_period(self.company, *year)
        )
        self.assertEqual(statement.date_due, date(2026, 4, 30))

    def test_a_negative_total_is_carried_over_until_it_is_earned_back(self):
        october = self._statement(-150.0, state="closed")
        self.assertEqual((october.payable, october.carried), (0.0, -150.0))
        self.assertEqual(october.payment_state, "none")
        november = self._statement(200.0, period=NOVEMBER)
        self.assertEqual(november.previous_id, october)
        self.assertEqual((november.opening, november.total), (-150.0, 50.0))

    def test_who_owes_a_balance_gets_a_statement_without_entries(self):
        self._statement(-150.0, state="closed")
        november = self._statement(period=NOVEMBER)
        self.assertEqual((november.entry_count, november.total), (0, -150.0))

    def test_what_changes_in_an_open_statement_changes_the_balance_of_the_next(self):
        october = self._statement(-150.0)
        november = self._statement(200.0, period=NOVEMBER)
        self._entry(100.0)
        october.with_user(self.manager).action_refresh()
        self.assertEqual((october.total, november.opening, november.total), (-50.0, -50.0, 150.0))

    def test_a_balance_is_carried_once_when_a_month_is_prepared_late(self):
        self._statement(-100.0, state="closed", period=(date(2026, 9, 1), date(2026, 9, 30)))
        november = self._statement(30.0, period=NOVEMBER)
        self._entry(20.0)
        with self.assertRaisesRegex(UserError, "There is no commission up to that date"):
            self._prepare()
        november.with_user(self.manager).action_refresh()
        self.assertEqual((november.opening, november.total), (-100.0, -50.0))

    def test_a_draft_whose_balance_goes_on_is_not_deleted(self):
        october = self._statement(-100.0)
        november = self._statement(30.0, period=NOVEMBER)
        with self.assertRaisesRegex(UserError, "Delete that statement first"):
            october.with_user(self.manager).unlink()
        (october | november).with_user(self.manager).unlink()

    def test_each_person_has_a_statement_of_own_entries(self):
        self._entry(10.0)
        self._entry(20.0, self.agent)
        self._entry(40.0, self.agent, day=date(2026, 11, 2))
        statements = self._prepare()
        found = {one.person_id: one.total for one in statements}
        self.assertEqual(found, {self.salesperson.partner_id: 10.0, self.agent: 20.0})
        self.assertEqual(
            {one.person_id: one.payout for one in statements},
            {self.salesperson.partner_id: "payroll", self.agent: "bill"},
        )

    def test_what_comes_late_is_in_the_next_statement(self):
        self._statement(10.0, state="closed")
        late = self._entry(25.0, day=date(2026, 10, 20))
        november = self._statement(5.0, period=NOVEMBER)
        self.assertIn(late, november.entry_ids)
        self.assertEqual(november.total, 30.0)

    def test_preparing_twice_makes_nothing_twice(self):
        first = self._statement(10.0)
        self._entry(7.0)
        self.assertEqual(self._prepare(), first)
        self.assertEqual(first.total, 17.0)

    def test_a_statement_that_was_sent_stays_as_it_was_seen(self):
        statement = self._statement(10.0, state="sent")
        self._entry(7.0)
        self._prepare()
        self.assertEqual(statement.total, 10.0)

    def test_periods_of_a_person_do_not_overlap(self):
        self._statement(10.0)
        with self.assertRaisesRegex(UserError, "already has a statement from"):
            self.env(su=True)["credit.commission.statement"].create(
                {
                    "company_id": self.company.id,
                    "person_id": self.salesperson.partner_id.id,
                    "date_from": date(2026, 10, 15),
                    "date_to": date(2026, 11, 15),
                }
            )

    def test_a_period_without_earnings_says_so(self):
        with self.assertRaisesRegex(UserError, "There is no commission up to that date"):
            self._prepare()

    def test_a_quarter_is_a_period_too(self):
        for month in (7, 8, 9):
            self._entry(10.0, day=date(2026, month, 10))
        wizard = self.env["credit.commission.period"].with_user(self.manager)
        wizard = wizard.create({"period": "quarter", "day": date(2026, 8, 3)})
        self.assertEqual((wizard.date_from, wizard.date_to), (date(2026, 7, 1), date(2026, 9, 30)))
        statement = self.env["credit.commission.statement"].search(
            wizard.action_prepare()["domain"]
        )
        self.assertEqual(statement.total, 30.0)
        self.assertEqual(statement._get_period_name(), "Q3 2026")

    def test_a_draft_that_is_deleted_gives_its_entries_back(self):
        statement = self._statement(10.0)
        entry = statement.entry_ids
        statement.with_user(self.manager).unlink()
        self.assertFalse(entry.statement_id)
        self.assertEqual(self._prepare().total, 10.0)

    def test_a_statement_that_was_sent_is_not_deleted(self):
        statement = self._statement(10.0, state="sent")
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            statement.with_user(self.manager).unlink()

    def test_settled_entries_are_frozen(self):
        statement = self._statement(10.0, state="closed")
        for values in ({"amount": 99.0}, {"statement_id": False}, {"review": "agreed"}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "cannot be changed"):
                statement.entry_ids.write(values)
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            statement.entry_ids.unlink()

    # === CLOSING === #

    def test_a_period_is_closed_when_nothing_is_contested(self):
        statement = self._statement(10.0, state="sent")
        self._close()
        self.assertEqual(statement.state, "closed")
        self.assertEqual(statement.closed_by, self.manager)
        self.assertEqual(statement.payment_state, "open")

    def test_a_period_with_contested_lines_is_not_closed_and_says_which(self):
        statement = self._statement(10.0, state="sent")
        statement.entry_ids.with_user(self.salesperson).action_contest("The rate is 7 %")
        with self.assertRaisesRegex(UserError, "(?s)contested lines.*Anna Sales.*The rate is 7 %"):
            self._close()
        self.assertEqual(statement.state, "contested")

    def test_a_draft_is_not_closed(self):
        self._statement(10.0)
        with self.assertRaisesRegex(UserError, "is Draft"):
            self._close()

    def test_statements_are_closed_in_turn(self):
        self._statement(10.0, state="sent")
        november = self._statement(5.0, state="sent", period=NOVEMBER)
        with self.assertRaisesRegex(UserError, "Close the previous statement first"):
            november.with_user(self.manager).action_close()
        self._close()
        november.with_user(self.manager).action_close()

    def test_nothing_to_close_says_so(self):
        with self.assertRaisesRegex(UserError, "no statements to close"):
            self._close()

    def _close(self, period=OCTOBER):
        wizard = self.env["credit.commission.period"].with_user(self.manager)
        wizard.create({"period": "month", "day": period[0]}).action_close()

    # === SENDING === #

    def test_a_statement_is_mailed_with_its_document_in_the_persons_language(self):
        self.env["res.lang"].sudo()._activate_lang("fr_FR")
        self.agent.lang = "fr_FR"
        statement = self._statement(1250.0, person=self.agent)
        statement.with_user(self.manager).action_send()
        self.assertEqual((statement.state, statement.is_mail_due), ("sent", True))
        self.assertRegex(statement.name, r"^COM/2026/\d{5}$")
        with self.allow_pdf_render():
            statement._send_mail()
        mail = (
            self.env["mail.mail"]
            .sudo()
            .search([("res_id", "=", statement.id), ("model", "=", statement._name)])
        )
        self.assertEqual(mail.recipient_ids, self.agent)
        self.assertIn("octobre 2026", mail.subject)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(len(mail.attachment_ids), 1)
        self.assertFalse(statement.is_mail_due)

    def test_the_queue_goes_on_after_a_statement_that_cannot_be_mailed(self):
        bad = self._statement(1.0, person=self.agent)
        good = self._statement(1.0)
        (bad | good).with_user(self.manager).action_send()
        send = type(bad)._send_mail

        def fail(self):
            if self == bad:
                raise ValueError("no document")
            return send(self)

        self.patch(type(bad), "_send_mail", fail)
        with (
            self.assertLogs("odoo.addons.credit_commission", "ERROR"),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("credit_commission.ir_cron_send_statements").method_direct_trigger()
        self.assertEqual((bad.is_mail_due, good.is_mail_due), (False, False))
        self.assertEqual(bad.activity_ids.user_id, self.manager)
        self.assertTrue(
            self.env["mail.mail"]
            .sudo()
            .search_count([("res_id", "=", good.id), ("model", "=", good._name)])
        )

    def test_who_has_no_mail_is_named(self):
        self.agent.email = False
        statement = self._statement(10.0, person=self.agent)
        with self.assertRaisesRegex(UserError, "e-mail address of South Agency"):
            statement.with_user(self.manager).action_send()
        statement.with_user(self.manager).action_mark_sent()
        self.assertEqual((statement.state, statement.is_mail_due), ("sent", False))

    def test_a_statement_goes_back_to_draft_and_out_again_under_its_number(self):
        statement = self._statement(10.0, state="sent")
        name = statement.name
        statement.with_user(self.manager).action_draft()
        self._entry(5.0)
        statement.with_user(self.manager).action_refresh()
        statement.with_user(self.manager).action_mark_sent()
        self.assertEqual((statement.name, statement.total), (name, 15.0))

    # === RIGHTS === #

    def test_only_managers_make_send_and_close_statements(self):
        statement = self._statement(10.0)
        period = self.env["credit.commission.period"]
        for user in (self.salesperson, self.colleague, self.accountant):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    period.with_user(user).create({})
                for action in (
                    "action_refresh",
                    "action_send",
                    "action_mark_sent",
                    "action_draft",
                    "action_close",
                ):
                    with self.assertRaises(AccessError):
                        getattr(statement.with_user(user), action)()
        self.assertEqual(statement.state, "draft")

    def test_nobody_writes_a_statement_past_its_actions(self):
        statement = self._statement(10.0, state="sent")
        for user in (self.salesperson, self.manager, self.accountant):
            with self.subTest(user.login):
                for values in (
                    {"state": "closed"},
                    {"person_id": user.partner_id.id},
                    {"payout": "bill"},
                ):
                    with self.assertRaises(AccessError):
                        statement.with_user(user).write(values)
                with self.assertRaises(AccessError):
                    statement.with_user(user).copy()
                with self.assertRaises(AccessError):
                    statement.entry_ids.with_user(user).write({"review": "agreed"})

    def test_a_salesperson_sees_own_statements_only(self):
        statement = self._statement(10.0, state="sent")
        statements = self.env["credit.commission.statement"]
        self.assertEqual(statements.with_user(self.salesperson).search([]), statement)
        self.assertFalse(statements.with_user(self.colleague).search([]))
        for name in ("total", "file_xlsx"):
            statement.with_user(self.salesperson).read([name])
            with self.assertRaises(AccessError):
                statement.with_user(self.colleague).read([name])
        for action in ("action_preview", "action_download_xlsx", "action_view_entries"):
            getattr(statement.with_user(self.salesperson), action)()
            with self.assertRaises(AccessError):
                getattr(statement.with_user(self.colleague), action)()

    def test_a_manager_of_another_company_sees_and_closes_nothing(self):
        statement = self._statement(10.0, state="sent")
        other = self.setup_other_company(name="Other")["company"]
        stranger = self._user("stranger", "credit_commission.group_commission_manager")
        stranger.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertFalse(self.env["credit.commission.statement"].with_user(stranger).search([]))
        for action in ("action_close", "action_draft", "action_preview"):
            with self.subTest(action), self.assertRaises(AccessError):
                getattr(statement.with_user(stranger), action)()
        with self.assertRaises(AccessError):
            self.env["credit.commission.period"].with_user(stranger).create(
                {"company_id": self.company.id, "period": "month", "day": OCTOBER[0]}
            ).action_prepare()

    def test_portal_and_public_see_no_statement(self):
        statement = self._statement(10.0, state="sent")
        portal = self._user("portal", "base.group_portal")
        for user in (portal, self.env(su=True).ref("base.public_user")):
            with self.subTest(user.login), self.assertRaises(AccessError):
                statement.with_user(user).read(["total"])
            with self.subTest(user.login), self.assertRaises(AccessError):
                statement.with_user(user).action_agree()
