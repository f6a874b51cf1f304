from dataclasses import replace

from odoo import api, fields, models

from ..rules.gate import STAGES as ORDER
from ..rules.gate import followup_level, rank
from .reminder.credit_followup_level import STAGES


class CreditPolicyRule(models.Model):
    _inherit = "credit.policy.rule"

    kind = fields.Selection(
        selection_add=[("followup_level", "Reminded as far as")],
        ondelete={"followup_level": "cascade"},
    )
    followup_stage = fields.Selection(
        STAGES,
        default="formal_notice",
        help="The rule applies to customers who were reminded so far of an item that is still open",
    )

    _followup_stage_given = models.Constraint(
        "CHECK(kind <> 'followup_level' OR followup_stage IS NOT NULL)",
        "A rule about reminders needs the stage from which it applies.",
    )

    @api.depends("followup_stage")
    def _compute_display_name(self):
        # EXTENDS 'credit_management'
        result = super()._compute_display_name()
        names = dict(self._fields["followup_stage"]._description_selection(self.env))
        for rule in self.filtered(lambda rule: rule.kind == "followup_level"):
            rule.display_name = f"{rule.display_name} {names.get(rule.followup_stage, '')}".strip()
        return result

    def _get_functions(self):
        # EXTENDS 'credit_management'
        return super()._get_functions() | {"followup_level": followup_level}

    def _to_rule(self):
        # EXTENDS 'credit_management'
        rule = super()._to_rule()
        if self.kind != "followup_level":
            return rule
        return replace(rule, threshold=rank(self.followup_stage))

    def _get_sentences(self):
        # EXTENDS 'credit_management'
        return super()._get_sentences() | {
            "followup_level": self.env._(
                "The customer was reminded of what is still open: %(figure)s (the rule applies from: %(threshold)s)."
            )
        }

    def _get_formats(self, currency):
        # EXTENDS 'credit_management'
        names = dict(self._fields["followup_stage"]._description_selection(self.env))
        return super()._get_formats(currency) | {
            "followup_level": lambda figure: names[ORDER[int(figure) - 1]]
        }
