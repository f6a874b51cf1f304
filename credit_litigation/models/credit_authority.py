from odoo import fields, models


class CreditAuthority(models.Model):
    _inherit = "credit.authority"

    max_write_off = fields.Float(
        digits="Account",
        string="Max. Written Off",
        tracking=True,
        help="Largest loss that may be approved at once, taxes included, in the company's currency",
    )

    _write_off_not_negative = models.Constraint(
        "CHECK(max_write_off >= 0)", "A ceiling cannot be negative. Enter zero or more."
    )

    def _get_other_ceilings(self):
        # EXTENDS 'credit_management'
        return {**super()._get_other_ceilings(), "max_write_off": self.max_write_off}

    def _allowing_write_off(self, amount):
        """The authorities that allow a loss of ``amount`` (in the company's currency)."""
        return self.filtered(
            lambda authority: authority.is_unlimited or amount <= authority.max_write_off
        )
