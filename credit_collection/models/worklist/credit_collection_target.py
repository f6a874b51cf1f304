from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditCollectionTarget(models.Model):
    """The amount a collector should collect in a month, and the highest average delay."""

    _name = "credit.collection.target"
    _description = "Target of a Collector"
    _inherit = ["credit.owned.mixin"]
    _order = "month desc, user_id"

    user_id = fields.Many2one(
        "res.users", string="Collector", required=True, index=True, domain=[("share", "=", False)]
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: fields.Date.start_of(
            self.env["res.company"]._get_credit_today(), "month"
        ),
        help="Any day of the month",
    )
    amount = fields.Monetary(string="To Collect", required=True)
    max_delay = fields.Float(
        string="Maximum Delay (days)",
        digits=(16, 0),
        help="Average delay of payments, weighted by amount. 0: no target",
    )

    _not_negative = models.Constraint(
        "CHECK(amount >= 0 AND max_delay >= 0)", "A target cannot be negative. Enter 0 or more."
    )

    @api.constrains("user_id", "company_id", "month")
    def _check_one_a_month(self):
        for target in self:
            first = fields.Date.start_of(target.month, "month")
            last = fields.Date.end_of(target.month, "month")
            domain = [
                ("user_id", "=", target.user_id.id),
                ("company_id", "=", target.company_id.id),
                ("month", ">=", first),
                ("month", "<=", last),
            ]
            if self.search_count(domain, limit=2) > 1:
                raise ValidationError(
                    self.env._(
                        "%s already has a target for this month. Change that target instead.",
                        target.user_id.name,
                    )
                )
