from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditFigureDay(models.TransientModel):
    """Chooses the day of the ageing or of the figures."""

    _name = "credit.figure.day"
    _description = "Day of Figures"

    day = fields.Date(
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
        help="The figures are those of the end of this day, from the ledger as it stands",
    )
    what = fields.Selection(
        [("ageing", "Ageing"), ("figure", "Figures")],
        string="Show",
        default="ageing",
        required=True,
    )

    @api.constrains("day")
    def _check_day(self):
        today = self.env["res.company"]._get_credit_today()
        if any(each.day > today for each in self):
            raise UserError(
                self.env._(
                    "The ledger of tomorrow is not known yet. Choose today or an earlier day."
                )
            )

    @api.readonly
    def action_open(self):
        """Open the ageing or the figures of the day."""
        self.ensure_one()
        self._refuse_empty_day()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"credit_reporting.action_credit_{self.what}"
        )
        title = self.env._(
            "%(title)s on %(day)s",
            title=action["name"],
            day=fields.Date.to_string(self.day) if not self.env.lang else self._format_day(),
        )
        context = {
            "credit_days": [self.day.isoformat()],
            "search_default_group_customer": self.what == "ageing",
        }
        return {**action, "name": title, "display_name": title, "context": context, "path": False}

    def _format_day(self):
        return self.env["ir.qweb.field.date"].value_to_html(self.day, {})

    def _refuse_empty_day(self):
        """:raise UserError: before the first entry"""
        domain = [("state", "=", "posted"), ("company_id", "child_of", self.env.company.root_id.id)]
        first = self.env["account.move"].sudo().search(domain, order="date, id", limit=1).date
        if not first or self.day < first:
            raise UserError(
                self.env._(
                    "Nothing was posted by this day: the first entry is of %s. Choose a later day.",
                    first.isoformat() if first else "–",
                )
            )
