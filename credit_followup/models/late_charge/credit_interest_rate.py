from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class CreditInterestRate(models.Model):
    """A reference rate for a period, in percent per year; it may be negative."""

    _name = "credit.interest.rate"
    _description = "Reference Rate Period"
    _inherit = ["credit.owned.mixin"]
    _order = "series_id, date_from desc"
    _rec_name = "rate"
    _company_path = "series_id.company_id"

    series_id = fields.Many2one(
        "credit.interest.series",
        string="Reference Rate",
        required=True,
        index=True,
        ondelete="cascade",
    )
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="To", help="Last day. Leave empty until further notice")
    rate = fields.Float(string="Rate (%)", required=True, digits=(16, 4), min_display_digits=2)
    source = fields.Char(help="Legal act or announcement")

    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_from <= date_to)",
        "A rate must end after it begins. Correct its dates.",
    )

    # === CONSTRAINTS === #

    @api.constrains("series_id", "date_from", "date_to")
    def _check_overlap(self):
        for rate in self:
            if other := rate._get_overlapping():
                raise ValidationError(
                    self.env._(
                        "%(series)s already has a rate of %(rate)s %% from %(first)s to %(last)s, and rates cannot overlap. Change the dates, or end the other rate first.",
                        series=rate.series_id.name,
                        rate=other.rate,
                        first=format_date(self.env, other.date_from),
                        last=format_date(self.env, other.date_to) or "…",
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        rates = super().create(vals_list)
        rates.series_id._settle_watch()
        return rates

    def write(self, vals):
        # EXTENDS 'base'
        result = super().write(vals)
        if vals.keys() & {"date_from", "date_to", "series_id"}:
            self.series_id._settle_watch()
        return result

    def _get_overlapping(self):
        """Another rate of the series that overlaps this one, if any."""
        end = fields.Date.to_date("9999-12-31")
        return (self.series_id.rate_ids - self).filtered(
            lambda other: (
                other.date_from <= (self.date_to or end)
                and self.date_from <= (other.date_to or end)
            )
        )[:1]
