from datetime import date, timedelta

from odoo.addons.credit_management.rules.ageing import group_by_age

from .common import ReportingCommon

DAY = date(2013, 6, 30)
COLUMNS = ("not_due", "days_30", "days_60", "days_90", "older")


class TestAgeing(ReportingCommon):
    def _ageing(self, *days):
        self.env.flush_all()
        return self.env["credit.ageing"].with_user(self.analyst)._on(*days)

    def test_an_item_is_in_the_column_of_its_age(self):
        late = (-5, 0, 1, 30, 31, 60, 61, 90, 91, 400)
        for number, days in enumerate(late):
            due = DAY - timedelta(days)
            self._sold(2.0**number, min(due, DAY), due)
        self._receipt(0.5, DAY)
        items = [(DAY - timedelta(days), 2.0**number) for number, days in enumerate(late)]
        domain = [("company_id", "=", self.company.id)]
        [sums] = self._ageing(DAY)._read_group(domain, [], [f"{name}:sum" for name in COLUMNS])
        self.assertEqual(sums, group_by_age([*items, (DAY, -0.5)], DAY))

    def test_the_ageing_of_two_days_stands_side_by_side(self):
        invoice = self._sold(100.0, date(2013, 3, 1), date(2013, 3, 31))
        self._paid(invoice, date(2013, 6, 20), 60.0)
        rows = self._ageing(date(2013, 5, 31), DAY)._read_group(
            [("company_id", "=", self.company.id)],
            ["day:day"],
            ["amount:sum", "days_90:sum", "older:sum"],
        )
        self.assertEqual([row[1:] for row in rows], [(100.0, 100.0, 0.0), (40.0, 0.0, 40.0)])

    def test_lists_and_groups_read_the_day(self):
        invoice = self._sold(100.0, date(2013, 5, 1), date(2013, 5, 31))
        rows = self._ageing(DAY).search([("company_id", "=", self.company.id)])
        self.assertEqual((rows.move_id, rows.days_late, rows.age), (invoice, 30, "days_30"))
        self.assertEqual(rows.action_open_document()["res_id"], invoice.id)
