from odoo import fields, models

#: how a guarantee acts; see ``rules/cover.py``
EFFECTS = [
    ("none", "No effect"),
    ("limit", "Raises the limit"),
    ("exposure", "Covers the exposure"),
]


class CreditGuaranteeType(models.Model):
    """A type of guarantee, and how guarantees of this type usually act."""

    _name = "credit.guarantee.type"
    _description = "Type of Guarantee"
    _inherit = ["credit.owned.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="Guarantees of the first types are called upon first"
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="Leave empty to allow every company to use it",
    )
    category = fields.Selection(
        [
            ("insurance", "Credit insurance, named"),
            ("unnamed", "Credit insurance, unnamed"),
            ("bank", "Bank guarantee"),
            ("parent", "Parent company guarantee"),
            ("deposit", "Deposit"),
            ("bill", "Accepted bill"),
            ("title", "Retention of title"),
            ("letter", "Letter of credit"),
            ("other", "Other"),
        ],
        required=True,
        default="other",
    )
    effect = fields.Selection(EFFECTS, required=True, default="none")
    quota = fields.Float(
        string="Share (%)",
        digits=(5, 2),
        default=100.0,
        help="Share of the amount that counts, such as the insured percentage",
    )
    is_exclusive = fields.Boolean(
        string="One at a Time",
        help="A customer cannot have two guarantees of this type on the same day",
    )
    alert_days = fields.Integer(
        string="Notify (days)",
        default=30,
        help="Days before expiry when the person responsible is notified",
    )

    _quota_is_a_share = models.Constraint(
        "CHECK(quota > 0 AND quota <= 100)", "Enter a share above 0 and up to 100 %."
    )
    _days_not_negative = models.Constraint(
        "CHECK(alert_days >= 0)", "The notice cannot be negative. Enter 0 or more days."
    )
