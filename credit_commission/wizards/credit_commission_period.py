from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.periods import period_end, period_start
from ..rules.settlement import period_before

#: persons listed in a message
NAMED = 5


class CreditCommissionPeriod(models.TransientModel):
    """Prepares and closes the statements of a company's period."""

    _name = "credit.commission.period"
    _description = "Commission Period"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default=lambda self: self.env.company.root_id.credit_commission_period,
    )
    day = fields.Date(
        "Date in the Period",
        required=True,
        default=lambda self: self._default_day(),
        help="Any day of the period.",
    )
    date_from = fields.Date("From", compute="_compute_dates")
    date_to = fields.Date("To", compute="_compute_dates")
    person_ids = fields.Many2many(
        "res.partner", string="Persons", help="Leave empty for everybody."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    statement_ids = fields.Many2many(
        "credit.commission.statement", compute="_compute_statement_ids", string="Statements"
    )
    total = fields.Monetary(compute="_compute_statement_ids")
    warning = fields.Char(compute="_compute_statement_ids")

    # === COMPUTE METHODS === #

    @api.model
    def _default_day(self):
        length = self.env.company.root_id.credit_commission_period
        return period_before(fields.Date.context_today(self), length)[0]

    @api.depends("period", "day")
    def _compute_dates(self):
        for wizard in self:
            day, period = wizard.day or wizard._default_day(), wizard.period or "month"
            wizard.date_from, wizard.date_to = period_start(day, period), period_end(day, period)

    @api.depends("company_id", "date_from", "date_to", "person_ids")
    @api.depends_context("lang")
    def _compute_statement_ids(self):
        for wizard in self:
            wizard.statement_ids = wizard._find_statements()
            wizard.total = sum(wizard.statement_ids.mapped("payable"))
            wizard.warning = wizard._get_warning()

    def _get_warning(self):
        """Warning listing who has not agreed; empty if everybody has."""
        silent = self.statement_ids.filtered(
            lambda one: one.state in ("draft", "sent", "contested")
        )
        if not silent:
            return ""
        names = ", ".join(silent.person_id.mapped("name")[:NAMED])
        more = len(silent.person_id) - NAMED
        if more > 0:
            names = self.env._("%(names)s and %(count)s more", names=names, count=more)
        if len(silent) == 1:
            return self.env._("1 statement is not agreed: %(names)s.", names=names)
        return self.env._(
            "%(count)s statements are not agreed: %(names)s.", count=len(silent), names=names
        )

    def _find_statements(self):
        """Statements ending in the period."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("date_to", ">=", self.date_from),
            ("date_to", "<=", self.date_to),
        ]
        if self.person_ids:
            domain.append(("person_id", "in", self.person_ids.ids))
        return self.env["credit.commission.statement"].search(domain)

    # === ACTIONS === #

    def action_prepare(self):
        """Prepare the statements of the period, or update its drafts."""
        self.ensure_one()
        statements = self.env["credit.commission.statement"]
        statements._check_manager()
        self.company_id.check_access("read")
        persons = self.person_ids.sudo() if self.person_ids else None
        made = statements.sudo()._prepare_period(
            self.company_id, self.date_from, self.date_to, persons
        )
        if not made:
            raise UserError(
                self.env._(
                    "There is no commission up to that date that is not already on a statement. Check that a plan is active, or choose another period."
                )
            )
        return self._open(made)

    def action_close(self):
        """Close all statements of the period.

        :raise UserError: if a line is contested, or a statement was not sent
        """
        self.ensure_one()
        self.env["credit.commission.statement"]._check_manager()
        statements = self.statement_ids.filtered(lambda one: one.state != "closed")
        if not statements:
            raise UserError(
                self.env._("This period has no statements to close. Prepare them first.")
            )
        statements.action_close()
        return self._open(self.statement_ids)

    def _open(self, statements):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "credit_commission.action_credit_commission_statement"
            ),
            "domain": [("id", "in", statements.ids)],
            "context": {},
        }
