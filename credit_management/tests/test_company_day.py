from datetime import timedelta

from odoo.tests import tagged

from .common import CreditCommon

#: 25 hours apart: never the same day
EAST, WEST = "Pacific/Kiritimati", "Pacific/Pago_Pago"


@tagged("post_install", "-at_install")
class TestCompanyDay(CreditCommon):
    """Today is the company's day, whoever presses the button and from wherever."""

    def test_it_is_the_day_of_the_contact_of_the_company(self):
        days = {}
        for zone in (EAST, WEST):
            self.company.sudo().partner_id.tz = zone
            days[zone] = {
                self.env["res.company"].with_context(tz=tz)._get_credit_today()
                for tz in (EAST, WEST, False)
            }
        self.assertEqual([len(found) for found in days.values()], [1, 1])
        self.assertGreater(min(days[EAST]), max(days[WEST]))

    def test_without_a_time_zone_it_is_the_day_of_a_country_that_has_one(self):
        contact = self.company.sudo().partner_id
        contact.tz = False
        for country, zone in (("base.jp", "Asia/Tokyo"), ("base.us", "UTC"), (None, "UTC")):
            with self.subTest(country):
                contact.country_id = country and self.env.ref(country)
                self.assertEqual(self.company._get_credit_zone(self.company.id), zone)
        contact.write({"country_id": self.env.ref("base.jp").id, "tz": WEST})
        self.assertEqual(self.company._get_credit_zone(self.company.id), WEST)

    def test_a_limit_of_tomorrow_does_not_count_for_who_is_in_tomorrow(self):
        self.company.sudo().partner_id.tz = WEST
        today = self.company._get_credit_today()
        self._limit(10.0, date_from=today)
        self._limit(1000.0, date_from=today + timedelta(1))
        order = self._order(500.0).with_context(tz=EAST)
        order.action_confirm()
        self.assertHeld(order, "over_limit")
        self.assertEqual(self._profile().with_context(tz=EAST).credit_limit, 10.0)

    def test_what_is_due_today_is_late_nowhere(self):
        self.company.sudo().partner_id.tz = WEST
        self._policy(overdue_days={"threshold": 0})
        self._invoice(100.0, invoice_date_due=self.company._get_credit_today())
        order = self._order(10.0).with_context(tz=EAST)
        order.action_confirm()
        self.assertPassed(order)
