from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

STATES = [
    ("draft", "To Open"),
    ("open", "In Progress"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]

#: dates of the proceedings, each an act that starts deadlines
_EVENTS = {
    "date_judgment": "credit_litigation.act_judgment",
    "date_publication": "credit_litigation.act_publication",
}


class CreditInsolvency(models.Model):
    """Insolvency proceedings on a customer: what is claimed from before and after the judgment, and by when.

    Opening them writes the judgment in the credit file: reminders and late charges of earlier debts stop there.
    """

    _name = "credit.insolvency"
    _description = "Insolvency Proceedings"
    _inherit = ["credit.litigation.mixin"]
    _order = "date_judgment desc, id desc"
    _mail_post_access = "read"
    _first_state = "draft"
    _editable_states = ("draft",)
    _decided_fields = ("state", "opened_by")
    _said_fields = ("partner_id", "company_id", "kind", "date_judgment")

    name = fields.Char(required=True, readonly=True, default="/", copy=False)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False
    )
    opened_by = fields.Many2one("res.users", readonly=True, copy=False)
    kind = fields.Selection(
        [
            ("safeguard", "Safeguard"),
            ("receivership", "Receivership"),
            ("liquidation", "Liquidation"),
        ],
        string="Proceedings",
        required=True,
        default="receivership",
        tracking=True,
    )
    date_judgment = fields.Date(
        string="Opening Judgment",
        required=True,
        tracking=True,
        help="Debts that arose before this day are declared, no longer claimed from the customer",
    )
    date_publication = fields.Date(
        string="Published On",
        tracking=True,
        help="Date of the official announcement: most deadlines run from it",
    )
    court_id = fields.Many2one("res.partner", ondelete="restrict")
    representative_id = fields.Many2one(
        "res.partner",
        string="Creditors' Representative",
        ondelete="restrict",
        help="Creditors' representative or liquidator, to whom the claim is declared",
    )
    reference = fields.Char(help="Number of the proceedings")
    is_abroad = fields.Boolean(
        string="Longer Deadlines", help="For a creditor abroad, if the law gives more time"
    )
    line_ids = fields.One2many(
        "credit.insolvency.line", "insolvency_id", string="Claimed Debts", copy=False
    )
    step_ids = fields.One2many(
        "credit.litigation.step", "insolvency_id", string="Steps", copy=False
    )
    dividend_ids = fields.One2many(
        "credit.insolvency.dividend", "insolvency_id", string="Dividends", copy=False
    )
    declared = fields.Monetary(
        currency_field="company_currency_id", compute="_compute_totals", store=True
    )
    admitted = fields.Monetary(
        currency_field="company_currency_id", compute="_compute_totals", store=True
    )
    contested = fields.Monetary(
        currency_field="company_currency_id", compute="_compute_totals", store=True
    )
    later = fields.Monetary(
        string="After the Judgment",
        currency_field="company_currency_id",
        compute="_compute_totals",
        store=True,
        help="Debts that arose after the judgment: due as usual, not declared",
    )
    dividends = fields.Monetary(
        string="Dividends Received",
        currency_field="company_currency_id",
        compute="_compute_totals",
        store=True,
    )

    _loss_in_percent = models.Constraint(
        "CHECK(expected_loss >= 0 AND expected_loss <= 100)",
        "Enter an expected loss between 0 and 100 percent.",
    )
    _one_open = models.UniqueIndex(
        "(partner_id, company_id) WHERE state = 'open'",
        "Proceedings on this customer are open already. Close those first.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "line_ids.declared",
        "line_ids.admitted",
        "line_ids.contested",
        "line_ids.is_later",
        "line_ids.amount",
        "dividend_ids.amount",
    )
    def _compute_totals(self):
        for proceedings in self:
            for name in ("declared", "admitted", "contested"):
                proceedings[name] = sum(proceedings.line_ids.mapped(name))
            later = proceedings.line_ids.filtered("is_later")
            proceedings.later = sum(later.mapped("amount"))
            proceedings.dividends = sum(proceedings.dividend_ids.mapped("amount"))

    # === CONSTRAINTS === #

    @api.constrains("date_judgment", "date_publication")
    def _check_dates(self):
        for proceedings in self.filtered("date_publication"):
            if proceedings.date_publication < proceedings.date_judgment:
                raise ValidationError(
                    self.env._(
                        "The judgment of %(judgment)s cannot be published on %(publication)s, before it was made. Correct one of the dates.",
                        judgment=format_date(self.env, proceedings.date_judgment),
                        publication=format_date(self.env, proceedings.date_publication),
                    )
                )

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id", "company_id")
    def _onchange_partner_id(self):
        """Propose all that the customer owes."""
        if self.state == "draft" and self.partner_id:
            items = self._read_owed(self.partner_id, self.company_id, self.currency_id)
            self.line_ids = [
                Command.clear(),
                *(Command.create({"item_id": item.id}) for item in items),
            ]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._number()
        records._check_items()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "line_ids" in vals:
            self._check_items()
        if vals.keys() & {"date_publication", "is_abroad"}:
            self.filtered(lambda one: one.state == "open").sudo()._record_events()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        if opened := self.filtered(lambda one: one.state != "draft"):
            raise UserError(
                self.env._("%s is kept. Close it instead of deleting it.", opened[0].display_name)
            )

    # === ACTIONS === #

    def action_open(self):
        """The credit file is blocked and has the judgment: what is older is no longer reminded of."""
        self._check_may_decide()
        for proceedings in self:
            if proceedings.state != "draft":
                raise UserError(self.env._("%s was already opened.", proceedings.display_name))
            proceedings.sudo()._open()
        return True

    def action_close(self):
        """The proceedings are over; the credit file keeps the judgment until a manager removes it."""
        self._check_may_decide()
        for proceedings in self.sudo():
            if proceedings.state != "open":
                raise UserError(self.env._("%s is not open.", proceedings.display_name))
            proceedings.state = "closed"
            proceedings.step_ids._update_activities()
        return True

    def action_cancel(self):
        """Drop proceedings that were not opened."""
        self.check_access("write")
        if any(one.state != "draft" for one in self):
            raise UserError(self.env._("The proceedings are open. Close them instead."))
        self.sudo().state = "cancelled"
        return True

    def _check_may_decide(self):
        self.check_access("write")
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise AccessError(
                self.env._(
                    "A credit manager opens and closes insolvency proceedings. Prepare them, then ask one."
                )
            )

    # === BUSINESS METHODS === #

    def _open(self):
        self.write({"state": "open", "is_said": True, "opened_by": self.env.uid})
        profile = self.env["credit.profile"]._ensure(self.partner_id, self.company_id)
        profile.write(
            {
                "insolvency_date": self.date_judgment,
                "insolvency_kind": self.kind,
                "status": "blocked",
                "status_reason": self.env._("Insolvency proceedings %s", self.name),
            }
        )
        self._record_events()
        self._tell_cases()

    def _record_events(self):
        """The judgment and its publication as steps, which start the deadlines of the law."""
        for name, act in _EVENTS.items():
            act = self.env.ref(act)
            step = self.step_ids.filtered(lambda one, act=act: one.act_id == act)[:1]
            if step:
                step.date = self[name]
            elif self[name]:
                self.step_ids.create(
                    {"insolvency_id": self.id, "act_id": act.id, "date": self[name]}
                )

    def _tell_cases(self):
        """Actions of a single creditor stop with the judgment: say so in the open cases."""
        cases = self.env["credit.litigation"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
            ]
        )
        for case in cases:
            case.message_post(
                body=self.env._(
                    "Insolvency proceedings were opened on %s: declare the claim there, and close this case unless the court goes on with it.",
                    format_date(self.env, self.date_judgment),
                )
            )

    def _is_later(self, day):
        """Whether a debt of a day is due as usual: after the judgment, unless the customer is liquidated."""
        return (
            bool(day and self.date_judgment)
            and self.kind != "liquidation"
            and (day > self.date_judgment)
        )

    # === WHERE AND HOW DEADLINES RUN === #

    def _get_place(self):
        """Whose holidays and law count: the court's, else the company's."""
        return self.court_id if self.court_id.country_id else self.company_id.partner_id

    def _is_creditor_abroad(self):
        return self.is_abroad
