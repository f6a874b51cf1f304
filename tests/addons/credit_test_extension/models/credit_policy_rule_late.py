from odoo import api, models
from odoo.addons.credit_management.rules.kinds import RuleKind, _lt


def long_overdue(rule, position, request):
    """Items overdue by more than the rule's days exceed the threshold, in company currency."""
    late = position.overdue_beyond(rule.days + position.policy.grace_days)
    return (late, rule.threshold) if late > rule.threshold else None


LONG_OVERDUE = RuleKind(
    "long_overdue",
    long_overdue,
    _lt("Overdue for long above"),
    _lt("%(figure)s is long overdue; %(threshold)s allowed."),
    _lt("Invoices have been overdue for a long time."),
    settings=frozenset({"threshold", "days"}),
    facts=frozenset({"late_sums"}),
    cured_by="payment",
)


class CreditPolicyRule(models.Model):
    """A kind of rule on facts that exist: this file is all of it."""

    _inherit = "credit.policy.rule"

    @api.model
    def _get_kinds(self):
        # EXTENDS 'credit_management'
        return super()._get_kinds() | {LONG_OVERDUE.name: LONG_OVERDUE}
