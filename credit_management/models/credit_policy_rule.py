from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..rules import KINDS, Rule


class CreditPolicyRule(models.Model):
    """One condition of a policy and what follows when it applies."""

    _name = "credit.policy.rule"
    _description = "Credit Policy Rule"
    _inherit = ["credit.owned.mixin"]
    _order = "policy_id, sequence, id"
    _rec_name = "kind"
    _company_path = "policy_id.company_id"

    policy_id = fields.Many2one("credit.policy", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("over_limit", "Exposure over the limit"),
            ("limit_used", "Percent of the limit used above"),
            ("overdue_days", "Days overdue above"),
            ("overdue_amount", "Overdue amount above"),
            ("overdue_share", "Percent of the balance overdue above"),
            ("oldest_item_days", "Age of the oldest open item above"),
            ("order_amount", "Amount of the document above"),
            ("status", "Status of the customer"),
            ("prepaid_only", "Customer buys against prepayment"),
            ("payment_term", "Payment terms longer than"),
            ("limit_expired", "Limit expired"),
            ("review_due", "Review due"),
            ("no_limit_yet", "Nobody has decided about the customer"),
            ("order_below", "Amount of the document up to"),
            ("intercompany", "Customer is one of our companies"),
            ("always", "Every document"),
        ],
        required=True,
        default="over_limit",
    )
    threshold = fields.Float(
        help="Days, percent or amount, as the rule says; amounts in the currency of the customer's company"
    )
    is_measured = fields.Boolean(compute="_compute_is_measured")
    days = fields.Integer(
        string="Late by (days)", help="Only items more than this number of days late are counted"
    )
    status = fields.Selection(
        [("watch", "Watch"), ("blocked", "Blocked"), ("legal", "Litigation")],
        default="blocked",
        help="The rule applies from this status upwards",
    )
    action = fields.Selection(
        [("warn", "Warn"), ("hold", "Hold"), ("exempt", "Let pass")],
        required=True,
        default="hold",
        help="Let pass: a document to which the rule applies passes, whatever the other rules say",
    )
    checkpoint = fields.Selection(
        [("order", "Order"), ("invoice", "Invoice")],
        required=True,
        default="order",
        help="When the rule is asked. The invoice of an order is never held: only one that no order stands behind is.",
    )

    # Scope: the narrowest rule of a kind counts, customer before class, group and company
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('parent_id', '=', False)]",
        help="Empty: every customer",
    )
    risk_class_id = fields.Many2one(
        "credit.risk.class", ondelete="cascade", help="Empty: every class"
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
        help="Empty: every company",
    )

    _status_given = models.Constraint(
        "CHECK(kind <> 'status' OR status IS NOT NULL)",
        "A rule about the status needs the status from which it applies.",
    )
    _threshold_not_negative = models.Constraint(
        "CHECK(threshold >= 0 AND days >= 0)", "A threshold cannot be below zero."
    )

    @api.depends("kind", "threshold", "status")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        statuses = dict(self._fields["status"]._description_selection(self.env))
        for rule in self:
            detail = statuses.get(rule.status, "") if rule.kind == "status" else ""
            if rule.is_measured and (rule.threshold or rule.kind not in self._get_dated_kinds()):
                detail = f"{rule.threshold:g}"
            rule.display_name = f"{kinds.get(rule.kind, rule.kind or '')} {detail}".strip()

    @api.depends("kind")
    def _compute_is_measured(self):
        for rule in self:
            rule.is_measured = rule.kind in self._get_measured_kinds()

    @api.model
    def _get_measured_kinds(self):
        """The kinds that compare a figure with the threshold."""
        return {
            "limit_used",
            "overdue_days",
            "overdue_amount",
            "overdue_share",
            "oldest_item_days",
            "order_amount",
            "order_below",
            "payment_term",
            *self._get_dated_kinds(),
        }

    @api.model
    def _get_dated_kinds(self):
        """The kinds about a day that is over: the threshold is how many days later they apply."""
        return {"limit_expired", "review_due"}

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self._forget_rules()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self._forget_rules()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_rules()
        return result

    def _forget_rules(self):
        """Nobody judges by the rules as they were, and what was held by them may be free."""
        self.env.registry.clear_cache()
        self.env["credit.hold"]._reassess_soon()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        for policy in self.policy_id:
            if policy.rule_ids <= self:
                raise ValidationError(
                    self.env._(
                        'The policy "%s" would have no rule left and let everything pass.'
                        " Add another rule first, or take the policy out of use.",
                        policy.name,
                    )
                )

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
        )

    @api.model
    def _get_functions(self):
        """``{kind: function}``, one pure function for each kind. Extend when a kind is added to the selection.

        :rtype: dict[str, Callable[[Rule, Standing, Demand], tuple | None]]
        """
        return dict(KINDS)

    @api.model
    def _get_sentences(self):
        """``{kind: sentence}`` with named placeholders ``figure``, ``threshold`` and ``note``. Extend with a new kind."""
        return {
            "over_limit": self.env._(
                "With this document the exposure is %(figure)s, the limit is %(threshold)s."
            ),
            "overdue_days": self.env._(
                "The oldest item is %(figure)s day(s) overdue, %(threshold)s are tolerated."
            ),
            "overdue_amount": self.env._("%(figure)s are overdue, %(threshold)s are tolerated."),
            "limit_used": self.env._(
                "With this document %(figure)s of the limit are used, %(threshold)s are tolerated."
            ),
            "overdue_share": self.env._(
                "%(figure)s of the open balance are overdue, %(threshold)s are tolerated."
            ),
            "oldest_item_days": self.env._(
                "The oldest open item is %(figure)s day(s) old, %(threshold)s are tolerated."
            ),
            "order_amount": self.env._(
                "The document is of %(figure)s; above %(threshold)s it needs a look."
            ),
            "status": self.env._("The status of the customer is: %(figure)s."),
            "prepaid_only": self.env._(
                "The customer buys against prepayment; %(figure)s are not paid yet."
            ),
            "payment_term": self.env._(
                "The payment terms are of %(figure)s day(s), %(threshold)s are allowed."
            ),
            "limit_expired": self.env._("The credit limit expired %(figure)s day(s) ago."),
            "review_due": self.env._("The review of the customer was due %(figure)s day(s) ago."),
            "no_limit_yet": self.env._("Nobody has decided about the credit of this customer yet."),
            "always": self.env._("A credit controller looks at every document of this customer."),
            "missing_kind": self.env._(
                "A rule of the policy comes from an add-on that is not installed any more."
                " A credit manager takes it out of the policy or installs the add-on again."
            ),
            "manual": self.env._("Credit control holds it: %(note)s"),
            "no_rate": self.env._(
                "The currency of the document has no exchange rate. Enter a rate, then confirm again."
            ),
        }

    @api.model
    def _get_formats(self, currency):
        """``{kind: function}`` that writes a figure of the kind for people; an amount where none is given."""
        statuses = self.env["credit.profile"]._fields["status"]._description_selection(self.env)
        days = dict.fromkeys(
            ("overdue_days", "oldest_item_days", "payment_term", "limit_expired", "review_due"),
            lambda figure: str(int(figure)),
        )
        percent = dict.fromkeys(
            ("limit_used", "overdue_share"),
            lambda figure: self.env._("%s %%", formatLang(self.env, figure, digits=1)),
        )
        return {
            **days,
            **percent,
            "status": lambda figure: statuses[int(figure)][1],
            "": lambda amount: formatLang(self.env, amount, currency_obj=currency),
        }

    @api.model
    def _explain(self, kind, figure, threshold, currency, group="", note=""):
        """One sentence in the reader's language for a reason with its figures.

        :param group: name of the group at which the reason applies, if not at the customer itself
        :param note: what somebody typed who held the document by hand
        """
        formats = self._get_formats(currency)
        write = formats.get(kind, formats[""])
        sentences = self._get_sentences()
        sentence = sentences.get(kind, sentences["missing_kind"]) % {
            "figure": write(figure),
            "threshold": write(threshold),
            "note": note,
        }
        if not group:
            return sentence
        return self.env._("Group %(group)s: %(sentence)s", group=group, sentence=sentence)
