from odoo import models

from ...rules import steps


class CreditFollowupProcedure(models.Model):
    """What the rule of the steps needs to know of a procedure."""

    _inherit = "credit.followup.procedure"

    def _get_rules(self):
        """``{procedure id: Procedure}`` of these procedures, levels in the order of their days."""
        return {procedure.id: procedure._get_rule() for procedure in self.sudo()}

    def _get_levels(self):
        """The levels that are taken, in the order of their days."""
        return self.level_ids.filtered("active").sorted("days")

    def _get_rule(self):
        """:rtype: steps.Procedure"""
        return steps.Procedure(
            self.id,
            levels=tuple(level._get_rule() for level in self._get_levels()),
            count_from=self.count_from,
            start=self.start,
            gap_days=self.gap_days,
            tolerance=self.tolerance,
            min_total=self.min_total,
            credits=self.credits,
        )


class CreditFollowupLevel(models.Model):
    _inherit = "credit.followup.level"

    def _get_rule(self):
        """:rtype: steps.Level"""
        return steps.Level(
            self.id,
            self.days,
            min_amount=self.min_amount,
            repeat_days=self.repeat_days,
            repeat_max=self.repeat_max,
        )
