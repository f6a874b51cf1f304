from odoo import fields, models


class CreditAuthority(models.Model):
    _inherit = "credit.authority"

    max_waiver = fields.Float(
        digits="Account",
        string="Max. Late Charges Waived",
        tracking=True,
        help="Largest amount of late charges that may be waived at once, in the company's currency",
    )

    _waiver_not_negative = models.Constraint(
        "CHECK(max_waiver >= 0)", "A ceiling cannot be negative. Enter zero or more."
    )

    def _get_other_ceilings(self):
        # EXTENDS 'credit_management'
        return {**super()._get_other_ceilings(), "max_waiver": self.max_waiver}

    def _allowing_waiver(self, amount):
        """The authorities that allow waiving late charges of ``amount`` (in the company's currency)."""
        return self.filtered(
            lambda authority: authority.is_unlimited or amount <= authority.max_waiver
        )
