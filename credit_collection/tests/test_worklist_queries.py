from odoo.fields import Domain

from .common_worklist import WorklistCommon

#: what the list of customers to call shows
SHOWN = ("partner_id", "overdue_amount", "to_chase", "days_late", "promised", "score", "urgency")


class TestWorklistQueries(WorklistCommon):
    def test_the_list_and_its_reasons_take_as_many_queries_for_twelve_customers_as_for_one(self):
        for number in range(12):
            customer = self._customer(f"C{number}")
            self._invoice(100.0, days_late=9, customer=customer)
            self._contact("promise", customer=customer, days=5, amount=40.0)
        profiles = self.env["credit.profile"].sudo().search([("partner_id.name", "=like", "C%")])
        for read in (self._read_list, self._read_reasons):
            with self.subTest(read.__name__):
                read(profiles[:1])
                one, twelve = (self._count(read, some) for some in (profiles[:1], profiles))
                self.assertEqual(one, twelve)
                self.assertLess(one, 15)

    def _count(self, read, profiles):
        """Queries of a list of these customers."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(read(profiles), len(profiles))
        return self.env.cr.sql_log_count - before

    def _read_list(self, profiles):
        rows = self.env["credit.worklist"].with_user(self.collector)
        shown = {name: {} for name in SHOWN}
        return rows.web_search_read(Domain("id", "in", profiles.ids), shown)["length"]

    def _read_reasons(self, profiles):
        return len(self.env["credit.worklist"].sudo()._read_rows(profiles, self.today))
