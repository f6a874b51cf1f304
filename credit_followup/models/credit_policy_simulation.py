from odoo import models


class CreditPolicySimulation(models.Model):
    _inherit = "credit.policy.simulation"

    def _get_approximations(self):
        # EXTENDS 'credit_management'
        said = super()._get_approximations()
        if "followup_level" not in self.policy_id.rule_ids.mapped("kind"):
            return said
        return [
            *said,
            self.env._(
                "Rules about reminders held nothing: which were sent then is not looked up."
            ),
        ]
