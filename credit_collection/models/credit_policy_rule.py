from odoo import api, models
from odoo.addons.credit_management.rules.kinds import RuleKind, _lt

from ..rules import gate

KINDS = {
    kind.name: kind
    for kind in (
        RuleKind(
            "broken_promises",
            gate.broken_promises,
            _lt("Broken promises above"),
            _lt(
                "Promises to pay broken in the last twelve months: %(figure)s; the policy allows up to %(threshold)s."
            ),
            _lt("Promises to pay were broken."),
            unit="count",
            settings=frozenset({"threshold"}),
            facts=frozenset({"broken_promises"}),
        ),
        RuleKind(
            "plan_defaulted",
            gate.plan_defaulted,
            _lt("Payment plan failed"),
            _lt("A payment plan defaulted with %(figure)s of its debt still owed."),
            _lt("A payment plan was not kept."),
            facts=frozenset({"defaulted_plans"}),
            cured_by="payment",
        ),
        RuleKind(
            "disputed_share",
            gate.disputed_share,
            _lt("Percent of the balance disputed above"),
            _lt(
                "%(figure)s of the open balance is in dispute; the policy allows up to %(threshold)s."
            ),
            _lt("Invoices are disputed."),
            unit="percent",
            settings=frozenset({"threshold"}),
            facts=frozenset({"disputed", "late_sums"}),
        ),
    )
}


class CreditPolicyRule(models.Model):
    _inherit = "credit.policy.rule"

    @api.model
    def _get_kinds(self):
        # EXTENDS 'credit_management'
        return super()._get_kinds() | KINDS

    def _get_units(self, currency):
        # EXTENDS 'credit_management'
        return super()._get_units(currency) | {"count": lambda figure: str(int(figure))}
