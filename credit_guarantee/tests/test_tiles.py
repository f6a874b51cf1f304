from .common import GuaranteeCommon


class TestTiles(GuaranteeCommon):
    def test_guarantees_that_end_within_30_days_are_on_the_home_page(self):
        ending = self._guarantee(500.0, days=0) | self._guarantee(300.0, days=30)
        self._guarantee(200.0, days=31)
        self._guarantee(100.0)
        self._guarantee(50.0, days=5, active=False)
        for user in (self.analyst, self.manager):
            own = self._open_tile("guarantees_ending", user)
            self.assertEqual(own.filtered(lambda row: row.partner_id == self.customer), ending)

    def test_a_salesperson_has_no_tile_of_guarantees(self):
        tile = self.env["credit.tile"]._get_tiles(self.today)["guarantees_ending"]
        self.assertFalse(self.salesperson.has_groups(tile.groups))
