from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command

from ..rules.sharing import ORDERS

STATES = [
    ("draft", "To Open"),
    ("open", "In Progress"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]

RESULTS = [
    ("recovered", "Recovered"),
    ("partly", "Recovered in part"),
    ("settled", "Settled out of Court"),
    ("lost", "Lost"),
    ("withdrawn", "Withdrawn by Us"),
]


class CreditLitigation(models.Model):
    """What is claimed from a customer before a court or through a third party, until it is recovered or lost.

    Its items leave the reminders while it is open; they stay in the exposure and in the ageing.
    """

    _name = "credit.litigation"
    _description = "Litigation Case"
    _inherit = ["credit.litigation.mixin"]
    _order = "date_open desc, id desc"
    _mail_post_access = "read"
    _first_state = "draft"
    _editable_states = ("draft",)
    _decided_fields = (
        "state",
        "date_open",
        "date_closed",
        "result",
        "closing_note",
        "opened_by",
        "status_before",
        "status_reason_before",
    )
    _said_fields = ("line_ids", "partner_id", "company_id", "currency_id")

    name = fields.Char(required=True, readonly=True, default="/", copy=False)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", index=True, tracking=True, copy=False
    )
    stage_id = fields.Many2one(
        "credit.litigation.stage",
        tracking=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        group_expand="_read_group_stage_ids",
        default=lambda self: self.env["credit.litigation.stage"].search(
            [("is_closing", "=", False)], limit=1
        ),
        domain="[('company_id', 'in', (False, company_id))]",
    )
    date_open = fields.Date(string="Opened On", readonly=True, copy=False)
    date_closed = fields.Date(string="Closed On", readonly=True, copy=False)
    opened_by = fields.Many2one("res.users", readonly=True, copy=False)
    result = fields.Selection(RESULTS, readonly=True, tracking=True, copy=False)
    closing_note = fields.Text(string="How It Ended", readonly=True, copy=False)
    status_before = fields.Char(readonly=True, copy=False)
    status_reason_before = fields.Char(readonly=True, copy=False)
    allocation = fields.Selection(
        [("law", "Costs and interest first"), ("principal", "Principal first")],
        string="Money Pays",
        required=True,
        default="law",
        tracking=True,
        help="What money received pays first: by law costs and interest, unless it was agreed otherwise",
    )
    line_ids = fields.One2many(
        "credit.litigation.line", "litigation_id", string="Claimed Debts", copy=False
    )
    step_ids = fields.One2many(
        "credit.litigation.step", "litigation_id", string="Steps", copy=False
    )
    party_ids = fields.One2many(
        "credit.litigation.party", "litigation_id", string="Third Parties", copy=False
    )
    cost_ids = fields.One2many(
        "credit.litigation.cost", "litigation_id", string="Costs", copy=False
    )
    receipt_ids = fields.One2many(
        "credit.litigation.receipt", "litigation_id", string="Money Received", copy=False
    )
    claimed_total = fields.Monetary(
        string="Amount Claimed",
        currency_field="company_currency_id",
        compute="_compute_claimed_total",
        store=True,
        help="The items as they were when they were added, in the company's currency",
    )
    principal = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_figures",
        help="What is still open on the items today",
    )
    interest = fields.Monetary(
        currency_field="company_currency_id",
        compute="_compute_figures",
        help="Late interest to today, less what was received for it",
    )
    fixed_sum = fields.Monetary(
        string="Recovery Costs",
        currency_field="company_currency_id",
        compute="_compute_figures",
        help="Fixed sums of the law, less what was received for them",
    )
    costs_due = fields.Monetary(
        string="Costs to Recover",
        currency_field="company_currency_id",
        compute="_compute_figures",
        help="Costs claimed from the customer, less what was received for them",
    )
    total = fields.Monetary(
        string="Total Claim",
        currency_field="company_currency_id",
        compute="_compute_figures",
        help="Principal, interest, recovery costs and costs, as of today",
    )
    costs = fields.Monetary(
        string="Costs Advanced",
        currency_field="company_currency_id",
        compute="_compute_money",
        store=True,
    )
    received = fields.Monetary(
        currency_field="company_currency_id", compute="_compute_money", store=True
    )
    balance = fields.Monetary(
        string="Result of the Case",
        currency_field="company_currency_id",
        compute="_compute_money",
        store=True,
        help="Money received less costs advanced",
    )

    _loss_in_percent = models.Constraint(
        "CHECK(expected_loss >= 0 AND expected_loss <= 100)",
        "Enter an expected loss between 0 and 100 percent.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.amount", "line_ids.item_id")
    def _compute_claimed_total(self):
        for case in self:
            case.claimed_total = sum(line._get_claimed() for line in case.line_ids)

    @api.depends("line_ids.item_id", "cost_ids.amount", "receipt_ids.amount", "state")
    def _compute_figures(self):
        for case in self:
            due = case._get_due()
            case.principal = sum(case.line_ids.mapped("residual"))
            case.interest = max(due["interest"], 0.0)
            case.fixed_sum = max(due["fixed"], 0.0)
            case.costs_due = max(due["costs"], 0.0)
            case.total = case.principal + case.interest + case.fixed_sum + case.costs_due

    @api.depends("cost_ids.amount", "receipt_ids.amount")
    def _compute_money(self):
        for case in self:
            case.costs = sum(case.cost_ids.mapped("amount"))
            case.received = sum(case.receipt_ids.mapped("amount"))
            case.balance = case.received - case.costs

    @api.model
    def _read_group_stage_ids(self, stages, _domain):
        return stages.search([("company_id", "in", [False, *self.env.companies.root_id.ids])])

    # === ONCHANGE METHODS === #

    @api.onchange("partner_id", "company_id", "currency_id")
    def _onchange_partner_id(self):
        """Propose all that the customer owes and that is overdue, in no other case."""
        if self.state == "draft" and self.partner_id:
            others = self.line_ids.filtered(
                lambda line: line.item_id.partner_id.commercial_partner_id != self.partner_id
            )
            self.line_ids -= others
            if not self.line_ids:
                self.line_ids = self._prepare_claim(self._read_overdue())

    def _read_overdue(self):
        """Overdue items of the customer, in no open case."""
        owed = self._read_owed(self.partner_id, self.company_id, self.currency_id)
        taken = self._read_engaged(owed)
        today = self.company_id._get_credit_today()
        return owed.filtered(
            lambda item: item.id not in taken and (item.date_maturity or item.date) < today
        )

    @api.model
    def _prepare_claim(self, items):
        return [
            Command.create({"item_id": item.id, "amount": item.amount_residual_currency})
            for item in items
        ]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        cases = super().create(vals_list)
        cases._number()
        cases._check_claim()
        return cases

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & set(self._said_fields):
            self._check_claim()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_opened(self):
        if opened := self.filtered(lambda case: case.state != "draft"):
            raise UserError(
                self.env._(
                    "%s is kept, with its steps, costs and money. Close it instead of deleting it.",
                    opened[0].display_name,
                )
            )

    def _check_claim(self):
        self._check_items()
        for case in self.filtered(lambda case: case.state in ("draft", "open")):
            case._check_free(case.line_ids.item_id)

    @api.model
    def _get_engagements(self):
        # OVERRIDE: an item may be promised or planned while it is claimed, but is claimed in one case only
        return [("credit.litigation.line", [("state", "in", ("draft", "open"))])]

    # === ACTIONS === #

    def action_open(self):
        """Open the case: its items leave the reminders, the credit file says so, sales are told."""
        self._check_may_decide()
        for case in self:
            case._check_openable()
            case.sudo()._open(case.company_id._get_credit_today())
        return True

    def action_cancel(self):
        """Drop a case that was not opened."""
        self.check_access("write")
        if any(case.state != "draft" for case in self):
            raise UserError(self.env._("The case is open. Close it, and say how it ended."))
        self.sudo().state = "cancelled"
        return True

    def action_close(self, result=None, note=None):
        """Close the case with its result; without one, ask for it in a form."""
        if not result:
            return self._action_ask_result()
        self._check_may_decide()
        self._check_open()
        for case in self.sudo():
            case._close(result, note, case.company_id._get_credit_today())
        return True

    def _action_ask_result(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("How does it end?"),
            "res_model": "credit.litigation.closing",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_litigation_id": self.id},
        }

    def action_view_items(self):
        """The claimed items in the ledger."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Claimed Items"),
            "res_model": "account.move.line",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.line_ids.item_id.ids)],
        }

    def _check_may_decide(self):
        self.check_access("write")
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise AccessError(
                self.env._(
                    "A credit manager opens and closes cases. Prepare the case, then ask one."
                )
            )

    def _check_openable(self):
        if self.state != "draft":
            raise UserError(self.env._("%s was already opened.", self.display_name))
        if not self.line_ids.item_id:
            raise ValidationError(self.env._("Add the items that are claimed, then open the case."))
        self._check_claim()
        paid = self.line_ids.sudo().filtered(lambda line: line.item_id.amount_residual <= 0)
        if paid:
            raise ValidationError(
                self.env._(
                    "%s was paid in the meantime. Remove it from the claim, then open the case.",
                    paid[0].document_name,
                )
            )

    def _check_open(self):
        if closed := self.filtered(lambda case: case.state in ("closed", "cancelled")):
            raise UserError(
                self.env._(
                    "%s is closed. Open a new case for what is still owed.",
                    closed[0].display_name,
                )
            )

    # === BUSINESS METHODS === #

    def _open(self, today):
        profile = self.env["credit.profile"]._ensure(self.partner_id, self.company_id)
        before = self._find_others()[:1]
        self.write(
            {
                "state": "open",
                "is_said": True,
                "date_open": today,
                "opened_by": self.env.uid,
                "status_before": before.status_before or profile.status,
                "status_reason_before": before.status_reason_before or profile.status_reason,
            }
        )
        if profile.status != "legal":
            self._mark(profile)
        self.step_ids._follow_law()
        self._tell_sales()

    def _tell_sales(self):
        """An activity for the customer's salesperson, who does not see the case."""
        seller = self.partner_id.user_id
        if seller.active and seller != self.env.user:
            self.partner_id.activity_schedule(
                "credit_management.mail_activity_type_credit",
                date_deadline=self.date_open,
                summary=self.env._("Now in litigation"),
                note=self.env._(
                    "Speak to the credit team before you promise anything to this customer."
                ),
                user_id=seller.id,
            )

    def _close(self, result, note, today):
        last = self.env["credit.litigation.stage"].search([("is_closing", "=", True)], limit=1)
        self.write(
            {
                "state": "closed",
                "result": result,
                "closing_note": note,
                "date_closed": today,
                "stage_id": (last or self.stage_id).id,
            }
        )
        self.step_ids._update_activities()
        self._give_status_back()

    def _give_status_back(self):
        """The status that the customer had before, unless another case is open or somebody decided otherwise."""
        profile = self.env["credit.profile"]._ensure(self.partner_id, self.company_id)
        if profile.status != "legal" or self.name not in (profile.status_reason or ""):
            return
        if other := self._find_others()[:1]:
            other._mark(profile)
            return
        profile.write(
            {"status": self.status_before or "normal", "status_reason": self.status_reason_before}
        )

    def _mark(self, profile):
        """The credit file says that its customer is in litigation, and in which case."""
        reason = self.env._("Litigation case %s", self.name)
        profile.write({"status": "legal", "status_reason": reason})

    def _find_others(self):
        """Other open cases of the customer."""
        return self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
                ("id", "!=", self.id),
            ]
        )

    def _get_due(self, except_for=None):
        """What is owed in the case today, in the company's currency, less what earlier money was shared to.

        :param except_for: receipts that do not count yet
        :return: ``{part: amount}``
        """
        self.ensure_one()
        receipts = self.receipt_ids - (except_for or self.receipt_ids.browse())
        recoverable = self.cost_ids.filtered("is_recoverable")
        owed = {
            "costs": sum(recoverable.mapped("amount")),
            "interest": sum(self.line_ids.mapped("interest")),
            "fixed": sum(self.line_ids.mapped("fixed_sum")),
            "principal": self.claimed_total,
        }
        return {part: amount - sum(receipts.mapped(part)) for part, amount in owed.items()}

    def _get_order(self):
        return ORDERS[self.allocation]

    # === WHERE AND HOW DEADLINES RUN === #

    def _get_place(self):
        """Whose holidays count: the court's, else the company's."""
        court = self.party_ids.filtered(lambda party: party.role == "court").partner_id[:1]
        return court if court.country_id else self.company_id.partner_id

    def _is_creditor_abroad(self):
        place = self._get_place().country_id
        return bool(place) and self.company_id.sudo()._get_late_country() != place
