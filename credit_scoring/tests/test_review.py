from datetime import timedelta

from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged


@tagged("post_install", "-at_install")
class TestReview(CreditCommon):
    def _review(self, **values):
        profile = self._profile()
        return (
            self.env["credit.review"]
            .with_user(self.analyst)
            .create(
                {
                    "profile_id": profile.id,
                    "conclusion": "Grows well",
                    "next_date": self.today + timedelta(180),
                    **values,
                }
            )
        )

    def test_a_closed_review_keeps_the_figures_and_requests_the_limit(self):
        self._limit(100.0)
        self._invoice(40.0)
        review = self._review(limit_amount=300.0, conditions="Monthly figures")
        review.action_done()
        self.assertEqual((review.exposure, review.previous_limit), (40.0, 100.0))
        self.assertEqual(review.profile_id.review_date, self.today + timedelta(180))
        limit = review.limit_id
        self.assertEqual(
            (limit.state, limit.amount, limit.requested_by), ("requested", 300.0, self.analyst)
        )
        limit.with_user(self.manager).action_approve()
        self.assertEqual(self._profile().credit_limit, 300.0)

    def test_a_review_of_an_unchanged_limit_requests_none(self):
        self._limit(100.0)
        review = self._review(limit_amount=100.0)
        review.action_done()
        self.assertFalse(review.limit_id)

    def test_it_needs_a_conclusion_and_a_next_date_and_is_closed_once(self):
        for values in ({"conclusion": False}, {"next_date": False}):
            with self.assertRaisesRegex(UserError, "conclusion"):
                self._review(**values).action_done()
        review = self._review()
        review.action_done()
        with self.assertRaises(UserError):
            review.action_done()
        with self.assertRaises(UserError):
            review.conclusion = "Other"
        with self.assertRaises(UserError):
            review.unlink()

    def test_nobody_types_what_a_review_records(self):
        for values in ({"state": "done"}, {"exposure": 5.0}):
            with self.assertRaises(AccessError):
                self._review(**values)
        review = self._review()
        with self.assertRaises(AccessError):
            review.write({"previous_limit": 5.0})
        with self.assertRaises(AccessError):
            review.with_user(self.salesperson).action_done()

    def test_an_analyst_reviews_from_the_credit_file(self):
        action = self._profile().with_user(self.analyst).action_new_review()
        reviews = self.env["credit.review"].with_user(self.analyst)
        form = Form(reviews.with_context(**action["context"]))
        form.conclusion = "As before"
        form.next_date = self.today + timedelta(90)
        self.assertEqual(form.save().user_id, self.analyst)
