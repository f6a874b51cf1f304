from odoo import api, models
from odoo.addons.credit_management.rules.kinds import RuleKind, _lt

from ..rules import gate

KINDS = {
    kind.name: kind
    for kind in (
        RuleKind(
            "legal_case",
            gate.legal_case,
            _lt("Litigation case open"),
            _lt("%(figure)s is claimed in an open litigation case."),
            _lt("The customer is in litigation."),
            facts=frozenset({"legal_cases"}),
        ),
        RuleKind(
            "insolvency",
            gate.insolvency,
            _lt("Insolvency proceedings"),
            _lt("Insolvency proceedings were opened %(figure)s ago."),
            _lt("The customer is in insolvency proceedings."),
            unit="days",
            facts=frozenset({"insolvent_days"}),
        ),
    )
}


class CreditPolicyRule(models.Model):
    _inherit = "credit.policy.rule"

    @api.model
    def _get_kinds(self):
        # EXTENDS 'credit_collection'
        return super()._get_kinds() | KINDS
