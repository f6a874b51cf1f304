from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import LitigationCommon


@tagged("post_install", "-at_install")
class TestLitigation(LitigationCommon):
    """A case: its items leave the reminders and stay a debt, its money and its end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.user_id = cls.salesperson
        cls.company.country_id = cls.company.account_fiscal_country_id = cls.env.ref("base.fr")
        cls.env["credit.late.policy"].sudo().search([]).active = False

    def setUp(self):
        super().setUp()
        self.a = self._invoice(1000, days_late=60)
        self.b = self._invoice(500, days_late=40)

    # === FROM AN EMPTY FORM === #

    def test_choosing_the_customer_proposes_all_that_is_overdue(self):
        self._invoice(300)  # not due yet
        with Form(self.env["credit.litigation"].with_user(self.collector)) as form:
            form.partner_id = self.customer
            self.assertEqual(len(form.line_ids), 2)
        case = form.record
        self.assertEqual(case.line_ids.item_id, self._item(self.a) | self._item(self.b))
        self.assertEqual(case.claimed_total, 1500.0)
        self.assertTrue(case.name.startswith("CTX/"))
        self.assertEqual(case.state, "draft")

    def test_a_prepared_case_changes_nothing_yet(self):
        self._case(self.a, opened=False)
        self._procedure()
        self.assertNamed(self._run(), a=8, b=8)
        self.assertEqual(self._profile().status, "normal")

    # === OPENING === #

    def test_items_of_an_open_case_leave_the_reminders_and_stay_a_debt(self):
        self._procedure()
        before = self._profile().exposure
        case = self._case(self.a)
        self._profile().status = "watch"  # even where somebody changes the status
        run = self._run()
        self.assertNamed(run, b=8)
        self.assertIn((self.customer, "legal"), self._get_excluded(run))
        profile = self._profile()
        self.assertEqual(profile.exposure, before)
        self.assertEqual(profile.overdue, 1500.0)
        self.assertEqual(case.state, "open")

    def test_opening_says_so_on_the_file_and_tells_sales(self):
        case = self._case(self.a)
        profile = self._profile()
        self.assertEqual(profile.status, "legal")
        self.assertIn(case.name, profile.status_reason)
        told = self.customer.activity_ids.filtered(lambda one: one.user_id == self.salesperson)
        self.assertEqual(len(told), 1)
        self.assertEqual(profile.litigations_open, 1)

    def test_a_collector_prepares_and_a_manager_opens_and_closes(self):
        case = self._case(self.a, opened=False)
        with self.assertRaisesRegex(AccessError, "credit manager opens"):
            case.action_open()
        case.with_user(self.manager).action_open()
        with self.assertRaisesRegex(AccessError, "credit manager opens"):
            case.action_close("lost", "Nothing left")

    def test_nobody_types_a_state_a_result_or_an_opened_claim(self):
        case = self._case(self.a)
        for values in ({"state": "closed"}, {"result": "lost"}, {"date_open": False}):
            with self.subTest(values), self.assertRaises(AccessError):
                case.with_user(self.manager).write(values)
        with self.assertRaisesRegex(UserError, "no longer be changed"):
            case.write({"line_ids": [Command.clear()]})
        with self.assertRaisesRegex(UserError, "kept"):
            case.sudo().unlink()

    def test_an_item_is_in_one_case_only(self):
        self._case(self.a)
        with self.assertRaisesRegex(ValidationError, "already covered"):
            self._case(self.a, opened=False)

    def test_an_item_of_another_company_or_customer_is_refused(self):
        other = self._customer("Other")
        with self.assertRaisesRegex(ValidationError, "not owed by"):
            self._case(self.a, opened=False, customer=other)
        theirs = self.setup_other_company()["company"]
        self.collector.sudo().company_ids |= theirs
        with self.assertRaisesRegex(ValidationError, "not owed by"):
            self.env["credit.litigation"].with_user(self.collector).create(
                {
                    "partner_id": self.customer.id,
                    "company_id": theirs.id,
                    "line_ids": [Command.create({"item_id": self._item(self.a).id})],
                }
            )

    def test_what_was_paid_in_the_meantime_is_not_claimed(self):
        case = self._case(self.a, opened=False)
        self._pay(self.a)
        with self.assertRaisesRegex(ValidationError, "paid in the meantime"):
            case.with_user(self.manager).action_open()

    def test_the_case_belongs_to_the_company(self):
        case = self._case(self.a)
        theirs = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env(su=True),
            "credit_case_stranger",
            "credit_management.group_credit_manager",
            company_id=theirs.id,
            company_ids=[Command.set(theirs.ids)],
        )
        with self.assertRaises(AccessError):
            case.with_user(stranger).with_context(allowed_company_ids=theirs.ids).read(["name"])
        with self.assertRaises(AccessError):
            case.with_user(self.salesperson).read(["name"])

    def test_the_gate_knows_of_the_case(self):
        self.policy = self._policy(legal_case={"action": "hold"})
        order = self._order(10)
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(order.state, "sale")
        self._case(self.a)
        order = self._order(10)
        order.with_user(self.salesperson).action_confirm()
        self.assertNotEqual(order.state, "sale")
        reason = order.sudo().credit_hold_ids.reason_ids
        self.assertEqual(reason.kind, "legal_case")
        self.assertEqual(reason.figure, 1000.0)

    # === STEPS AND DEADLINES === #

    def test_an_act_starts_the_deadline_of_the_law_of_its_day(self):
        """Both regimes of the order to pay of 2026 (D 4.4): raw day, rolled day, and the working day before."""
        self._rule("decision", "served", months=6, date_to="2026-08-31")
        self._rule("decision", "served", months=3, date_from="2026-09-01")
        case = self._case(self.a)
        step = self._step(case, "decision", "2026-08-20")
        self.assertRecordValues(
            step.following_ids,
            [
                {
                    "deadline_raw": date(2027, 2, 20),
                    "deadline": date(2027, 2, 22),
                    "alert_date": date(2027, 2, 19),
                    "state": "todo",
                }
            ],
        )
        step.date = "2026-09-14"  # typed wrong at first: the other regime applies
        self.assertRecordValues(step.following_ids, [{"deadline": date(2026, 12, 14)}])
        self.assertEqual(case.next_deadline, date(2026, 12, 14))
        activity = case.activity_ids
        self.assertEqual(activity.date_deadline, date(2026, 12, 11))
        self.assertEqual(activity.user_id, self.collector)
        step.following_ids.action_done()
        self.assertFalse(case.activity_ids)
        self.assertFalse(case.next_deadline)

    def test_two_rules_never_apply_on_the_same_day(self):
        self._rule("decision", "served", months=6, date_to="2026-08-31")
        with self.assertRaisesRegex(ValidationError, "same days"):
            self._rule("decision", "served", months=3, date_from="2026-08-31")
        with self.assertRaisesRegex(ValidationError, "before it begins"):
            self._rule("decision", "appeal", months=1, date_to="2019-01-01")

    def test_a_rule_needs_a_period(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._rule("decision", "appeal")

    def test_nobody_types_a_deadline(self):
        self._rule("decision", "served", months=3)
        step = self._step(self._case(self.a), "decision", "2026-09-14").following_ids
        with self.assertRaises(AccessError):
            step.write({"deadline": "2030-01-01"})
        with self.assertRaisesRegex(UserError, "no longer needed"):
            step.unlink()
        step.action_drop()
        self.assertEqual(step.state, "dropped")

    # === MONEY === #

    def test_money_pays_costs_and_interest_first_and_the_order_can_be_agreed(self):
        case = self._case(self.a)
        self._cost(case, 80.0, is_recoverable=True)
        self._cost(case, 200.0)
        receipt = self._receive(case, 100.0)
        self.assertRecordValues(receipt, [{"costs": 80.0, "principal": 20.0, "excess": 0.0}])
        case.allocation = "principal"
        second = self._receive(case, 1000.0)
        self.assertRecordValues(second, [{"costs": 0.0, "principal": 980.0, "excess": 20.0}])
        self.assertRecordValues(
            case, [{"costs": 280.0, "received": 1100.0, "balance": 820.0, "costs_due": 0.0}]
        )

    def test_shares_are_not_typed_and_closed_cases_take_no_money(self):
        case = self._case(self.a)
        with self.assertRaises(AccessError):
            self._receive(case, 100.0, costs=100.0)
        receipt = self._receive(case, 100.0)
        with self.assertRaisesRegex(UserError, "Delete it"):
            receipt.write({"amount": 50.0})
        case.with_user(self.manager).action_close("partly", "The rest is lost")
        with self.assertRaisesRegex(UserError, "is closed"):
            self._receive(case, 100.0)

    def test_interest_and_fixed_sum_run_to_the_day(self):
        policy = self.env(su=True)["credit.late.policy"].create(
            {
                "name": "Own rate",
                "rate_basis": "own",
                "own_rate": 10.0,
                "fee_ids": [Command.create({"fee": 40.0})],
            }
        )
        self.company.sudo().credit_late_policy_id = policy
        line = self._case(self.a).line_ids
        measured = self.env["credit.late.measure"]._measure(line.item_id, self.today)
        figures = measured[line.item_id.id]
        self.assertGreater(line.interest, 0)
        self.assertEqual((line.interest, line.fixed_sum), (figures.interest, figures.indemnity))
        case = line.litigation_id
        self.assertAlmostEqual(case.total, 1000.0 + line.interest + line.fixed_sum)

    def test_fees_are_measured_on_the_case(self):
        terms = self.env(su=True)["credit.litigation.fee"].create(
            {
                "name": "Agency",
                "fixed": 50.0,
                "slice_ids": [
                    Command.create({"amount_from": 0, "percent": 15}),
                    Command.create({"amount_from": 600, "percent": 5}),
                ],
            }
        )
        case = self._case(self.a)
        party = case.env["credit.litigation.party"].create(
            {
                "litigation_id": case.id,
                "role": "agency",
                "partner_id": self._customer("Agency").id,
                "fee_id": terms.id,
            }
        )
        self.assertEqual(party.fee_amount, 160.0)
        terms.is_on_success = True
        self._receive(case, 100.0)
        party.invalidate_recordset()
        self.assertEqual(party.fee_amount, 65.0)

    # === CLOSING === #

    def test_closing_gives_the_status_and_the_reminders_back(self):
        self._profile(status="watch", status_reason="Slow")
        self._procedure()
        case = self._case(self.a)
        self._rule("decision", "served", months=3)
        self._step(case, "decision", self.today)
        self.assertTrue(case.activity_ids)
        case.with_user(self.manager).action_close("settled", "Agreed on half")
        self.assertRecordValues(
            case, [{"state": "closed", "result": "settled", "date_closed": self.today}]
        )
        self.assertEqual(case.stage_id, self.env.ref("credit_litigation.stage_closed"))
        self.assertFalse(case.activity_ids)
        profile = self._profile()
        self.assertRecordValues(profile, [{"status": "watch", "status_reason": "Slow"}])
        self.assertNamed(self._run(), a=8, b=8)

    def test_the_status_waits_for_the_last_case_and_for_nobody_s_other_decision(self):
        first, second = self._case(self.a), self._case(self.b)
        first.with_user(self.manager).action_close("recovered", "Paid")
        self.assertEqual(self._profile().status, "legal")
        second.with_user(self.manager).action_close("recovered", "Paid")
        self.assertEqual(self._profile().status, "normal")

    def test_the_window_closes_the_case(self):
        case = self._case(self.a).with_user(self.manager)
        action = case.action_close()
        window = self.env[action["res_model"]].with_user(self.manager)
        window = window.with_context(**action["context"])
        with Form(window) as form:
            form.result = "lost"
            form.note = "Nothing to seize"
        form.record.action_close()
        self.assertEqual(case.result, "lost")

    def test_a_merged_customer_takes_its_cases_along(self):
        case = self._case(self.a)
        group = self._customer("Group")
        self.customer.sudo().write({"is_company": False, "parent_id": group.id})
        self.assertEqual(case.partner_id, group)

    # === KIT === #

    def _cost(self, case, amount, **values):
        return case.env["credit.litigation.cost"].create(
            {"litigation_id": case.id, "name": "Fee", "amount": amount, **values}
        )

    def _receive(self, case, amount, **values):
        return case.env["credit.litigation.receipt"].create(
            {
                "litigation_id": case.id,
                "amount": amount,
                "date": self.today - timedelta(0),
                **values,
            }
        )
