from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .common import CommissionCommon


@tagged("post_install", "-at_install")
class TestPlan(CommissionCommon):
    """Rules and shares of a sale, and the constraints of plans."""

    # === RULES === #

    def _rule_of(self, *lines, **values):
        """Names of the rules that matched the lines of a paid invoice."""
        invoice = self._sell(*lines, **values)
        self._pay(invoice)
        self._compute()
        return self._entries(move_id=invoice.id).rule_id.mapped("name")

    def test_the_first_rule_that_matches_decides(self):
        category = self.env["product.category"].create({"name": "Software"})
        below = self.env["product.category"].create({"name": "Licences", "parent_id": category.id})
        licence = self._create_product(name="Licence", categ_id=below.id, taxes_id=False)
        freight = self._create_product(name="Freight", taxes_id=False)
        team = self.env["crm.team"].create({"name": "North"})
        abroad = self._customer("Abroad", country_id=self.env.ref("base.be").id)
        contact = self._customer("Contact", parent_id=abroad.id, is_company=False)
        key = self._customer("Key account")
        self._plan(
            rules=[
                {"name": "Freight", "earning": "nothing", "product_ids": freight.ids},
                {"name": "Key", "partner_ids": key.ids},
                {"name": "Software", "category_ids": category.ids},
                {"name": "North", "team_ids": team.ids},
                {"name": "Second", "user_ids": self.second.ids},
                {"name": "Belgium", "country_ids": abroad.country_id.ids},
                {"name": "First invoice", "invoice_rank": "first"},
                {"name": "Rest", "invoice_rank": "later"},
            ]
        )
        new = self._customer("New")
        cases = [
            (["Key"], [100], {"customer": key}),
            (["Software"], [self._line(100, product=licence)], {}),
            (["North"], [100], {"team_id": team.id}),
            (["Second"], [100], {"user": self.second}),
            (["Belgium"], [100], {"customer": contact}),
            (["First invoice"], [100], {"customer": new}),
            (["Rest"], [100], {"customer": new, "day": self.first_day + timedelta(1)}),
            ([], [self._line(100, product=freight)], {}),
        ]
        for expected, lines, values in cases:
            with self.subTest(expected):
                self.assertEqual(self._rule_of(*lines, **values), expected)

    def test_an_entry_says_which_rule_caught_it(self):
        self._plan(rules=[{"name": "Consulting", "percent": 5.0}])
        self._pay(self._sell(1000))
        self._compute()
        self.assertIn("Consulting: 5 % of", self._entries().explanation)

    def test_a_fixed_amount_comes_with_the_paid_share(self):
        self._plan(rules=[{"earning": "fixed", "fixed_amount": 50}])
        invoice = self._sell(1000)
        self._pay(invoice, 400)
        self._pay(invoice, 600)
        self.assertEarned(20, 30)

    def test_a_fixed_amount_is_taken_back_with_the_credit_note(self):
        self._plan(rules=[{"earning": "fixed", "fixed_amount": 50}])
        invoice = self._sell(1000)
        self._pay(invoice)
        self._compute()
        self._pay(self._refund(invoice, lines=[200]))
        self.assertEarned(50, -10)

    def test_margin_is_the_base_where_the_plan_says_so(self):
        self.product.standard_price = 600
        self._plan(10.0, base="margin")
        self._pay(self._sell(1000))
        self.assertEarned(40)
        self.assertEqual(self._entries().base, 400)

    def test_the_margin_of_what_comes_back_and_of_down_payments(self):
        self.product.write({"standard_price": 60, "invoice_policy": "order"})
        self._plan(10.0, base="margin")
        invoice = self._sell(self._line(100, quantity=10), self._line(100, quantity=-1))
        self._pay(invoice)
        self.assertEarned(40, -4)
        self._refund(invoice)
        self.assertEarned(40, -4, -40, 4)
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "user_id": self.salesperson.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": 100,
                            "product_uom_qty": 10,
                            "tax_ids": False,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        down = self._create_down_payment_invoice(order, "percentage", 30, post=True)
        self._pay(down)
        self.assertEqual(self._earned(move_id=down.id), [12])
        final = order._create_invoices(final=True)
        final.action_post()
        self._pay(final)
        self.assertEqual(sorted(self._earned(move_id=final.id)), [-12, 40])

    def test_the_day_of_the_sale_decides_on_the_version(self):
        plan = self._plan(5.0)
        day = self.first_day + timedelta(31)
        old, new = self._sell(1000), self._sell(1000, day=day)
        action = plan.action_new_version(day)
        version = plan.browse(action["res_id"])
        version.rule_ids.percent = 8.0
        version.action_activate()
        self._pay(old, day=day)
        self._pay(new)
        self.assertEqual(sorted(self._earned()), [50, 80])
        self.assertEqual(
            (plan.date_to, version.version, version.name), (day - timedelta(1), 2, plan.name)
        )

    # === SHARES === #

    def test_the_closest_shares_count(self):
        team = self.env["crm.team"].create({"name": "North"})
        key = self._customer("Key account")
        agent = self._customer("Agent")
        named = {"person_kind": "named", "person_id": agent.id}
        self._plan(
            shares=[
                {},
                {"share": 60, "scope_team_id": team.id},
                {**named, "share": 40, "scope_team_id": team.id},
                {**named, "share": 100, "scope_partner_id": key.id},
            ]
        )
        self._pay(self._sell(1000))
        self._pay(self._sell(1000, team_id=team.id))
        self._pay(self._sell(1000, team_id=team.id, customer=key))
        self.assertEarned(50, 30)
        self.assertEqual(self._entries(agent).mapped("amount"), [20, 50])

    def test_shares_count_by_the_day_of_the_sale(self):
        day = self.first_day + timedelta(31)
        agent = self._customer("Agent")
        self._plan(
            shares=[
                {"date_to": day - timedelta(1)},
                {"person_kind": "named", "person_id": agent.id, "date_from": day},
            ]
        )
        self._pay(self._sell(1000), day=day)
        self._pay(self._sell(1000, day=day))
        self.assertEarned(50)
        self.assertEqual(self._entries(agent).amount, 50)

    def test_two_salespeople_have_their_own(self):
        self._plan(5.0)
        self._pay(self._sell(1000))
        self._pay(self._sell(500, user=self.second))
        self.assertEarned(50)
        self.assertEarned(25, user=self.second)

    # === THE LIFE OF A PLAN === #

    def test_nothing_is_earned_before_a_plan_is_active(self):
        plan = self._plan(activate=False)
        self._pay(self._sell(1000))
        self.assertEarned()
        plan.action_activate()
        self.assertEarned(50)

    def test_an_archived_plan_still_takes_back(self):
        """Whether entries are computed by hand, by the daily job or with the statements of a period."""
        for undo in (
            self._compute,
            self.env["credit.commission.plan"]._cron_compute,
            lambda: (
                self.env["credit.commission.statement"].sudo()._earn_until(self.company, self.today)
            ),
        ):
            plan = self._plan(5.0, in_addition=True)
            invoice = self._sell(1000)
            payment = self._pay(invoice)
            self._compute()
            plan.action_stop()
            plan.active = False
            payment.action_draft()
            with patch.object(type(self.env["ir.cron"]), "_commit_progress", return_value=60.0):
                undo()
            entries = self._entries(plan_id=plan.id, move_id=invoice.id)
            self.assertEqual(entries.mapped("amount"), [50, -50])

    def test_a_stopped_plan_still_takes_back(self):
        plan = self._plan()
        payment = self._pay(self._sell(1000))
        self.assertEarned(50)
        self._statement(self.salesperson.partner_id)
        plan.action_stop()
        self._pay(self._sell(1000))
        payment.action_draft()
        self.assertEarned(50, -50)

    def test_a_change_before_settlement_is_entered_anew(self):
        plan = self._plan(5.0)
        self._pay(self._sell(1000))
        self.assertEarned(50)
        plan.rule_ids.percent = 7.0
        self.assertEarned(70)

    def test_a_plan_with_settled_entries_stays_as_it_is(self):
        plan = self._plan(5.0)
        self._pay(self._sell(1000))
        self._compute()
        self._statement(self.salesperson.partner_id)
        changes = (
            lambda: plan.write({"trigger": "cleared"}),
            lambda: plan.rule_ids.write({"percent": 7.0}),
            plan.rule_ids.unlink,
            lambda: plan.agent_ids.write({"share": 50}),
            lambda: plan.write({"tier_ids": [Command.create({"threshold": 0, "percent": 3})]}),
            plan.action_draft,
            lambda: self._plan(7.0, activate=False).rule_ids.write({"plan_id": plan.id}),
        )
        for change in changes:
            with (
                self.assertRaisesRegex(UserError, "Create a new version of it from a later date"),
                self.cr.savepoint(),
            ):
                change()
        plan.name = "Renamed"
        with self.assertRaisesRegex(UserError, "cannot be deleted"):
            plan.unlink()

    def test_a_new_version_leaves_settled_sales_alone(self):
        plan = self._plan(5.0)
        self._pay(self._sell(1000, day=self.first_day + timedelta(40)))
        self._compute()
        self._statement(self.salesperson.partner_id)
        with self.assertRaisesRegex(UserError, "Choose a later date"):
            plan.action_new_version(self.first_day + timedelta(31))

    def test_an_entry_of_a_statement_is_kept(self):
        self._plan()
        self._pay(self._sell(1000))
        self._compute()
        self._statement(self.salesperson.partner_id)
        with self.assertRaisesRegex(UserError, "a reversal takes it back"):
            self._entries().sudo().unlink()

    # === BAD INPUT === #

    def test_shares_make_100_percent(self):
        plan = self._plan(shares=[{"share": 60}, {"share": 30}], activate=False)
        with self.assertRaisesRegex(ValidationError, "add up to 90 % from"):
            plan.action_activate()
        plan.agent_ids[1].share = 40
        plan.action_activate()
        with self.assertRaisesRegex(ValidationError, "add up to 95 % from"):
            plan.agent_ids[1].share = 35

    def test_a_share_needs_a_person(self):
        with self.assertRaisesRegex(ValidationError, "Choose the person"):
            self._plan(shares=[{"person_kind": "named"}])

    def test_tiers_do_not_overlap(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._plan(rules=[{"earning": "tiers"}], tiers=[(0, 3), (1000, 5), (1000, 6)])
        message = self.env["credit.commission.tier"]._tier_once.get_error_message(self.env)
        self.assertIn("begin at the same volume", message)

    def test_versions_do_not_overlap(self):
        plan = self._plan()
        version = plan.browse(plan.action_new_version(self.first_day + timedelta(31))["res_id"])
        with self.assertRaisesRegex(ValidationError, "Versions of a plan cannot overlap"):
            plan.date_to = version.date_from

    def test_two_plans_do_not_pay_the_same_people_twice(self):
        self._plan()
        second = self._plan(activate=False, name="Copy")
        with self.assertRaisesRegex(ValidationError, "would both pay the same people"):
            second.action_activate()
        second.in_addition = True
        second.action_activate()

    def test_a_plan_that_paid_before_and_a_wider_one_pay_twice_too(self):
        person = self.salesperson.partner_id.id
        own = {"person_kind": "named", "person_id": person, "scope_user_id": self.salesperson.id}
        for share in (own, {"scope_team_id": self.env["crm.team"].search([], limit=1).id}):
            first = self._plan(shares=[share], name="First")
            with (
                self.subTest(share),
                self.assertRaisesRegex(ValidationError, "would both pay"),
                self.cr.savepoint(),
            ):
                self._plan(name="Second")
            first.action_draft()
        first = self._plan(name="First")
        self._pay(self._sell(1000))
        self._compute()
        first.action_stop()
        second = self._plan(name="Second", activate=False)
        with self.assertRaisesRegex(ValidationError, "would both pay"), self.cr.savepoint():
            second.action_activate()
        first.date_to = self.first_day + timedelta(30)
        second.date_from = first.date_to + timedelta(1)
        second.action_activate()
        self.assertEarned(50)

    def test_a_plan_that_is_archived_is_stopped(self):
        plan = self._plan()
        self._pay(self._sell(1000))
        self.assertEarned(50)
        plan.active = False
        self.assertEqual(plan.state, "stopped")
        self._pay(self._sell(1000))
        self.assertEarned(50)
        with self.assertRaisesRegex(ValidationError, "would both pay"):
            self._plan(name="Second")

    def test_dates_are_in_order(self):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self._plan(date_to=self.first_day - timedelta(1))

    def test_a_plan_without_rules_shares_tiers_or_targets_is_not_ready(self):
        cases = (
            ({"rule_ids": False}, "Add a rule"),
            ({"agent_ids": False}, "Add a share"),
            ({"rule_ids": [Command.create({"name": "Tiers", "earning": "tiers"})]}, "Add tiers"),
        )
        for values, sentence in cases:
            plan = self._plan(activate=False)
            plan.write(values)
            with self.assertRaisesRegex(ValidationError, sentence):
                plan.action_activate()
        plan = self._plan(
            rules=[{"earning": "tiers"}], tiers=[(0, 2)], tier_on="target", activate=False
        )
        with self.assertRaisesRegex(ValidationError, "a target"):
            plan.action_activate()

    def test_a_branch_has_no_plan_of_its_own(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        with self.assertRaisesRegex(ValidationError, "Branches share the plans"):
            self._plan(company_id=branch.id)

    def test_a_branch_earns_by_the_plan_of_its_root(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        self.env.user.company_ids |= branch
        self.customer.with_company(branch).property_account_receivable_id = self.receivable
        self._plan()
        revenue = self.company_data["default_account_revenue"]
        line = self._line(1000, account_id=revenue.id)
        invoice = self._sell(line, company_id=branch.id)
        self.assertEqual(invoice.company_id, branch)
        self._pay(invoice.with_company(branch))
        self.assertEarned(50)
        self.assertEqual(self._entries().company_id, self.company)
