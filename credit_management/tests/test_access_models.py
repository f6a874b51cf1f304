"""What holds for every model of ours, of whatever add-on: windows belong to who opened them, records keep their owner."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import CreditCommon

AUTHOR = "Credit Management contributors"

#: models that people may write and that do not inherit the guard: each with its reason
WRITTEN_BY_ACTIONS = {
    "credit.decision.reason": "a word for the analysis of decisions, which decides nothing",
    "credit.contact.role": "a word for what a contact does, of no company, which decides nothing",
    "credit.order.closure": "a decision is undone, never written",
    "credit.hold": "users write no field of a hold",
    "credit.followup.notice": "users write the tracking number and the date of receipt alone",
    "credit.commission.simulation.line": "lines are made by their simulation and follow its plan",
}

#: what everybody may know of a record
PUBLIC = ("res.company", "res.currency")


@tagged("post_install", "-at_install")
class TestAccessModels(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        groups = "credit_management.group_credit_manager"
        if "credit.commission.plan" in cls.env:
            groups += ",credit_commission.group_commission_manager,account.group_account_user"
        cls.foreign_manager = cls._user("foreign_manager", groups)
        cls.foreign_manager.sudo().write(
            {"company_id": cls.other.id, "company_ids": [Command.set(cls.other.ids)]}
        )
        cls.administrator = cls._user("administrator", f"{groups},base.group_system")

    def _our_models(self):
        modules = self.env["ir.module.module"].sudo().search([("author", "=", AUTHOR)])
        names = set(modules.mapped("name"))
        return [
            self.env[name]
            for name in sorted(self.env.registry)
            if self.env[name]._original_module in names and not self.env[name]._abstract
        ]

    def _rules(self, model):
        return self.env["ir.rule"].sudo().search([("model_id.model", "=", model._name)])

    def _may_write(self, model):
        access = self.env["ir.model.access"].sudo()
        domain = [
            ("model_id.model", "=", model._name),
            "|",
            ("perm_write", "=", True),
            ("perm_create", "=", True),
        ]
        return bool(access.search_count(domain))

    def _guarded(self):
        return [model for model in self._our_models() if hasattr(model, "_company_path")]

    # === WINDOWS === #

    def test_every_window_belongs_to_who_opened_it(self):
        windows = [model for model in self._our_models() if model._transient]
        self.assertGreater(len(windows), 5)
        for model in windows:
            rules = self._rules(model).filtered(lambda rule: not rule.groups)
            own = [
                rule
                for rule in rules
                if "('create_uid', '=', user.id)" in (rule.domain_force or "")
                and rule.perm_read
                and rule.perm_write
                and rule.perm_unlink
            ]
            with self.subTest(model._name):
                self.assertTrue(own, "no rule lets only the one who opened the window read it")

    def test_a_window_reads_of_a_record_what_its_user_may_read(self):
        """A client names any record in a window: what the window shows of it is read with the client's own rights."""
        ours = {model._name for model in self._our_models()}
        for model in self._our_models():
            for field in model._fields.values() if model._transient else ():
                if not field.related or field.store or field.comodel_name in PUBLIC:
                    continue
                named = model._fields[field.related.partition(".")[0]].comodel_name
                if named in ours and not self.env[named]._transient:
                    with self.subTest(field=str(field)):
                        self.assertFalse(field.compute_sudo)

    def test_the_window_of_somebody_else_is_neither_read_nor_written(self):
        batch = self.env["credit.limit.batch"].with_user(self.manager).create({"reason": "Mine"})
        line = (
            self.env["credit.limit.batch.line"]
            .with_user(self.manager)
            .create({"batch_id": batch.id, "company_id": self.company.id, "amount": 1100.0})
        )
        decision = self.env["credit.hold.decision"].with_user(self.manager).create({"note": "Mine"})
        for user in (self.analyst, self.foreign_manager, self.administrator):
            for record, values in (
                (batch, {"reason": "x"}),
                (line, {"amount": 888888.0}),
                (decision, {"hold_ids": [Command.clear()]}),
            ):
                with self.subTest(user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).write(values)
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["create_uid"])
            with (
                self.subTest(user.login, what="a row in the window"),
                self.assertRaises(AccessError),
            ):
                line.with_user(user).create({"batch_id": batch.id, "company_id": self.company.id})

    # === OWNERS === #

    def test_every_model_that_people_write_keeps_its_owner(self):
        for model in self._our_models():
            if model._transient or not model._auto or not self._may_write(model):
                continue
            guarded = hasattr(model, "_company_path") or model._name in WRITTEN_BY_ACTIONS
            with self.subTest(model._name):
                self.assertTrue(guarded, "its owner may be changed by whoever may write it")

    def test_the_company_rule_of_a_model_goes_the_way_its_guard_goes(self):
        for model in self._guarded():
            with self.subTest(model._name):
                paths = {
                    term[0]
                    for rule in self._rules(model).filtered(lambda rule: not rule.groups)
                    for term in safe_eval(
                        rule.domain_force, {"company_ids": [], "user": self.env.user}
                    )
                    if isinstance(term, tuple)
                }
                self.assertEqual(paths, {model._company_path})
                self.assertIn(paths.pop().partition(".")[0], model._get_owner_fields())

    def _make_one_of_each(self, user, company):
        """``{model: record}`` as a user makes them in a company."""
        customer = self._customer("Owned")
        values = {
            "credit.profile": {"partner_id": customer.id, "company_id": company.id},
            "credit.policy": {
                "name": "Own",
                "company_id": company.id,
                "rule_ids": [Command.create({"kind": "over_limit"})],
            },
            "credit.risk.class": {"name": "Own", "company_id": company.id},
            "credit.authority": {"user_id": self.analyst.id, "company_id": company.id},
            "credit.followup.procedure": {"name": "Own", "company_id": company.id},
            "credit.followup.pause": {
                "partner_id": customer.id,
                "reason": "x",
                "date_to": "2099-01-01",
                "company_id": company.id,
            },
            "credit.late.policy": {
                "name": "Own",
                "rate_basis": "own",
                "own_rate": 12,
                "company_id": company.id,
            },
            "credit.interest.series": {"name": "Own", "code": "own", "company_id": company.id},
            "credit.commission.plan": {
                "name": "Own",
                "date_from": "2026-01-01",
                "company_id": company.id,
                "rule_ids": [Command.create({"name": "All", "percent": 5})],
                "agent_ids": [Command.create({})],
            },
        }
        made = {
            model: self.env[model].with_user(user).create(vals)
            for model, vals in values.items()
            if model in self.env and (company or not self.env[model]._fields["company_id"].required)
        }
        made["credit.policy.rule"] = made["credit.policy"].rule_ids
        return made

    def test_no_record_moves_to_another_company(self):
        for model, record in self._make_one_of_each(self.foreign_manager, self.other).items():
            for name in record._get_owner_fields():
                field = record._fields[name]
                elsewhere = {
                    "res.company": self.company,
                    "res.partner": self.customer,
                    "credit.policy": self.policy,
                }[field.comodel_name]
                with self.subTest(model, field=name):
                    with self.assertRaises(AccessError):
                        record.write({name: elsewhere.id})
                    if field.comodel_name == "res.company":
                        with self.assertRaises(AccessError):
                            record.write({name: False})
                    record.write({name: record[name].id})  # what changes nothing passes
                    self.assertNotEqual(record.sudo()[name], elsewhere)

    def test_what_a_write_leaves_is_seen_by_the_rules(self):
        """A draft may still choose its customer, but none of a company that is not the user's."""
        mine = self.env["credit.profile"].sudo()._ensure(self.customer, self.other)
        theirs = self._profile()
        draft = (
            self.env["credit.limit"]
            .with_user(self.foreign_manager)
            .create({"profile_id": mine.id, "amount": 1.0, "reason": "x"})
        )
        with self.assertRaises(AccessError):
            draft.write({"profile_id": theirs.id})

    def test_the_company_of_a_limit_is_the_one_of_its_file(self):
        """The journal of limits cannot be hidden, nor filled from elsewhere."""
        limit = self._limit(100.0)
        with self.assertRaises(AccessError):
            limit.with_user(self.manager).write({"company_id": self.other.id})
        limits = self.env["credit.limit"].with_user(self.foreign_manager)
        values = {"profile_id": limit.profile_id.id, "amount": 1.0, "reason": "x"}
        with self.assertRaises(AccessError):
            limits.create({**values, "company_id": self.other.id})
        with self.assertRaises(AccessError):
            limits.with_context(default_company_id=self.other.id).create(values)

    # === RECORDS OF EVERY COMPANY === #

    def test_what_counts_in_every_company_is_for_administrators(self):
        shared = self._make_one_of_each(self.administrator, self.env["res.company"])
        self.assertIn("credit.authority", shared)
        for model, record in shared.items():
            with self.subTest(model):
                as_manager = record.with_user(self.manager)
                as_manager.read(["display_name"])
                for attempt in (
                    lambda record=as_manager: record.write({"display_name": "x"}),
                    lambda record=as_manager: record.unlink(),
                ):
                    with self.assertRaisesRegex(AccessError, "every company"):
                        attempt()
                self.assertFalse(as_manager.has_access("write"))
                self.assertTrue(record.has_access("write"))

    def test_a_manager_makes_nothing_for_every_company(self):
        for model, values in (
            ("credit.policy", {"name": "All", "rule_ids": [Command.create({"kind": "always"})]}),
            ("credit.authority", {"user_id": self.manager.id, "is_unlimited": True}),
            ("credit.risk.class", {"name": "All"}),
        ):
            records = self.env[model].with_user(self.manager)
            with self.subTest(model):
                with self.assertRaisesRegex(AccessError, "every company"):
                    records.create({**values, "company_id": False})
                with self.assertRaisesRegex(AccessError, "every company"):
                    records.with_context(default_company_id=False).create(values)
                self.assertEqual(records.create(values).company_id, self.company)
        with self.assertRaisesRegex(AccessError, "every company"):
            self.env.ref("credit_management.credit_policy_standard").with_user(self.manager).write(
                {"rule_ids": [Command.create({"kind": "always"})]}
            )
        copy = (
            self.env.ref("credit_management.credit_policy_standard").with_user(self.manager).copy()
        )
        self.assertEqual(copy.company_id, self.company)
