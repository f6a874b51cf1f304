import json

from odoo.tests import tagged
from odoo.tools import SQL

from ..hooks import post_init_hook, uninstall_hook
from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestInstall(CreditCommon):
    """Installing on a database in use, as far as one transaction shows it; `tests/` installs for real."""

    def _write_as_odoo_did(self, customer, **amounts):
        values = {str(company): amount for company, amount in amounts.items()}
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET credit_limit = %s::jsonb WHERE id = %s",
                json.dumps(values),
                customer.id,
            )
        )
        self.env.invalidate_all()

    def _found(self, customer):
        return self.env["credit.profile"].sudo().search([("partner_id", "=", customer.id)])

    def test_values_above_zero_become_approved_opening_limits(self):
        with_limit, without, empty = (self._customer(name) for name in ("With", "Zero", "Empty"))
        self._write_as_odoo_did(with_limit, **{str(self.company.id): 900.0})
        self._write_as_odoo_did(without, **{str(self.company.id): 0.0})
        post_init_hook(self.env(su=True))
        profile = self._found(with_limit)
        self.assertEqual((profile.credit_mode, profile.credit_limit), ("limited", 900.0))
        self.assertEqual(profile.limit_ids.state, "approved")
        self.assertEqual(with_limit.sudo().credit_limit, 900.0)
        self.assertFalse(self._found(without) | self._found(empty))
        post_init_hook(self.env(su=True))
        self.assertEqual(len(profile.limit_ids), 1, "a second run changes nothing")

    def test_everybody_who_owes_something_has_a_file_after_the_installation(self):
        debtor = self._customer("Owes")
        self._invoice(50.0, customer=debtor, days_late=100)
        post_init_hook(self.env(su=True))
        self.assertEqual(self._found(debtor).credit_mode, "unlimited", "and nothing is blocked")

    def test_files_made_at_installation_are_locked_by_the_gate(self):
        customer, old = self._customer("Taken over"), self._customer("Without path")
        self._write_as_odoo_did(customer, **{str(self.company.id): 900.0})
        post_init_hook(self.env(su=True))
        profile = self._found(customer)
        self.assertEqual(profile.parent_path, f"{profile.id}/")
        other = self.env["credit.profile"].sudo()._ensure(old, self.company)
        self.env.cr.execute(
            SQL("UPDATE credit_profile SET parent_path = NULL WHERE id = %s", other.id)
        )
        customers = {(customer.id, self.company.id), (old.id, self.company.id)}
        self.assertEqual(self.env["credit.gate"]._lock_files(customers), customers)

    def test_the_fallback_becomes_the_companys_default_and_an_explicit_zero_unlimited(self):
        self.env["ir.default"].sudo().set(
            "res.partner", "credit_limit", 300.0, company_id=self.company.id
        )
        follows, explicit = self._customer("Follows"), self._customer("Explicit")
        self._write_as_odoo_did(explicit, **{str(self.company.id): 0.0})
        post_init_hook(self.env(su=True))
        self.assertEqual(
            (
                self.company.credit_management_default_mode,
                self.company.credit_management_default_limit,
            ),
            ("limited", 300.0),
        )
        self.assertFalse(self._found(follows))
        self.assertEqual(follows.sudo().credit_limit, 300.0)
        self.assertEqual(self._found(explicit).credit_mode, "unlimited")

    def test_the_value_of_a_branch_counts_where_its_company_has_none(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        only_branch, both = self._customer("Only branch"), self._customer("Both")
        self._write_as_odoo_did(only_branch, **{str(branch.id): 50.0})
        self._write_as_odoo_did(both, **{str(branch.id): 70.0, str(self.company.id): 20.0})
        post_init_hook(self.env(su=True))
        self.assertEqual(self._found(only_branch).credit_limit, 50.0)
        self.assertEqual(self._found(both).credit_limit, 20.0)

    def test_installing_holds_nothing(self):
        self.company.sudo().credit_management_policy_id = False
        customer = self._customer("Over its limit")
        self._write_as_odoo_did(customer, **{str(self.company.id): 10.0})
        post_init_hook(self.env(su=True))
        order = self._order(1000.0, customer=customer)
        order.action_confirm()
        self.assertPassed(order)

    def test_after_uninstalling_the_limits_in_force_stay_in_odoos_field(self):
        self._limit(900.0)
        uninstall_hook(self.env(su=True))
        self.env.cr.execute(
            SQL("SELECT indexname FROM pg_indexes WHERE indexname LIKE '%%credit_exposure_idx'")
        )
        self.assertFalse(self.env.cr.fetchall())
        self.assertEqual(self.customer.sudo().credit_limit, 900.0)
