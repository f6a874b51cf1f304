import base64
import io
from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from openpyxl import load_workbook

from .common_statement import NOVEMBER, OCTOBER, StatementCommon


@tagged("post_install", "-at_install")
class TestAdvance(StatementCommon):
    """Advances: deducted, carried over, claimed back or kept by the person."""

    def _advance(self, amount, day=date(2026, 10, 5), person=None, pay=True, **values):
        advance = (
            self.env["credit.commission.advance"]
            .with_user(self.manager)
            .create(
                {
                    "company_id": self.company.id,
                    "person_id": (person or self.salesperson.partner_id).id,
                    "plan_id": self.plan.id,
                    "date": day,
                    "amount": amount,
                    "reason": "Monthly advance",
                    **values,
                }
            )
        )
        if pay:
            advance.action_pay()
        return advance

    # === STATEMENTS === #

    def test_an_advance_is_taken_off_the_statement_of_its_period(self):
        advance = self._advance(100.0)
        statement = self._statement(300.0)
        self.assertEqual(advance.statement_id, statement)
        self.assertRecordValues(
            statement,
            [{"earned": 300.0, "advanced": -100.0, "total": 200.0, "payable": 200.0}],
        )

    def test_an_advance_that_was_not_earned_is_recovered_from_what_is_earned_next(self):
        self._advance(100.0)
        october = self._statement(60.0, state="closed")
        self.assertEqual((october.payable, october.carried), (0.0, -40.0))
        november = self._statement(300.0, period=NOVEMBER)
        self.assertEqual((november.opening, november.advanced, november.total), (-40.0, 0.0, 260.0))

    def test_where_the_plan_claims_nothing_back_an_advance_is_a_guaranteed_minimum(self):
        self.plan.claw_back = False
        self._advance(100.0)
        october = self._statement(60.0, state="closed")
        self.assertEqual((october.advance_kept, october.total), (40.0, 0.0))
        november = self._statement(300.0, period=NOVEMBER)
        self.assertEqual((november.opening, november.total), (0.0, 300.0))

    def test_an_advance_on_a_sale_that_was_written_off_is_claimed_back_as_the_plan_says(self):
        for claw_back, carried in ((True, -100.0), (False, 0.0)):
            person = self.env["res.partner"].create({"name": f"Agent {claw_back}"})
            self.plan.claw_back = claw_back
            self._advance(100.0, person=person)
            statement = self._statement(person=person)
            self.assertEqual((statement.earned, statement.carried), (0.0, carried))

    def test_what_is_taken_back_is_not_left_to_the_person(self):
        self.plan.claw_back = False
        self._advance(100.0)
        statement = self._statement(-500.0)
        self.assertEqual((statement.advance_kept, statement.total), (100.0, -500.0))

    def test_a_plan_changed_later_changes_no_advance(self):
        self._advance(100.0)
        statement = self._statement(60.0)
        self.plan.claw_back = False
        statement.with_user(self.manager).action_refresh()
        self.assertEqual(statement.total, -40.0)

    def test_each_advance_is_taken_off_once_by_the_first_statement_that_ends_after_it(self):
        self._advance(10.0)
        later = self._advance(20.0, date(2026, 11, 5))
        october = self._statement(100.0)
        november = self._statement(100.0, period=NOVEMBER)
        self.assertEqual((october.advanced, november.advanced), (-10.0, -20.0))
        self.assertEqual(later.statement_id, november)
        november.with_user(self.manager).unlink()
        self.assertFalse(later.statement_id)
        again = self._prepare(NOVEMBER).filtered(
            lambda one: one.person_id == self.salesperson.partner_id
        )
        self.assertEqual(again.total, 80.0)

    def test_the_documents_show_advances(self):
        self.plan.claw_back = False
        self._advance(100.0, reason="=Rent of October")
        statement = self._statement(60.0)
        report = self.env["ir.actions.report"]._render_qweb_html(
            "credit_commission.report_statement", statement.ids
        )[0]
        for words in (b"=Rent of October", b"Advances not claimed back", b"100.00", b"40.00"):
            self.assertIn(words, report)
        book = load_workbook(io.BytesIO(base64.b64decode(statement.file_xlsx))).active
        cells = {cell.value: cell for row in book for cell in row if cell.value}
        row = cells["Opening balance"].row
        self.assertEqual(cells["Advances"].offset(column=1).value, -100)
        self.assertEqual(
            cells["Total"].offset(column=1).value,
            "=" + "+".join(f"J{row + place}" for place in range(4)),
        )

    # === ACCRUAL === #

    def test_an_accrual_counts_what_was_paid_in_advance(self):
        self._advance(100.0)
        self._entry(300.0)
        accrual = self.env["credit.commission.accrual"].with_user(self.accountant)
        accrual = accrual.create({"company_id": self.company.id, "date": OCTOBER[1]})
        accrual.action_compute()
        self.assertEqual(accrual.total, 200.0)

    def test_an_advance_that_is_left_to_the_person_takes_nothing_off_later_accruals(self):
        self.plan.claw_back = False
        self._advance(100.0)
        self._statement(60.0, state="closed")
        self._entry(50.0, day=NOVEMBER[0])
        accrual = self.env["credit.commission.accrual"].with_user(self.accountant)
        accrual = accrual.create({"company_id": self.company.id, "date": NOVEMBER[1]})
        accrual.action_compute()
        self.assertEqual(accrual.total, 50.0)

    # === WHO AND WHEN === #

    def test_a_draft_is_taken_off_nothing(self):
        advance = self._advance(100.0, pay=False)
        self.assertEqual(self._statement(60.0).total, 60.0)
        self.assertEqual(advance.payout, "payroll")
        advance.amount = 50.0
        advance.unlink()

    def test_a_paid_advance_stays_as_it_is(self):
        advance = self._advance(100.0)
        with self.assertRaisesRegex(UserError, "Reset it to draft"):
            advance.amount = 50.0
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            advance.unlink()
        statement = self._statement(60.0)
        advance.action_draft()
        self.assertEqual(statement.total, 60.0)
        advance.action_pay()
        statement.with_user(self.manager).action_refresh()
        statement.with_user(self.manager).action_mark_sent()
        with self.assertRaisesRegex(UserError, "is on a sent statement"):
            advance.action_draft()

    def test_only_managers_pay_advances_and_never_their_own(self):
        advance = self._advance(100.0, pay=False)
        other = self.setup_other_company(name="Other")["company"]
        foreign = self._user("foreign", "credit_commission.group_commission_manager")
        foreign.sudo().write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        for user in (self.salesperson, self.accountant, foreign):
            for action in ("action_pay", "action_draft"):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    getattr(advance.with_user(user), action)()
        with self.assertRaises(AccessError):
            advance.with_user(self.salesperson).amount = 1.0
        with self.assertRaisesRegex(AccessError, "Ask another manager"):
            self._advance(100.0, person=self.manager.partner_id)
        for vals in ({"state": "paid"}, {"claw_back": True}, {"statement_id": 1}):
            with self.subTest(vals), self.assertRaisesRegex(AccessError, "Use its buttons"):
                advance.write(vals)
            with self.assertRaisesRegex(AccessError, "Use its buttons"):
                self._advance(1.0, pay=False, **vals)

    def test_everybody_sees_own_advances(self):
        self._advance(100.0)
        self._advance(100.0, person=self.agent)
        portal = new_test_user(self.env(su=True), "commission_portal", "base.group_portal")
        advances = self.env["credit.commission.advance"]
        self.assertEqual(advances.with_user(self.salesperson).search_count([]), 1)
        self.assertEqual(advances.with_user(self.colleague).search_count([]), 0)
        self.assertEqual(advances.with_user(self.accountant).search_count([]), 2)
        with self.assertRaises(AccessError):
            advances.with_user(portal).search_count([])
