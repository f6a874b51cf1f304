from odoo import api, models
from odoo.exceptions import ValidationError


class CreditLatePolicy(models.Model):
    _inherit = "credit.late.policy"

    @api.constrains("country_id", "for_consumer", "fee_ids", "runs_from", "rate_basis")
    def _check_french_consumers(self):
        """Articles L441-10 and D441-5 are law between businesses; a consumer owes the legal rate from the formal notice."""
        for policy in self.filtered(lambda p: p.for_consumer and p.country_id.code == "FR"):
            if policy.fee_ids or (
                policy.rate_basis != "none" and policy.runs_from != "formal_notice"
            ):
                raise ValidationError(
                    self.env._(
                        "In France a consumer owes no fixed sum, and interest only from the formal notice"
                        " (articles 1231-6 and 1344-1 of the Civil Code): articles L441-10 and D441-5 of the Commercial Code"
                        " are law between businesses. Make another policy for consumers than %s.",
                        policy.name,
                    )
                )
