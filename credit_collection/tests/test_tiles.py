from datetime import timedelta

from .common import AnswerCommon


class TestTiles(AnswerCommon):
    def _tiles(self, name):
        """Documents of the tile, the same for analysts and managers."""
        found, same = (self._open_tile(name, user) for user in (self.analyst, self.manager))
        self.assertEqual(found.ids, same.ids)
        return found.sudo()

    def test_promises_of_today_are_on_the_home_page(self):
        first, second = self._invoice(40.0, days_late=10), self._invoice(60.0, days_late=10)
        today = self._promise(40.0, first, days=0)
        self._promise(60.0, second, days=1)
        self.assertEqual(self._tiles("promises_today"), today.sudo())

    def test_disputes_past_their_target_date_are_on_the_home_page(self):
        invoice = self._invoice(100.0, days_late=10)
        dispute = self._dispute(invoice)
        self.assertFalse(self._tiles("disputes_late"))
        dispute.sudo().write(
            {"date": self.today - timedelta(9), "date_target": self.today - timedelta(1)}
        )
        self.assertEqual(self._tiles("disputes_late"), dispute.sudo())

    def test_customers_who_answered_are_on_the_home_page_until_somebody_reads_it(self):
        self._invoice(100.0, days_late=10)
        file = self._profile()
        answer = (
            self.env["credit.contact.log"]
            .sudo()
            .create(
                {
                    "profile_id": file.id,
                    "outcome_id": self.env.ref("credit_collection.outcome_answered").id,
                    "to_read": True,
                }
            )
        )
        self.assertEqual(self._tiles("answers_to_read"), file)
        answer.to_read = False
        self.assertFalse(self._tiles("answers_to_read"))

    def test_a_salesperson_has_no_tile_of_collection(self):
        tiles = self.env["credit.tile"]._get_tiles(self.today)
        for name in ("answers_to_read", "disputes_late", "promises_today"):
            self.assertFalse(self.salesperson.has_groups(tiles[name].groups), name)
