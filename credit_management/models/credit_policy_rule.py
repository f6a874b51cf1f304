from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..rules import KINDS, Rule


class CreditPolicyRule(models.Model):
    """One condition of a policy and what follows when it applies."""

    _name = "credit.policy.rule"
    _description = "Credit Policy Rule"
    _order = "policy_id, sequence, id"
    _rec_name = "kind"

    policy_id = fields.Many2one("credit.policy", required=True, ondelete="cascade", index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("over_limit", "Exposure over the limit"),
            ("overdue_days", "Days overdue above"),
            ("overdue_amount", "Overdue amount above"),
            ("status", "Status of the customer"),
            ("prepaid_only", "Customer buys against prepayment"),
        ],
        required=True,
        default="over_limit",
    )
    threshold = fields.Float(
        help="Days or amount, as the rule says; amounts in the currency of the customer's company"
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
    checkpoint = fields.Selection([("order", "Order")], required=True, default="order")

    _status_given = models.Constraint(
        "CHECK(kind <> 'status' OR status IS NOT NULL)",
        "A rule about the status needs the status from which it applies.",
    )
    _threshold_not_negative = models.Constraint(
        "CHECK(threshold >= 0)", "A threshold cannot be below zero."
    )

    @api.depends("kind", "threshold", "status")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        statuses = dict(self._fields["status"]._description_selection(self.env))
        for rule in self:
            detail = {
                "status": statuses.get(rule.status),
                "overdue_days": int(rule.threshold),
                "overdue_amount": f"{rule.threshold:g}",
            }
            parts = [kinds.get(rule.kind, ""), detail.get(rule.kind, "")]
            rule.display_name = " ".join(str(part) for part in parts if part != "")

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
        )

    @api.model
    def _get_functions(self):
        """``{kind: function}``, one pure function for each kind. Extend when a kind is added to the selection.

        :rtype: dict[str, Callable[[Rule, Standing, Demand], tuple | None]]
        """
        return dict(KINDS)

    @api.model
    def _get_sentences(self):
        """``{kind: sentence}`` with named placeholders ``figure`` and ``threshold``. Extend with a new kind."""
        return {
            "over_limit": self.env._(
                "With this document the exposure is %(figure)s, the limit is %(threshold)s."
            ),
            "overdue_days": self.env._(
                "The oldest item is %(figure)s day(s) overdue, %(threshold)s are tolerated."
            ),
            "overdue_amount": self.env._("%(figure)s are overdue, %(threshold)s are tolerated."),
            "status": self.env._("The status of the customer is: %(figure)s."),
            "prepaid_only": self.env._(
                "The customer buys against prepayment; %(figure)s are not paid yet."
            ),
            "no_rate": self.env._(
                "The currency of the document has no exchange rate. Enter a rate, then confirm again."
            ),
        }

    @api.model
    def _get_formats(self, currency):
        """``{kind: function}`` that writes a figure of the kind for people; an amount where none is given."""
        statuses = self.env["credit.profile"]._fields["status"]._description_selection(self.env)
        return {
            "overdue_days": lambda figure: str(int(figure)),
            "status": lambda figure: statuses[int(figure)][1],
            "": lambda amount: formatLang(self.env, amount, currency_obj=currency),
        }

    @api.model
    def _explain(self, kind, figure, threshold, currency):
        """One sentence in the reader's language for a reason with its figures."""
        formats = self._get_formats(currency)
        write = formats.get(kind, formats[""])
        return self._get_sentences()[kind] % {
            "figure": write(figure),
            "threshold": write(threshold),
        }
