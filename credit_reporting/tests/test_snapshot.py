from datetime import date, timedelta

from odoo.exceptions import UserError

from ..rules import last_day, months_before
from .common import ReportingCommon


class TestSnapshot(ReportingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.month = last_day(months_before(cls.today.replace(day=1), 4))

    def _day(self, number):
        """A day of the month, by number."""
        return self.month.replace(day=number)

    def _close(self, day=None):
        """The rows of the month, closed yesterday."""
        day = day or self.month
        self.env.flush_all()
        # one transaction has one moment: what is there was booked the day before the month is closed
        self.env.cr.execute(
            "UPDATE account_move_line SET create_date = %s", [self.env.cr.now() - timedelta(2)]
        )
        snapshots = self.env["credit.snapshot"].sudo()
        snapshots._take(self.company, day)
        rows = snapshots.search([("company_id", "=", self.company.id), ("day", "=", day)])
        rows.write({"taken_at": self.env.cr.now() - timedelta(1)})
        self.env.flush_all()
        return rows.with_user(self.analyst)

    def _differences(self):
        self.env.flush_all()
        self.env.invalidate_all()
        domain = [("company_id", "=", self.company.id), ("day", "=", self.month)]
        return self.env["credit.snapshot.difference"].with_user(self.analyst).search(domain)

    def test_a_closed_month_has_the_figures_of_its_last_day(self):
        invoice = self._sold(300.0, self._day(3), self._day(13))
        self._sold(100.0, self._day(20), self.today)
        self._paid(invoice, self._day(25), 100.0)
        rows = self._close()
        names = ("receivable", "overdue", "dso", "cei", "overdue_share", "delay")
        domain = [("company_id", "=", self.company.id), ("day", "=", self.month)]
        kept = rows._measure(names, (), domain)[()]
        self.assertEqual(kept, self._measure(self.month, *names))
        self.assertEqual((kept["receivable"].value, kept["overdue"].value), (300.0, 200.0))

    def test_what_is_booked_later_leaves_a_closed_month_as_it_was_and_is_listed(self):
        self._sold(300.0, self._day(3))
        rows = self._close()
        self.assertFalse(self._differences())
        self._sold(70.0, self._day(20))  # back-dated
        self._sold(999.0, self.today)
        self.assertEqual(sum(rows.mapped("receivable")), 300.0)
        found = self._differences()
        self.assertEqual(
            (
                found.partner_id,
                found.closed,
                found.current,
                found.booked_since,
                found.changed_since,
            ),
            (self.customer, 300.0, 370.0, 70.0, 0.0),
        )
        self.assertIn("back-dated", found.cause)
        action = found.action_open_entries()
        self.assertIn(("date", "<=", self.month), action["domain"])

    def test_an_entry_cancelled_since_is_a_change(self):
        invoice = self._sold(300.0, self._day(3))
        self._close()
        invoice.sudo().button_draft()
        found = self._differences()
        self.assertEqual(
            (found.difference, found.booked_since, found.changed_since), (-300.0, 0.0, -300.0)
        )
        self.assertIn("cancelled", found.cause)

    def test_a_month_closed_twice_is_there_once(self):
        self._sold(300.0, self._day(3))
        self._close()
        self._sold(70.0, self._day(20))
        rows = self._close()
        self.assertEqual(sum(rows.mapped("receivable")), 370.0)
        self.assertFalse(self._differences())

    def test_a_month_that_is_not_over_is_not_closed(self):
        with self.assertRaisesRegex(UserError, "not over"):
            self.env["credit.snapshot"].sudo()._take(self.company, last_day(self.today))

    def test_the_job_closes_what_is_missing_and_nothing_twice(self):
        snapshots = self.env["credit.snapshot"].sudo()
        missing = snapshots._get_missing()
        mine = [day for company, day in missing if company == self.company]
        self.assertEqual(len(mine), 24)
        self.assertLess(mine[-1], self.today)
        self._sold(300.0, self._day(3))
        self._close()
        self.assertNotIn((self.company, self.month), snapshots._get_missing())

    def test_a_customer_merged_after_the_snapshot_takes_its_rows(self):
        other = self._customer("Double")
        self._sold(300.0, self._day(3))
        self._sold(50.0, self._day(4), customer=other)
        rows = self._close()
        self.env["base.partner.merge.automatic.wizard"].sudo()._merge(
            (self.customer + other).ids, self.customer
        )
        self.env.invalidate_all()
        domain = [("partner_id", "=", self.customer.id), ("day", "=", self.month)]
        [(amount,)] = rows._read_group(domain, [], ["receivable:sum"])
        self.assertEqual(amount, 350.0)

    def test_a_month_is_closed_again_by_a_manager_alone(self):
        self._sold(300.0, self._day(3))
        rows = self._close()
        with self.assertRaisesRegex(UserError, "credit manager"):
            rows.action_take_again()
        self._sold(70.0, self._day(20))
        rows.with_user(self.manager).action_take_again()
        self.assertFalse(self._differences())

    def test_orders_are_kept_of_a_month_closed_in_time(self):
        self._sale(80.0)
        snapshots = self.env["credit.snapshot"].sudo()
        yesterday = self.today - timedelta(1)
        snapshots._take(self.company, yesterday)
        old = self._close()
        self.assertFalse(any(old.mapped("ordered")))
        rows = snapshots.search([("company_id", "=", self.company.id), ("day", "=", yesterday)])
        self.assertEqual(sum(rows.mapped("ordered")), 80.0)

    def test_a_company_without_entries_closes_to_nothing(self):
        self.assertFalse(self._close(date(1999, 1, 31)))
