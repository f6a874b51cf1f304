from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rules.deadline import deadline, overlaps


class CreditDeadlineRule(models.Model):
    """A legal deadline: what must follow an event, within which period, by the law of certain dates."""

    _name = "credit.deadline.rule"
    _description = "Deadline Rule"
    _inherit = ["credit.owned.mixin"]
    _order = "start_act_id, months, days, date_from, id"

    name = fields.Char(required=True, translate=True, help="What is to be done, or what ends then")
    start_act_id = fields.Many2one(
        "credit.litigation.act",
        string="Starts With",
        required=True,
        index=True,
        ondelete="cascade",
        help="The event whose date starts the period",
    )
    act_id = fields.Many2one(
        "credit.litigation.act",
        string="Must Follow",
        required=True,
        ondelete="restrict",
        help="The step that is added to the case, with this deadline",
    )
    used_for = fields.Selection(related="start_act_id.used_for")
    months = fields.Integer()
    days = fields.Integer(help="Days after the months")
    rolls = fields.Boolean(
        string="Moved to a Working Day",
        default=True,
        help="A period that ends on a weekend or a public holiday ends on the next working day",
    )
    date_from = fields.Date(
        string="Events From", required=True, help="First day of events under this rule"
    )
    date_to = fields.Date(string="Events Until", help="Last day. Empty while the rule is in force")
    creditor = fields.Selection(
        [("any", "Any"), ("domestic", "In the country"), ("abroad", "Abroad")],
        required=True,
        default="any",
        help="Where the creditor is, if the law distinguishes",
    )
    country_id = fields.Many2one("res.country", help="Law of this country. Empty for every country")
    reference = fields.Char(string="Text of Law", translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
        help="Leave empty for every company",
    )

    _period_not_negative = models.Constraint(
        "CHECK(COALESCE(months, 0) >= 0 AND COALESCE(days, 0) >= 0 AND COALESCE(months, 0) + COALESCE(days, 0) > 0)",
        "Enter the months or the days of the deadline, above zero.",
    )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for rule in self.filtered("date_to"):
            if rule.date_to < rule.date_from:
                raise ValidationError(
                    self.env._(
                        "%s ends before it begins. Enter a last day on or after the first.",
                        rule.name,
                    )
                )

    @api.constrains(
        "start_act_id", "act_id", "date_from", "date_to", "creditor", "country_id", "company_id"
    )
    def _check_overlap(self):
        """Each event has one deadline of a kind: two rules never apply on the same day."""
        for rule in self.filtered("active"):
            for other in rule._find_twins():
                if overlaps(rule._get_period(), other._get_period()):
                    raise ValidationError(
                        self.env._(
                            "%(rule)s and %(other)s apply on the same days. Enter the last day of the earlier one.",
                            rule=rule.name,
                            other=other.name,
                        )
                    )

    def _find_twins(self):
        """Other rules about the same step after the same event, for the same creditors."""
        creditors = (
            ("any", "domestic", "abroad") if self.creditor == "any" else ("any", self.creditor)
        )
        return self.sudo().search(
            [
                ("id", "!=", self.id),
                ("start_act_id", "=", self.start_act_id.id),
                ("act_id", "=", self.act_id.id),
                ("creditor", "in", creditors),
                ("country_id", "=", self.country_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )

    def _get_period(self):
        return self.date_from, self.date_to or None

    @api.model
    def _find_following(self, act, day, company, country, is_abroad):
        """The rules that an event starts: what must follow it, by the law of its day.

        A rule of the company replaces those for every company, one of the country those for every country.
        """
        rules = self.sudo().search(
            [
                ("start_act_id", "=", act.id),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
                ("creditor", "in", ("any", "abroad" if is_abroad else "domestic")),
                ("country_id", "in", (False, country.id)),
                ("company_id", "in", (False, company.id)),
            ]
        )
        return rules.browse(
            max(own, key=lambda rule: (bool(rule.company_id), bool(rule.country_id))).id
            for own in rules.grouped("act_id").values()
        )

    def _measure(self, start, is_closed):
        """:rtype: credit_litigation.rules.deadline.Deadline"""
        return deadline(start, self.months, self.days, is_closed, self.rolls)
