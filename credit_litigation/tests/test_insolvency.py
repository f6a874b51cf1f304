from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import LitigationCommon


@tagged("post_install", "-at_install")
class TestInsolvency(LitigationCommon):
    """Proceedings: earlier debts are frozen and declared, later ones are followed, deadlines are watched."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.company.account_fiscal_country_id = cls.env.ref("base.fr")
        cls.judgment = cls.today - timedelta(30)
        cls.env["credit.deadline.rule"].sudo().search([]).active = False

    def setUp(self):
        super().setUp()
        self.a = self._invoice(1000, days_late=60)
        self.b = self._invoice(500, days_late=10)

    def _insolvency(self, opened=True, **values):
        with Form(self.env["credit.insolvency"].with_user(self.collector)) as form:
            form.partner_id = self.customer
            form.date_judgment = self.judgment
            for name, value in values.items():
                setattr(form, name, value)
        proceedings = form.record
        if opened:
            proceedings.with_user(self.manager).action_open()
        return proceedings

    def test_an_empty_form_proposes_all_that_is_owed_and_keeps_later_debts_apart(self):
        proceedings = self._insolvency(opened=False)
        lines = proceedings.line_ids.sorted("date")
        self.assertRecordValues(
            lines,
            [
                {"is_later": False, "amount": 1000.0, "declared": 1000.0},
                {"is_later": True, "amount": 500.0, "declared": 0.0},
            ],
        )
        self.assertRecordValues(proceedings, [{"declared": 1000.0, "later": 500.0}])
        self.assertFalse(self._profile().insolvency_date)

    def test_in_a_liquidation_all_is_declared(self):
        proceedings = self._insolvency(opened=False, kind="liquidation")
        self.assertEqual(proceedings.declared, 1500.0)

    def test_opening_blocks_the_customer_and_stops_earlier_reminders_only(self):
        self._procedure()
        proceedings = self._insolvency()
        profile = self._profile()
        self.assertRecordValues(
            profile,
            [
                {
                    "status": "blocked",
                    "insolvency_date": self.judgment,
                    "insolvency_kind": "receivership",
                }
            ],
        )
        self.assertIn(proceedings.name, profile.status_reason)
        run = self._run()
        self.assertNamed(run, b=8)
        self.assertIn((self.customer, "insolvent"), self._get_excluded(run))

    def test_the_gate_knows_of_the_proceedings(self):
        self.policy = self._policy(insolvency={"action": "hold"})
        self._insolvency()
        order = self._order(10)
        order.with_user(self.salesperson).action_confirm()
        self.assertNotEqual(order.state, "sale")
        self.assertEqual(order.sudo().credit_hold_ids.reason_ids.kind, "insolvency")

    def test_the_publication_starts_the_deadlines_of_the_law(self):
        """B = 10 March 2026 (D 4.6): the Sunday 10 May rolls to the 11th."""
        self._rule("publication", "declaration", months=2, creditor="domestic")
        self._rule("publication", "declaration", months=4, creditor="abroad")
        self.judgment = date(2026, 3, 2)
        proceedings = self._insolvency(date_publication=date(2026, 3, 10))
        step = proceedings.step_ids.filtered("rule_id")
        self.assertRecordValues(
            step, [{"deadline_raw": date(2026, 5, 10), "deadline": date(2026, 5, 11)}]
        )
        self.assertEqual(proceedings.next_deadline, date(2026, 5, 11))
        proceedings.is_abroad = True
        step = proceedings.step_ids.filtered("rule_id")
        self.assertRecordValues(step, [{"deadline": date(2026, 7, 10)}])

    def test_publication_before_judgment_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before it was made"):
            self._insolvency(date_publication=self.judgment - timedelta(1))

    def test_a_manager_opens_them_and_one_at_a_time(self):
        proceedings = self._insolvency(opened=False)
        with self.assertRaisesRegex(AccessError, "credit manager"):
            proceedings.action_open()
        with self.assertRaises(AccessError):
            proceedings.write({"state": "open"})
        proceedings.with_user(self.manager).action_open()
        with self.assertRaisesRegex(UserError, "already opened"):
            proceedings.with_user(self.manager).action_open()
        with self.assertRaises(AccessError):
            proceedings.with_user(self.salesperson).read(["name"])

    def test_open_cases_are_told(self):
        case = self._case(self.a)
        self._insolvency()
        self.assertIn("declare the claim", case.message_ids[0].body)

    def test_admitted_contested_and_dividends_add_up(self):
        proceedings = self._insolvency()
        proceedings.line_ids.filtered(lambda line: not line.is_later).write(
            {"admitted": 900.0, "contested": 100.0}
        )
        proceedings.env["credit.insolvency.dividend"].create(
            [{"insolvency_id": proceedings.id, "amount": amount} for amount in (50.0, 25.0)]
        )
        self.assertRecordValues(
            proceedings, [{"admitted": 900.0, "contested": 100.0, "dividends": 75.0}]
        )
        proceedings.with_user(self.manager).action_close()
        self.assertEqual(proceedings.state, "closed")
        self.assertTrue(self._profile().insolvency_date)
