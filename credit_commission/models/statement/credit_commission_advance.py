from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

#: fields frozen once an advance is paid
_FROZEN = {"company_id", "person_id", "date", "amount", "payout", "plan_id"}
#: fields that only the actions write
_BY_ACTION = {"claw_back", "statement_id", "state"}


class CreditCommissionAdvance(models.Model):
    """Commission paid in advance and deducted from the next statements until it is earned. The amount is in the
    company's currency, without taxes. It was paid by a payslip or a separate bill, so its expense is already posted;
    statements pay what is earned beyond it. If the plan does not claim advances back, the person keeps the unearned
    part.
    """

    _name = "credit.commission.advance"
    _description = "Advance on Commission"
    _inherit = ["credit.commission.owned.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _kept_fields = ("person_id",)

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, index=True, ondelete="restrict")
    plan_id = fields.Many2one(
        "credit.commission.plan",
        required=True,
        ondelete="restrict",
        default=lambda self: self._default_plan(),
        check_company=True,
        help="Sets whether the unearned part is claimed back.",
    )
    date = fields.Date("Paid On", required=True, default=fields.Date.context_today, tracking=True)
    amount = fields.Monetary(required=True, tracking=True, help="Without taxes.")
    reason = fields.Char(
        required=True,
        help="For example the monthly advance of a VRP, or the rest of an old advance.",
    )
    payout = fields.Selection(
        [("bill", "Vendor bill"), ("payroll", "Payroll")],
        "Paid by",
        compute="_compute_payout",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Advances are paid by a payslip or a separate bill. Create it by hand.",
    )
    move_id = fields.Many2one(
        "account.move",
        "Bill",
        check_company=True,
        index="btree_not_null",
        domain="[('move_type', '=', 'in_invoice'), ('partner_id', '=', person_id)]",
    )
    claw_back = fields.Boolean(
        "Claimed Back",
        readonly=True,
        copy=False,
        help="As set in the plan when the advance was paid.",
    )
    statement_id = fields.Many2one(
        "credit.commission.statement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("paid", "Paid")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        string="Status",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "An advance must be above 0. Correct the amount."
    )
    _open_idx = models.Index(
        "(company_id, person_id, date) WHERE statement_id IS NULL AND state = 'paid'"
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_plan(self):
        domain = [("company_id", "=", self.env.company.root_id.id), ("state", "=", "active")]
        return self.env["credit.commission.plan"].search(domain, limit=1)

    @api.depends("person_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for advance in self:
            advance.display_name = advance.env._(
                "Advance of %(date)s: %(person)s",
                date=format_date(self.env, advance.date),
                person=advance.person_id.name or "",
            )

    @api.depends("person_id")
    def _compute_payout(self):
        payouts = self.person_id._get_commission_payouts()
        for advance in self:
            advance.payout = payouts.get(advance.person_id, "bill")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        for vals in vals_list:
            self._check_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS 'base'
        self._check_fields(vals)
        if vals.keys() & _FROZEN and any(advance.state == "paid" for advance in self):
            raise UserError(
                self.env._("A paid advance cannot be changed. Reset it to draft first.")
            )
        return super().write(vals)

    def _check_fields(self, vals):
        if not self.env.su and vals.keys() & _BY_ACTION:
            raise AccessError(
                self.env._("The state of an advance cannot be edited. Use its buttons.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_paid(self):
        if any(advance.state == "paid" for advance in self):
            raise UserError(
                self.env._("A paid advance cannot be deleted. Reset it to draft first.")
            )

    # === ACTIONS === #

    def action_pay(self):
        """Mark as paid: the next statement deducts it.

        :raise AccessError: if the user is not a manager, or it is the user's own advance
        """
        self._check_manager()
        for advance in self.filtered(lambda one: one.state == "draft"):
            advance.sudo().write({"claw_back": advance.plan_id.claw_back, "state": "paid"})

    def action_draft(self):
        """Reset to draft and remove from a draft statement.

        :raise UserError: if the statement was sent
        """
        self._check_manager()
        settled = self.sudo().filtered(lambda one: one.statement_id.state not in (False, "draft"))
        if settled:
            raise UserError(
                self.env._(
                    "This advance is on a sent statement: %(statement)s. Reset that statement to draft first.",
                    statement=settled[0].statement_id.display_name,
                )
            )
        self.sudo().write({"statement_id": False, "claw_back": False, "state": "draft"})

    def _check_manager(self):
        if not self.env.user.has_group("credit_commission.group_commission_manager"):
            raise AccessError(self.env._("Only commission managers can pay advances. Ask one."))
        self.check_access("write")
        if self.env.user.partner_id in self.person_id:
            raise AccessError(self.env._("You cannot pay your own advance. Ask another manager."))

    # === BUSINESS METHODS === #

    @api.model
    def _get_free_domain(self, company, date_to):
        """Domain: paid up to the day and not on a statement."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "paid")
            & Domain("statement_id", "=", False)
            & Domain("date", "<=", date_to)
        )

    @api.model
    def _put_on(self, statements):
        """Add the advances paid up to the last day of these drafts, earliest draft first."""
        if not statements:
            return
        domain = Domain.OR(
            self._get_free_domain(company, max(group.mapped("date_to")))
            & Domain("person_id", "in", group.person_id.ids)
            for company, group in statements.grouped("company_id").items()
        )
        drafts = statements.sorted("date_to").grouped(lambda one: (one.company_id, one.person_id))
        for advance in self.search(domain, order="date, id"):
            theirs = drafts.get((advance.company_id, advance.person_id), statements.browse())
            later = [one.id for one in theirs if one.date_to >= advance.date]
            advance.statement_id = later[0] if later else False

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Advance on commission created")
