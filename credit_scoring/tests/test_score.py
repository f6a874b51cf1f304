from datetime import timedelta

from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError


@tagged("post_install", "-at_install")
class TestScore(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["credit.scorecard"].sudo().search([]).active = False
        cls.card = (
            cls.env["credit.scorecard"]
            .sudo()
            .create(
                {
                    "name": "Card",
                    "sequence": 0,
                    "active": True,
                    "company_id": cls.company.id,
                    "criterion_ids": [
                        cls._criterion("overdue_share", 30.0, [(0, 100), (10, 50), (50, 0)]),
                        cls._criterion("equity_ratio", 10.0, [(0, 0), (30, 100)]),
                        cls._criterion(
                            "points", 20.0, [(0, 0), (80, 100)], has_missing=True, missing=25.0
                        ),
                    ],
                }
            )
        )
        cls.classes = cls.env["credit.risk.class"].sudo().search([], limit=5)

    @classmethod
    def _criterion(cls, figure, weight, brackets, **values):
        lines = [Command.create({"start": start, "points": points}) for start, points in brackets]
        return Command.create({"figure": figure, "weight": weight, "bracket_ids": lines, **values})

    def _score(self):
        self._profile().with_user(self.analyst).action_score()
        return self._profile().score_id

    def test_a_score_keeps_every_input_as_it_stood(self):
        """80 not overdue and 20 overdue: 50 points of 30; unknown payer: 25 of 20; no accounts: left out."""
        self._invoice(80.0)
        invoice = self._invoice(20.0, days_late=3)
        score = self._score()
        self.assertEqual(score.score, (50 * 30 + 25 * 20) / 50)
        self.assertEqual(score.input_ids.mapped("figure"), ["overdue_share", "points"])
        self.assertEqual(score.input_ids.mapped("value"), [20.0, 0.0])
        self.assertEqual(score.input_ids.mapped("gain"), [30.0, 30.0])
        self._pay(invoice)
        self.assertEqual(self._score().score, (100 * 30 + 25 * 20) / 50)
        self.assertEqual(score.input_ids[0].value, 20.0)

    def test_it_says_why_and_what_would_raise_it(self):
        self._invoice(80.0)
        score = self._score().with_user(self.analyst)
        words = dict(
            zip(
                score.input_ids.mapped("figure"), score.input_ids.mapped("explanation"), strict=True
            )
        )
        self.assertEqual(words["overdue_share"], "All points")
        self.assertIn("Unknown", words["points"])

    def test_the_class_follows_the_score_by_night(self):
        self._invoice(80.0)
        profile = self._profile(risk_class_id=self.classes[0].id, analyst_id=self.analyst.id)
        scores = self.env["credit.score"].sudo()
        scores._compute_scores(profile.sudo(), self.today)._follow()
        self.assertEqual(profile.score_id.score, 70.0)
        self.assertEqual(profile.risk_class_id, self.classes[1])
        self.assertEqual(profile.sudo().activity_ids.user_id, self.analyst, "never silent")

    def test_a_manager_decides_another_class_for_a_time(self):
        self._invoice(80.0)
        score, until = self._score(), self.today + timedelta(5)
        values = {"override_class_id": self.classes[3].id, "override_until": until}
        with self.assertRaises(AccessError):
            score.with_user(self.analyst).write({**values, "override_reason": "x"})
        with self.assertRaisesRegex(ValidationError, "Enter why"), self.cr.savepoint():
            score.with_user(self.manager).write({**values, "override_reason": " "})
        score.with_user(self.manager).write({**values, "override_reason": "Strike"})
        scores = self.env["credit.score"].sudo()
        profile = self._profile().sudo()
        scores._compute_scores(profile, self.today)._follow()
        self.assertEqual(profile.risk_class_id, self.classes[3])
        later = until + timedelta(1)
        self.assertFalse(score.sudo()._read_overrides(later))

    def test_scores_are_written_by_nobody(self):
        self._invoice(80.0)
        score = self._score()
        for user in (self.analyst, self.manager):
            with self.assertRaises(AccessError):
                score.with_user(user).write({"score": 100.0})
        with self.assertRaises(AccessError):
            score.with_user(self.salesperson).read(["score"])
        with self.assertRaises(AccessError):
            self.card.with_user(self.analyst).write({"name": "x"})

    def test_without_a_scorecard_nobody_is_scored(self):
        self.card.active = False
        self.assertFalse(self._score())

    def test_bad_scorecards_are_refused(self):
        with self.assertRaisesRegex(ValidationError, "no weight"):
            self.card.criterion_ids.weight = 0.0
            self.card._check_criteria()
        for values in ({"min_b": 90.0}, {"min_d": -1.0}):
            with (
                self.subTest(values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
            ):
                self.card.write(values)
                self.card.flush_recordset()
        criterion = self.card.criterion_ids[0]
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            criterion.bracket_ids = [Command.create({"start": 10, "points": 1})]
            criterion.flush_recordset()
        with self.assertRaisesRegex(ValidationError, "brackets"):
            criterion.bracket_ids = [Command.clear()]

    def test_the_gate_reads_score_and_class(self):
        self._invoice(80.0)
        self._score()
        for kind, threshold, held in (
            ("score_below", 70, False),
            ("score_below", 71, True),
            ("risk_class", 4, False),
            ("risk_class", 3, True),
        ):
            self._policy(**{kind: {"threshold": threshold}})
            self._profile(risk_class_id=self.classes[2].id)
            order = self._order(5.0)
            order.action_confirm()
            with self.subTest(kind, threshold=threshold):
                if held:
                    self.assertHeld(order, kind)
                else:
                    self.assertPassed(order)

    def test_a_customer_without_score_or_class_passes(self):
        self._policy(score_below={"threshold": 90}, risk_class={"threshold": 1})
        order = self._order(5.0)
        order.action_confirm()
        self.assertPassed(order)

    def test_a_manager_makes_a_scorecard_from_an_empty_form(self):
        form = Form(self.env["credit.scorecard"].with_user(self.manager))
        form.name = "New"
        with form.criterion_ids.new() as criterion:
            criterion.figure = "trend"
            with criterion.bracket_ids.new() as bracket:
                bracket.start, bracket.points = 0.0, 100.0
        card = form.save()
        self.assertEqual(card.criterion_ids.bracket_ids.points, 100.0)
