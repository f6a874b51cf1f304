from odoo import fields, models

from ..rules.fees import fee

ROLES = [
    ("court", "Court"),
    ("lawyer", "Lawyer"),
    ("bailiff", "Bailiff"),
    ("agency", "Collection Agency"),
    ("expert", "Expert"),
    ("other", "Other"),
]


class CreditLitigationFee(models.Model):
    """What a third party asks: a fixed fee, percents of the claim or of the money that comes in."""

    _name = "credit.litigation.fee"
    _description = "Fee Terms"
    _inherit = ["credit.owned.mixin"]
    _order = "role, name, id"

    name = fields.Char(required=True, translate=True)
    role = fields.Selection(ROLES, required=True, default="agency")
    partner_id = fields.Many2one(
        "res.partner", string="Third Party", index="btree_not_null", ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
        help="Leave empty for every company",
    )
    fixed = fields.Float(string="Fixed Fee", digits="Account", help="In the company's currency")
    is_on_success = fields.Boolean(
        string="On Success", help="The percents are of the money received, not of the claim"
    )
    slice_ids = fields.One2many("credit.litigation.fee.slice", "fee_id", string="Percents")
    active = fields.Boolean(default=True)

    _fixed_not_negative = models.Constraint(
        "CHECK(fixed >= 0)", "A fee cannot be negative. Enter zero or more."
    )

    def _to_slices(self):
        return tuple((part.amount_from, part.percent) for part in self.slice_ids)

    def _measure(self, claim, received):
        """The fee of a case, in the company's currency; 0 without terms."""
        base = received if self.is_on_success else claim
        return fee(base, self.fixed, self._to_slices()) if self else 0.0
