from odoo.tests import tagged

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestTiles(NoticeCommon):
    def test_reminders_that_failed_are_on_the_home_page_until_mended(self):
        invoice = self._invoice(100.0, days_late=10)
        failed = self._notice(invoice, state="failed")
        self._notice(self._invoice(50.0, days_late=10), state="sent")
        for user in (self.analyst, self.manager):
            self.assertEqual(self._open_tile("notices_failed", user).ids, failed.ids)
        failed.state = "cancelled"
        self.assertFalse(self._open_tile("notices_failed", self.analyst))

    def test_a_salesperson_has_no_tile_of_reminders(self):
        tile = self.env["credit.tile"]._get_tiles(self.today)["notices_failed"]
        self.assertFalse(self.salesperson.has_groups(tile.groups))
