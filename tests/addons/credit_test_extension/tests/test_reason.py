from odoo.addons.credit_followup.tests.common import FollowupCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestReason(FollowupCommon):
    """A reason of another add-on to leave an item out of the reminders."""

    def test_it_leaves_an_item_out_of_the_run_in_its_words(self):
        self._procedure()
        self.invoice = self._invoice(100.0, days_late=10)
        self.disputed = self._invoice(30.0, days_late=10, ref="mediation")
        run = self._run()
        self.assertNamed(run, invoice=8)
        self.assertExcluded(run, "mediation")
        figure = run.reason_figure_ids.filtered(lambda row: row.reason == "mediation")
        self.assertEqual((figure.customer_count, figure.amount), (1, 30.0))
        labels = dict(run.exclusion_ids._fields["reason"]._description_selection(self.env))
        self.assertEqual(labels["mediation"], "In mediation")
        self.assertEqual(self.disputed.followup_left_out, "mediation")
