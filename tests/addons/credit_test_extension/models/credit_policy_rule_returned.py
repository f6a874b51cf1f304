from odoo import api, models
from odoo.addons.credit_management.rules.kinds import RuleKind, _lt


def credit_notes(rule, position, request):
    """The customer has more open credit notes than the threshold."""
    number = position.fact("credit_notes")
    return (number, rule.threshold) if number > rule.threshold else None


CREDIT_NOTES = RuleKind(
    "credit_notes",
    credit_notes,
    _lt("Open credit notes above"),
    _lt("%(figure)s credit note(s) open; %(threshold)s allowed."),
    unit="days",
    settings=frozenset({"threshold"}),
    facts=frozenset({"credit_notes"}),
)


class CreditPolicyRule(models.Model):
    """A kind of rule on a fact of its own; the fact is read in ``credit_summary``."""

    _inherit = "credit.policy.rule"

    @api.model
    def _get_kinds(self):
        # EXTENDS 'credit_management'
        return super()._get_kinds() | {CREDIT_NOTES.name: CREDIT_NOTES}
