from odoo import api, models
from odoo.addons.credit_management.rules.kinds import RuleKind, _lt
from odoo.tools import formatLang

from ..rules import gate

_THRESHOLD = frozenset({"threshold"})

KINDS = {
    kind.name: kind
    for kind in (
        RuleKind(
            "risk_class",
            gate.risk_class,
            _lt("Risk class from place"),
            _lt(
                "The risk class of the customer is number %(figure)s of the list; the policy acts from %(threshold)s on."
            ),
            _lt("The risk class of the customer is high."),
            unit="number",
            settings=_THRESHOLD,
            facts=frozenset({"class_place"}),
        ),
        RuleKind(
            "score_below",
            gate.score_below,
            _lt("Score below"),
            _lt("The score of the customer is %(figure)s; at least %(threshold)s is required."),
            _lt("The score of the customer is low."),
            unit="number",
            settings=_THRESHOLD,
            facts=frozenset({"score"}),
        ),
        RuleKind(
            "delay_trend",
            gate.delay_trend,
            _lt("Pays later than before by more days than"),
            _lt("The customer pays %(figure)s days later than before; %(threshold)s allowed."),
            _lt("The customer pays later than before."),
            unit="number",
            settings=_THRESHOLD,
            facts=frozenset({"delay_trend"}),
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
        units = super()._get_units(currency)
        return units | {
            "number": lambda figure: formatLang(
                self.env, figure, digits=0 if figure == int(figure) else 1
            )
        }
