from odoo.tests import BaseCase

from ..rules import KINDS, CreditRequest, Policy, Position, Rule, assess_in_turn


def verdict(rules, position, amount=100.0, **request):
    request = CreditRequest(1, 1, amount, **request)
    [assessment] = assess_in_turn(
        [request], {(1, 1): position(Policy(tuple(rules), KINDS))}
    ).values()
    return assessment


def limited(limit, exposure, **values):
    return lambda policy: Position(
        "limited", credit_limit=limit, exposure=exposure, policy=policy, **values
    )


class TestAssessment(BaseCase):
    def test_truth_table_of_the_limit(self):
        over = [Rule("over_limit")]
        for limit, exposure, amount, expected in [
            (1000.0, 0.0, 1000.0, "pass"),
            (1000.0, 0.0, 1000.01, "hold"),
            (1000.0, 0.0, 1000.004, "pass"),
            (0.0, 0.0, 0.01, "hold"),
            (0.0, -50.0, 50.0, "pass"),
            (None, 1e9, 1e9, "pass"),
            (1000.0, 5000.0, 0.0, "pass"),
            (1000.0, 5000.0, -10.0, "pass"),
        ]:
            with self.subTest(limit=limit, exposure=exposure, amount=amount):
                self.assertEqual(verdict(over, limited(limit, exposure), amount).verdict, expected)

    def test_an_exemption_lets_pass_whatever_comes_before_it(self):
        rules = [Rule("over_limit"), Rule("status", "exempt", status="watch")]
        self.assertEqual(verdict(rules, limited(0.0, 0.0, status="watch")).verdict, "pass")
        self.assertEqual(verdict(rules, limited(0.0, 0.0)).verdict, "hold")

    def test_all_reasons_are_reported_and_a_warning_does_not_hold(self):
        rules = [Rule("over_limit", "warn"), Rule("overdue_amount", "warn", threshold=10.0)]
        assessment = verdict(rules, limited(50.0, 0.0, overdue=20.0))
        self.assertEqual(assessment.verdict, "warn")
        self.assertEqual(
            [reason.kind for reason in assessment.reasons], ["over_limit", "overdue_amount"]
        )

    def test_the_way_out_is_the_larger_payment(self):
        rules = [Rule("over_limit"), Rule("overdue_days", threshold=0)]
        assessment = verdict(
            rules, limited(100.0, 80.0, overdue=75.0, oldest_due_days=3), amount=60.0
        )
        self.assertEqual(
            (assessment.excess, assessment.payment, assessment.deposit), (40.0, 75.0, None)
        )

    def test_a_deposit_frees_what_is_only_over_the_limit(self):
        self.assertEqual(
            verdict([Rule("over_limit")], limited(100.0, 80.0), amount=60.0).deposit, 67
        )

    def test_a_deposit_of_an_order_that_grew_is_a_share_of_the_whole_order(self):
        grown = verdict([Rule("over_limit")], limited(200.0, 150.0), amount=100.0, total=250.0)
        self.assertEqual((grown.excess, grown.deposit), (50.0, 20))

    def test_rules_of_other_checkpoints_do_not_count(self):
        self.assertEqual(
            verdict([Rule("over_limit", checkpoint="delivery")], limited(0.0, 0.0)).verdict, "pass"
        )

    def test_a_currency_without_rate_is_a_reason_only_where_a_policy_judges(self):
        self.assertEqual(
            verdict([Rule("over_limit")], limited(500.0, 0.0), no_rate="USD").reasons[0].kind,
            "no_rate",
        )
        self.assertEqual(verdict([], limited(500.0, 0.0), no_rate="USD").verdict, "pass")
