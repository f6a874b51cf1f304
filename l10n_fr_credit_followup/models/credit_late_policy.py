from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang


class CreditLatePolicy(models.Model):
    _inherit = "credit.late.policy"

    def _is_of_ecb(self):
        """Its reference is the rate that the Commercial Code and the Public Procurement Code name."""
        ecb = self.env.ref("l10n_fr_credit_followup.series_ecb", raise_if_not_found=False)
        return bool(ecb) and self.series_id == ecb.sudo()

    def _format_points(self, points):
        """As many decimals as there are: 10, 10.5."""
        decimals = len(f"{points:.4f}".rstrip("0").partition(".")[2])
        return formatLang(self.env, points, digits=decimals)

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
