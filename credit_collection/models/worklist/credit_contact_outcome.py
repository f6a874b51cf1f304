from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: what an outcome makes
MAKES = [
    ("promise", "A promise to pay"),
    ("plan", "A payment plan"),
    ("dispute", "A dispute"),
    ("callback", "A call-back"),
    ("wrong_person", "A mark on the contact: wrong person"),
]


class CreditContactOutcome(models.Model):
    """What comes of a contact: what is asked when it is recorded, what it makes, and when the customer is contacted next."""

    _name = "credit.contact.outcome"
    _description = "Outcome of a Contact"
    _inherit = ["credit.owned.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="cascade",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="Empty: every company may use it",
    )
    asks_date = fields.Boolean(string="Asks for a Date")
    asks_amount = fields.Boolean(string="Asks for an Amount")
    asks_reason = fields.Boolean(string="Asks for a Reason")
    makes = fields.Selection(MAKES, string="Creates")
    has_next = fields.Boolean(string="Sets the Next Contact")
    next_days = fields.Integer(
        string="Next Contact After (days)", help="Days after the contact; 0 is the same day"
    )
    is_reached = fields.Boolean(
        string="Person Reached", default=True, help="Counts as a conversation in the figures"
    )

    _days_not_negative = models.Constraint(
        "CHECK(next_days >= 0)", "The next contact cannot be before this one. Enter 0 or more days."
    )

    @api.constrains("makes", "asks_date", "asks_amount")
    def _check_asks(self):
        """What is made needs what is asked."""
        needs = {"promise": ("asks_date", "asks_amount"), "callback": ("asks_date",)}
        for outcome in self:
            if not all(outcome[name] for name in needs.get(outcome.makes, ())):
                raise ValidationError(
                    self.env._(
                        "%s: a promise needs a date and an amount, a call-back needs a date. Tick the matching boxes.",
                        outcome.name,
                    )
                )
