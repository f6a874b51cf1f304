from datetime import timedelta
from unittest.mock import patch

from odoo.addons.credit_followup.left_out import LeftOut
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common_notice import NoticeCommon


@tagged("post_install", "-at_install")
class TestLeftOut(NoticeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._procedure()

    def _ago(self, days):
        return self.today - timedelta(days)

    def _items(self, *domain):
        self.env.invalidate_all()
        items = self.env["credit.followup.item"].with_user(self.collector)
        return items.search([("partner_id", "=", self.customer.id), *domain])

    # === LITIGATION AND INSOLVENCY === #

    def test_a_customer_in_litigation_gets_no_reminder(self):
        self._invoice(100, days_late=9)
        self._profile(status="legal", status_reason="Before the court")
        run = self._run()
        self.assertFalse(run.notice_ids)
        self.assertExcluded(run, "legal")
        self.assertIn("case", run.exclusion_ids.detail)

    def test_a_blocked_customer_is_reminded_as_ever(self):
        self.bill = self._invoice(100, days_late=9)
        self._profile(status="blocked", status_reason="Bounced")
        self.assertNamed(self._run(), bill=8)

    def test_an_approved_notice_does_not_go_to_who_came_before_a_court_meanwhile(self):
        notice = self._approved(self._invoice(100, days_late=9))
        self._profile(status="legal", status_reason="Before the court")
        notice._send()
        self.assertEqual(notice.state, "cancelled")

    def test_an_insolvent_customer_gets_no_formal_notice(self):
        self._procedure([(8, "formal_notice", "email")])
        self._invoice(100, days_late=9)
        self._profile(insolvency_date=self._ago(2))
        run = self._run()
        self.assertFalse(run.notice_ids)
        self.assertExcluded(run, "insolvent")
        self.assertIn("Declare", run.exclusion_ids.detail)

    def test_the_day_that_bars_late_charges_is_that_of_the_insolvency(self):
        self._invoice(100, days_late=9)
        profile = self._profile(late_charges_barred_from=self._ago(2))
        self.assertEqual(profile.insolvency_date, self._ago(2))
        self.assertExcluded(self._run(), "insolvent")

    def test_after_the_judgment_a_customer_under_safeguard_owes_as_ever(self):
        self.after = self._invoice(60, days_late=9, invoice_date=self._ago(20))
        before = self._invoice(100, days_late=9, invoice_date=self._ago(60))
        self._profile(insolvency_date=self._ago(40), insolvency_kind="safeguard")
        run = self._run()
        self.assertNamed(run, after=8)
        self.assertEqual(self._get_excluded(run), {(self.customer, "insolvent"): 100.0})
        self.assertEqual(self._items(("left_out", "=", "insolvent")).move_id, before)

    def test_in_liquidation_nothing_is_reminded_of(self):
        self._invoice(60, days_late=9, invoice_date=self._ago(20))
        self._profile(insolvency_date=self._ago(40), insolvency_kind="liquidation")
        self.assertExcluded(self._run(), "insolvent")

    def test_another_companys_file_stops_nothing_here(self):
        self.bill = self._invoice(100, days_late=9)
        other = self.env["res.company"].sudo().create({"name": "Other"})
        profile = self.env["credit.profile"].sudo()._ensure(self.customer, other)
        profile.insolvency_date = self._ago(2)
        self.assertNamed(self._run(), bill=8)

    # === OPENING BALANCES === #

    def _opening(self, **values):
        """The receivable of an opening balance of 200, nine days late."""
        accounts = self.company_data
        entry = (
            self.env["account.move"]
            .sudo()
            .create(
                {
                    "journal_id": accounts["default_journal_misc"].id,
                    "date": self._ago(30),
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": accounts["default_account_receivable"].id,
                                "partner_id": self.customer.id,
                                "debit": 200.0,
                                "date_maturity": self._ago(9),
                                **values,
                            }
                        ),
                        Command.create(
                            {"account_id": accounts["default_account_revenue"].id, "credit": 200.0}
                        ),
                    ],
                }
            )
        )
        entry.action_post()
        return entry.line_ids.filtered("debit")

    def test_an_opening_balance_is_reminded_of(self):
        item = self._opening()
        self.assertTrue(item.no_followup, "Odoo marks it")
        self.assertEqual(self._get_named(self._run()), {item: 8})

    def test_an_opening_balance_that_somebody_marked_is_not(self):
        item = self._opening()
        item.no_followup = True
        self.assertEqual(item.credit_followup_marked_by_id, self.env.user)
        self.assertExcluded(self._run(), "no_followup")
        item.no_followup = False
        self.assertFalse(item.credit_followup_marked_by_id)
        self.assertEqual(self._get_named(self._run(1)), {item: 8})

    def test_an_opening_balance_that_is_imported_with_the_mark_is_not(self):
        self._opening(no_followup=True)
        self.assertExcluded(self._run(), "no_followup")

    def test_the_copy_of_an_opening_balance_is_reminded_of(self):
        item = self._opening()
        copied = item.move_id.copy()
        copied.action_post()
        twin = copied.line_ids.filtered("debit")
        self.assertEqual(self._get_named(self._run()), {item: 8, twin: 8})

    # === A REASON OF ANOTHER ADD-ON === #

    def test_a_reason_of_another_add_on_is_one_object(self):
        item = self._item(self._invoice(100, days_late=9))
        promised = LeftOut(
            "Promised",
            lambda today: SQL("SELECT %s AS item_id, %s::date AS until", item.id, today),
            "Wait for the money",
        )
        items = self.registry["credit.followup.item"]
        known = items._left_out_sources

        def with_one_more(self):
            return known(self) | {"promised": promised}

        with patch.object(items, "_left_out_sources", with_one_more):
            run = self._run()
            exclusion = run.exclusion_ids
            self.assertRecordValues(
                exclusion, [{"reason": "promised", "detail": "Wait for the money"}]
            )
            self.assertEqual(exclusion.until, self._ago(-1))
            self.assertEqual(self._items().left_out, "promised")
            self.assertEqual(item.move_id.sudo().followup_left_out, "promised")
            self.assertEqual(run.reason_figure_ids.reason, "promised")
            for record, name in (
                (exclusion, "reason"),
                (self._items(), "left_out"),
                (item.move_id, "followup_left_out"),
                (run.reason_figure_ids, "reason"),
            ):
                labels = dict(record._fields[name]._description_selection(self.env))
                self.assertEqual(labels["promised"], "Promised")
