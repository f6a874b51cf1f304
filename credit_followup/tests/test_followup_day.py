from odoo.addons.credit_management.tests.test_company_day import EAST, WEST
from odoo.tests import tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupDay(FollowupCommon):
    """Reminders go by the company's day, wherever the collector is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.sudo().partner_id.tz = WEST
        cls.today = cls.company._get_credit_today()

    def test_what_a_collector_in_tomorrow_enters_begins_today(self):
        for name, field in (
            ("credit.followup.pause", "date_from"),
            ("credit.followup.run", "date"),
            ("credit.late.invoice", "date"),
            ("credit.statement.wizard", "date_to"),
        ):
            model = self.env[name].with_user(self.collector).with_context(tz=EAST)
            self.assertEqual(model.default_get([field])[field], self.today, name)

    def test_a_run_of_today_is_not_old_and_a_pause_until_today_is_not_over_in_tomorrow(self):
        run = self.env["credit.followup.run"].with_user(self.collector).create({})
        self.assertFalse(run.with_context(tz=EAST).is_old)
        self.assertEqual(self._pause(until=0).with_context(tz=EAST).state, "running")
