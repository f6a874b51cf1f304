from odoo import api, models
from odoo.addons.credit_management.rules.kinds import RuleKind, _lt

from ..rules import gate

KINDS = {
    kind.name: kind
    for kind in (
        RuleKind(
            "guarantee_expired",
            gate.guarantee_expired,
            _lt("Guarantee expired"),
            _lt(
                "A guarantee expired %(figure)s day(s) ago and was not renewed. Renew it, or end it if it is no longer needed."
            ),
            _lt("A guarantee has expired."),
            unit="days",
            settings=frozenset({"threshold"}),
            is_delay=True,
            facts=frozenset({"guarantee_expired_days"}),
        ),
        RuleKind(
            "cover_stopped",
            gate.cover_stopped,
            _lt("Insurance cover stopped"),
            _lt(
                "The insurer's cover stopped %(figure)s day(s) ago: an invoice is overdue beyond the extension period, or was not declared in time."
            ),
            _lt("The credit insurance no longer covers new deliveries."),
            unit="days",
            facts=frozenset({"cover_stopped_days"}),
            cured_by="payment",
        ),
    )
}


class CreditPolicyRule(models.Model):
    _inherit = "credit.policy.rule"

    @api.model
    def _get_kinds(self):
        # EXTENDS 'credit_management'
        return super()._get_kinds() | KINDS
