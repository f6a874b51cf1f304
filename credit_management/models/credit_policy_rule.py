from odoo import api, fields, models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import format_list, formatLang
from odoo.tools.translate import get_translation

from ..rules import FACTS, KINDS, Rule


class CreditPolicyRule(models.Model):
    """One condition of a policy and the action when it applies."""

    _name = "credit.policy.rule"
    _description = "Credit Policy Rule"
    _inherit = ["credit.owned.mixin"]
    _order = "policy_id, sequence, id"
    _rec_name = "kind"
    _company_path = "policy_id.company_id"

    display_name = fields.Char(recursive=True)
    policy_id = fields.Many2one("credit.policy", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        lambda self: self._get_kind_selection(), required=True, default="over_limit"
    )
    settings = fields.Char(
        compute="_compute_settings", help="Names of the fields used by this kind of rule"
    )
    threshold = fields.Float(
        help="In days, percent or amount, depending on the kind of rule; amounts in the currency of the customer's company"
    )
    days = fields.Integer(
        string="Late by (days)", help="Only items more than this number of days late are counted"
    )
    status = fields.Selection(
        [("watch", "Watch"), ("blocked", "Blocked"), ("legal", "Litigation")],
        default="blocked",
        help="The rule applies to this status and more severe ones",
    )
    action = fields.Selection(
        [("warn", "Warn"), ("hold", "Hold"), ("exempt", "Let pass")],
        required=True,
        default="hold",
        help="Let pass: a document to which the rule applies passes, regardless of the other rules",
    )
    checkpoint = fields.Selection(
        [("order", "Order"), ("invoice", "Invoice")],
        required=True,
        default="order",
        help="When the rule is checked. Invoices of orders are never held, only invoices without an order.",
    )

    # Further conditions, which must all apply
    condition_of_id = fields.Many2one(
        "credit.policy.rule", string="Condition of", ondelete="cascade", index="btree_not_null"
    )
    condition_ids = fields.One2many(
        "credit.policy.rule",
        "condition_of_id",
        string="And",
        copy=True,
        help="The rule applies only if all of these apply too",
    )

    # Scope: only the narrowest rule of a kind counts: customer before class, group and company
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
        help="Leave empty for every customer",
    )
    risk_class_id = fields.Many2one(
        "credit.risk.class", ondelete="cascade", help="Leave empty for every class"
    )
    group_id = fields.Many2one(
        "credit.profile",
        ondelete="cascade",
        domain="[('child_ids', '!=', False)]",
        help="Members of the group of this credit file. Empty: every customer",
    )
    company_id = fields.Many2one(
        "res.company",
        domain="[('parent_id', '=', False)]",
        ondelete="cascade",
        help="Leave empty for every company",
    )

    _threshold_not_negative = models.Constraint(
        "CHECK(threshold >= 0 AND days >= 0)", "A threshold cannot be negative. Enter 0 or more."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "threshold", "status", "condition_ids.display_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = self._get_kinds()
        labels = dict(self._get_kind_selection())
        for rule in self:
            parts = [labels.get(rule.kind, rule.kind or ""), rule._get_setting_text(kinds)]
            name = " ".join(filter(None, parts))
            conditions = (condition.display_name or "" for condition in rule.condition_ids)
            rule.display_name = format_list(self.env, [name, *conditions])

    def _get_setting_text(self, kinds):
        """What the rule compares against, in words."""
        kind = kinds.get(self.kind)
        if not kind:
            return ""
        if "threshold" in kind.settings:
            return f"{self.threshold:g}" if self.threshold or not kind.is_delay else ""
        chosen = [name for name in kind.settings if self._fields[name].type == "selection"]
        selections = (dict(self._fields[name]._description_selection(self.env)) for name in chosen)
        return " ".join(
            labels.get(self[name], "") for name, labels in zip(chosen, selections, strict=True)
        )

    @api.depends("kind")
    def _compute_settings(self):
        kinds = self._get_kinds()
        for rule in self:
            kind = kinds.get(rule.kind)
            rule.settings = " ".join(sorted(kind.settings)) if kind else False

    # === CONSTRAINTS === #

    @api.constrains("kind", "status")
    def _check_settings(self):
        """A setting chosen from a list must have a value."""
        kinds = self._get_kinds()
        for rule in self:
            for name in kinds[rule.kind].settings if rule.kind in kinds else ():
                field = self._fields[name]
                if field.type == "selection" and not rule[name]:
                    raise ValidationError(
                        self.env._(
                            'The rule "%(rule)s" needs a value for "%(setting)s". Enter one.',
                            rule=rule.display_name,
                            setting=field._description_string(self.env),
                        )
                    )

    @api.constrains("condition_of_id", "action", "condition_ids")
    def _check_conditions(self):
        for rule in self:
            if rule.condition_of_id and (
                rule.condition_ids or rule.condition_of_id.condition_of_id
            ):
                raise ValidationError(
                    self.env._("A condition cannot have conditions. Add them to the rule itself.")
                )

    # === KINDS === #

    @api.model
    def _get_kinds(self):
        """``{name: RuleKind}``. Extend with ``super() | {...}``: every list, sentence, query and check follows from it.

        :rtype: dict[str, RuleKind]
        """
        return dict(KINDS)

    def _register_hook(self):
        # EXTENDS 'base': a kind that could not be judged or shown is noticed now, not when it first holds a document
        super()._register_hook()
        if faults := self._get_faults_of_kinds():
            raise ValueError("\n".join(faults))

    @api.model
    def _get_faults_of_kinds(self):
        """What keeps kinds from being judged or shown, in sentences that name them."""
        units = self._get_units(self.env["res.currency"])
        facts = FACTS | self.env["credit.position"]._get_fact_readers().keys()
        kinds = self._get_kinds().values()
        return [fault for kind in kinds for fault in kind.get_faults(units, self._fields, facts)]

    @api.model
    def _get_kind_selection(self):
        return [
            (name, self._translate(kind, kind.label)) for name, kind in self._get_kinds().items()
        ]

    @api.model
    def _translate(self, kind, text, **values):
        """A text of a kind, in the user's language."""
        return get_translation(kind.module, self.env.lang or "en_US", text, values) if text else ""

    @api.model
    def _get_units(self, currency):
        """``{unit: function}`` to format figures. Extend with the units of new kinds."""
        statuses = self.env["credit.profile"]._fields["status"]._description_selection(self.env)
        return {
            "amount": lambda amount: formatLang(self.env, amount, currency_obj=currency),
            "days": lambda figure: str(int(figure)),
            "percent": lambda figure: self.env._("%s %%", formatLang(self.env, figure, digits=1)),
            "status": lambda figure: statuses[int(figure)][1],
        }

    @api.model
    def _get_public_sentence(self, name):
        """The reason without figures; empty where the kind says nothing about the customer."""
        kind = self._get_kinds().get(name)
        return self._translate(kind, kind.public) if kind else ""

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create([self._with_policy(vals) for vals in vals_list])
        self._forget_rules()
        rules._log_added()
        return rules

    @api.model
    def _with_policy(self, vals):
        """A condition belongs to the policy of its rule, in copies too."""
        rule = self.browse(vals.get("condition_of_id"))
        return {**vals, "policy_id": rule.policy_id.id} if rule else vals

    def write(self, vals):
        before = self.env["credit.journal"]._snapshot(self, self._get_logged_fields() & vals.keys())
        result = super().write(vals)
        self._forget_rules()
        self._log_changed(before)
        return result

    def unlink(self):
        self.check_access("unlink")
        self._log_removed()
        result = super().unlink()
        self._forget_rules()
        return result

    def _forget_rules(self):
        """Drop cached rules, and check holds again that the change may have freed."""
        self.env.registry.clear_cache()
        self.env["credit.hold"]._reassess_soon()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        for policy in self.policy_id:
            if policy.rule_ids <= self:
                raise ValidationError(
                    self.env._(
                        'The policy "%s" would have no rules left and let everything pass.'
                        " Add another rule first, or stop using the policy.",
                        policy.name,
                    )
                )

    @api.model
    def _drop_kinds_of(self, modules):
        """Delete the rules whose kind goes with these add-ons. Nothing passes because of it that was held before.

        An exemption goes with its condition, without which it would exempt more. A policy that held by these rules alone
        holds every document until a manager decides on its rules.
        """
        gone = [name for name, kind in self._get_kinds().items() if kind.module in modules]
        rules = self.search([("kind", "in", gone)])
        rules |= rules.condition_of_id.filtered(lambda rule: rule.action == "exempt")
        held = rules.policy_id.filtered(lambda policy: policy._holds())
        rules.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        for policy in held.filtered(lambda policy: not policy._holds()):
            policy.rule_ids = [Command.create({"kind": "always"})]

    # === ACTIONS === #

    @api.readonly
    def action_open_conditions(self):
        """The conditions that must apply as well."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("And"),
            "res_model": self._name,
            "views": [(False, "form")],
            "res_id": self.id,
            "target": "new",
        }

    # === FOR THE RULES === #

    def _to_rule(self):
        """:rtype: Rule"""
        self.ensure_one()
        return Rule(
            self.kind,
            self.action,
            self.checkpoint,
            self.threshold,
            self.policy_id.tolerance,
            self.status,
            self.id,
            self.days,
            self.partner_id.commercial_partner_id.id or 0,
            self.risk_class_id.id or 0,
            self.group_id.id or 0,
            self.company_id.id or 0,
            tuple(condition._to_rule() for condition in self.condition_ids),
        )

    @api.model
    def _get_other_sentences(self):
        """Sentences of reasons that do not come from a known kind of rule."""
        return {
            "missing_kind": self.env._(
                "A rule of the policy comes from an add-on that is no longer installed. Ask a credit manager to remove the rule or reinstall the add-on."
            ),
            "manual": self.env._("Held by credit control: %(note)s"),
            "no_rate": self.env._(
                "The currency of the document has no exchange rate. Enter a rate, then confirm again."
            ),
        }

    @api.model
    def _explain(self, kind, figure, threshold, currency, group="", note=""):
        """A reason with its figures, in one sentence in the reader's language.

        :param group: name of the group at which the reason applies, if not at the customer itself
        :param note: text entered by whoever held the document manually
        """
        found = self._get_kinds().get(kind)
        if found:
            write = self._get_units(currency)[found.unit]
            values = {"figure": write(figure), "threshold": write(threshold)}
            sentence = self._translate(found, found.sentence, **values)
        else:
            sentences = self._get_other_sentences()
            sentence = sentences.get(kind, sentences["missing_kind"]) % {"note": note}
        if not group:
            return sentence
        return self.env._("Group %(group)s: %(sentence)s", group=group, sentence=sentence)
