from dataclasses import replace

from odoo import api, fields, models
from odoo.addons.credit_management.rules.kinds import RuleKind, _lt

from ..rules.gate import STAGES, followup_level, rank
from .reminder.credit_followup_level import STAGE_SELECTION

FOLLOWUP_LEVEL = RuleKind(
    "followup_level",
    followup_level,
    _lt("Reminder level reached"),
    _lt("Reminder level reached on open items: %(figure)s (the rule applies from: %(threshold)s)."),
    _lt("Reminders were sent and invoices are still unpaid."),
    unit="stage",
    settings=frozenset({"followup_stage"}),
    facts=frozenset({"followup_stage"}),
)


class CreditPolicyRule(models.Model):
    _inherit = "credit.policy.rule"

    followup_stage = fields.Selection(
        STAGE_SELECTION,
        default="formal_notice",
        help="The rule applies to customers with an open item reminded at this level or above",
    )

    @api.model
    def _get_kinds(self):
        # EXTENDS 'credit_management'
        return super()._get_kinds() | {FOLLOWUP_LEVEL.name: FOLLOWUP_LEVEL}

    def _get_units(self, currency):
        # EXTENDS 'credit_management'
        names = dict(self._fields["followup_stage"]._description_selection(self.env))
        return super()._get_units(currency) | {
            "stage": lambda figure: names[STAGES[int(figure) - 1]]
        }

    @api.depends("followup_stage")
    def _compute_display_name(self):
        # EXTENDS 'credit_management'
        return super()._compute_display_name()

    @api.constrains("followup_stage")
    def _check_settings(self):
        # EXTENDS 'credit_management'
        return super()._check_settings()

    def _to_rule(self):
        # EXTENDS 'credit_management'
        rule = super()._to_rule()
        if self.kind != FOLLOWUP_LEVEL.name:
            return rule
        return replace(rule, threshold=rank(self.followup_stage))
