from odoo import api, fields, models
from odoo.tools import format_date

from ...rules.interest import Rate, gaps


class CreditInterestSeries(models.Model):
    """A published reference rate over time, for example of a central bank."""

    _name = "credit.interest.series"
    _description = "Reference Interest Rate"
    _inherit = ["credit.owned.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
        help="Leave empty for all companies",
    )
    active = fields.Boolean(default=True)
    source = fields.Char(translate=True, help="Publisher, place and date of publication")
    rate_ids = fields.One2many("credit.interest.rate", "series_id", string="Rates")
    known_to = fields.Date(
        compute="_compute_known_to", help="Last day with a known rate. Empty if there is no end"
    )
    gap_warning = fields.Char(compute="_compute_gap_warning")

    _code_unique = models.Constraint(
        "UNIQUE(code)", "Another reference rate already has this code. Choose another code."
    )

    @api.depends("rate_ids.date_to")
    def _compute_known_to(self):
        for series in self:
            ends = series.rate_ids.mapped("date_to")
            series.known_to = max(ends) if ends and all(ends) else False

    @api.depends("rate_ids.date_from", "rate_ids.date_to")
    @api.depends_context("lang")
    def _compute_gap_warning(self):
        for series in self:
            dates = [
                self.env._(
                    "%(first)s to %(last)s",
                    first=format_date(self.env, first),
                    last=format_date(self.env, last),
                )
                for first, last in gaps(series._to_rates())
            ]
            series.gap_warning = bool(dates) and self.env._(
                "No rate from %s. Enter it to calculate interest for these days.", ", ".join(dates)
            )

    def _to_rates(self):
        """:rtype: tuple[Rate]"""
        return tuple(
            Rate(rate.date_from, rate.date_to or None, rate.rate)
            for rate in self.rate_ids
            if rate.date_from
        )

    def _get_known_rate(self, day):
        """The rate on a day, or the last known rate before it.

        :rtype: Rate | None
        """
        known = [rate for rate in self._to_rates() if rate.first <= day]
        return max(known, key=lambda rate: rate.first, default=None)

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Reference rate created")
