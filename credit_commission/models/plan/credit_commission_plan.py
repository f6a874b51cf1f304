from datetime import date, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain

from ...rules import find_gap
from ..percent import format_percent

#: fields that may change once the plan has entries, because they do not affect amounts
HARMLESS = {
    "name",
    "active",
    "sequence",
    "date_to",
    "state",
    "collection_read",
    "in_addition",
    "claw_back",
}


def is_harmless(name):
    """Whether a field of a plan does not affect amounts."""
    return name in HARMLESS or name.startswith(("message_", "activity_", "rating_", "website_"))


class CreditCommissionPlan(models.Model):
    """Who earns what on which sales, once customers pay. Nothing is earned before a plan is active.

    The invoice date determines the version of the plan and the shares; the payment date determines the period.
    """

    _name = "credit.commission.plan"
    _description = "Commission Plan"
    _inherit = ["credit.commission.owned.mixin", "mail.thread"]
    _order = "sequence, name, date_from, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("stopped", "Stopped")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    date_from = fields.Date(
        "Sales From",
        required=True,
        default=fields.Date.context_today,
        help="First invoice date that earns commission.",
    )
    date_to = fields.Date(
        "Sales Until",
        help="Last invoice date that earns commission. Leave empty until a new version begins.",
    )
    version = fields.Integer(default=1, readonly=True, copy=False)
    origin_id = fields.Many2one(
        "credit.commission.plan",
        "First Version",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    in_addition = fields.Boolean(
        "In Addition to Other Plans",
        help="The same people may earn under this plan and another one for the same sale.",
    )
    trigger = fields.Selection(
        [("registered", "Payment registered"), ("cleared", "Payment cleared at the bank")],
        "Earned When",
        required=True,
        default="registered",
    )
    safety_days = fields.Integer(
        help="Days to wait after the payment, because a cheque may bounce. Payments undone in the meantime earn nothing.",
    )
    factor_event = fields.Selection(
        [
            ("money", "Money settles the factor's account"),
            ("handed", "The invoice is assigned to the factor"),
        ],
        "Factored Invoices Earn When",
        required=True,
        default="money",
        help="For invoices moved to a factor's account (see the settings): whether commission is earned on the assignment, or when money settles that account.",
    )
    has_factor = fields.Boolean(compute="_compute_has_factor")
    only_when_paid = fields.Boolean(
        "Only When Paid in Full",
        help="Payments wait until the invoice is paid in full, and then all earn on that day. Otherwise each payment earns its part.",
    )
    hold_back = fields.Boolean(
        "Wait for Doubtful and Disputed Items",
        help="Payments of doubtful, blocked, disputed or litigated invoices wait until the matter is closed.",
    )
    discount_is_money = fields.Boolean(
        "Cash Discount Counts as Paid",
        help="A customer who takes the cash discount counts as having paid in full.",
    )
    period = fields.Selection(
        [("month", "Month"), ("quarter", "Quarter"), ("year", "Year")],
        required=True,
        default="month",
        help="Period over which collections are added up for tiers, targets and the cap.",
    )
    base = fields.Selection(
        [("net", "Net amount"), ("margin", "Margin")],
        required=True,
        default="net",
    )
    tier_mode = fields.Selection(
        [("whole", "On the whole volume"), ("marginal", "On each slice")],
        "Rate of a Tier",
        required=True,
        default="whole",
    )
    tier_on = fields.Selection(
        [("amount", "Net collected"), ("target", "Percent of the target")],
        "Tiers Measure",
        required=True,
        default="amount",
    )
    has_cap = fields.Boolean("Capped")
    cap_amount = fields.Monetary(
        "Cap per Period", help="Maximum commission of a person in a period."
    )
    claw_back = fields.Boolean(
        "Advances Are Claimed Back",
        default=True,
        help="The unearned part of an advance is carried over until it is earned. If not ticked, the person keeps it: the advance is a guaranteed minimum. Applies to advances paid from now on.",
    )
    rule_ids = fields.One2many(
        "credit.commission.rule",
        "plan_id",
        copy=True,
        default=lambda self: [Command.create({"name": self.env._("All sales")})],
    )
    tier_ids = fields.One2many("credit.commission.tier", "plan_id", copy=True)
    speed_ids = fields.One2many("credit.commission.speed", "plan_id", copy=True)
    agent_ids = fields.One2many(
        "credit.commission.agent",
        "plan_id",
        "Shares",
        copy=True,
        default=lambda self: [Command.create({"person_kind": "salesperson", "share": 100.0})],
    )
    collection_read = fields.Integer(
        readonly=True,
        copy=False,
        default=0,
        help="All collections up to this number have been processed.",
    )
    has_settled = fields.Boolean(
        "Settled",
        compute="_compute_has_settled",
        help="Some entries of the plan are on a statement.",
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A plan must end after it begins. Correct its dates.",
    )
    _safety_days_positive = models.Constraint(
        "CHECK (safety_days IS NULL OR safety_days >= 0)",
        "Safety days cannot be negative. Enter zero or more.",
    )
    _cap_positive = models.Constraint(
        "CHECK (cap_amount IS NULL OR cap_amount >= 0)",
        "A cap cannot be negative. Enter zero or more.",
    )

    # === COMPUTES AND CONSTRAINTS === #

    @api.depends("name", "version", "origin_id")
    def _compute_display_name(self):
        for plan in self:
            name = plan.name or ""
            plan.display_name = f"{name} v{plan.version}" if plan.origin_id else name

    @api.depends("company_id")
    def _compute_has_factor(self):
        for plan in self:
            plan.has_factor = bool(plan.company_id.sudo().credit_commission_factor_account_ids)

    def _compute_has_settled(self):
        settled = self._get_settled()
        for plan in self:
            plan.has_settled = plan in settled

    def _get_settled(self):
        """The plans with an entry on a statement."""
        rows = (
            self.env["credit.commission.entry"]
            .sudo()
            ._read_group([("plan_id", "in", self.ids), ("statement_id", "!=", False)], ["plan_id"])
        )
        return self.browse([plan.id for (plan,) in rows])

    @api.constrains("company_id")
    def _check_root_company(self):
        for plan in self:
            if plan.company_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "Branches share the plans of their company. Choose %(root)s instead of %(branch)s.",
                        root=plan.company_id.root_id.name,
                        branch=plan.company_id.name,
                    )
                )

    @api.constrains("date_from", "date_to", "origin_id", "active")
    def _check_versions(self):
        for plan in self.filtered("active"):
            for other in plan._get_versions() - plan:
                if (other.active or other.state != "draft") and plan._overlaps(other):
                    raise ValidationError(
                        self.env._(
                            "Versions of a plan cannot overlap: %(first)s and %(second)s both apply on %(day)s. End one the day before the other begins.",
                            first=plan.display_name,
                            second=other.display_name,
                            day=max(plan.date_from, other.date_from),
                        )
                    )

    @api.constrains(
        "state",
        "date_from",
        "date_to",
        "rule_ids",
        "tier_ids",
        "agent_ids",
        "tier_on",
        "in_addition",
    )
    def _check_active(self):
        for plan in self.filtered(lambda plan: plan.state == "active"):
            plan._check_complete()
            plan._check_shares()
            plan._check_others()

    def _check_complete(self):
        """Check that an active plan has rules, shares, and tiers and targets if needed."""
        sentence = None
        if not self.rule_ids:
            sentence = self.env._(
                "Add a rule to the plan %(plan)s to set which sales earn commission.",
                plan=self.name,
            )
        elif not self.agent_ids:
            sentence = self.env._(
                "Add a share to the plan %(plan)s to set who earns.", plan=self.name
            )
        elif not self.tier_ids and "tiers" in self.rule_ids.mapped("earning"):
            sentence = self.env._(
                "Add tiers to the plan %(plan)s: one of its rules pays by tiers.", plan=self.name
            )
        elif (
            self.tier_ids
            and self.tier_on == "target"
            and not all(self.agent_ids.mapped("target_amount"))
        ):
            sentence = self.env._(
                "Enter a target for every share of the plan %(plan)s: its tiers are percentages of the target.",
                plan=self.name,
            )
        if sentence:
            raise ValidationError(sentence)

    def _check_shares(self):
        gap = find_gap([share._to_share() for share in self.agent_ids])
        if not gap:
            return
        day, total = gap
        raise ValidationError(
            self.env._(
                "Shares of the same sales must add up to 100 %%. In the plan %(plan)s they add up to %(total)s %% from %(day)s. Correct them, or mark extra shares as paid on top.",
                plan=self.name,
                total=format_percent(self.env, total),
                day=max(day, self.date_from),
            )
        )

    def _check_others(self):
        """Check that no other plan pays the same people for the same sales by mistake."""
        for other in self._find_paying_others().filtered(self._overlaps):
            twice = self.agent_ids._pays_same(other.agent_ids)
            if twice and not (self.in_addition or other.in_addition):
                raise ValidationError(
                    self.env._(
                        "%(first)s and %(second)s would both pay the same people for the same sales from %(day)s. End one of them before, or mark one as paying in addition to other plans.",
                        first=self.display_name,
                        second=other.display_name,
                        day=max(self.date_from, other.date_from),
                    )
                )

    def _find_paying_others(self):
        """Other plans of the company that pay, or paid before being stopped, excluding versions of this one."""
        others = self.sudo().with_context(active_test=False)
        domain = Domain("company_id", "=", self.company_id.id) & Domain("state", "!=", "draft")
        found = others.search(domain & Domain("id", "not in", self._get_versions().ids))
        stopped = found.filtered(lambda plan: plan.state == "stopped")
        rows = self.env["credit.commission.entry"].sudo()
        paid = rows._read_group([("plan_id", "in", stopped.ids)], ["plan_id"])
        return found - stopped | others.browse([plan.id for (plan,) in paid])

    def _overlaps(self, other):
        """Whether both apply on some day."""
        return self.date_from <= (other.date_to or date.max) and other.date_from <= (
            self.date_to or date.max
        )

    def _get_versions(self):
        """All versions of the plan, including itself."""
        first = self.origin_id or self
        versions = self.sudo().with_context(active_test=False)
        return first | versions.search([("origin_id", "=", first.id)])

    # === CRUD === #

    def write(self, vals):
        # EXTENDS 'base'
        changed = {name for name in vals if not is_harmless(name)}
        if changed:
            self._open_for_change()
        result = super().write(vals)
        if vals.get("active") is False:
            self.filtered(lambda plan: plan.state == "active").action_stop()
        if "date_to" in vals:
            self._end_sales()
        return result

    def _open_for_change(self):
        """Prepare a change that affects amounts: unsettled entries will be entered again.

        :raise UserError: for a plan with settled entries
        """
        for plan in self._get_settled():
            raise UserError(
                self.env._(
                    "Entries of the plan %(plan)s are on statements, so it cannot be changed. Create a new version of it from a later date.",
                    plan=plan.display_name,
                )
            )
        self._drop_entries(Domain.TRUE)

    def _end_sales(self):
        """Adjust entries to a new end date: later sales earn nothing, earlier ones do."""
        for plan in self:
            entries = self.env["credit.commission.entry"].sudo()
            after = Domain("plan_id", "=", plan.id) & entries._get_domain_sold_after(
                plan.date_to or date.max
            )
            if settled := entries.search(after & Domain("statement_id", "!=", False), limit=1):
                raise UserError(
                    self.env._(
                        "The plan %(plan)s cannot end on %(day)s: later sales are already on statements, such as %(invoice)s. Choose a later date.",
                        plan=plan.display_name,
                        day=plan.date_to,
                        invoice=settled.move_id.name,
                    )
                )
            plan._drop_entries(after)

    def _drop_entries(self, domain):
        """Delete entries that are not on a statement; they are entered again from the log under the current plan."""
        entries = self.env["credit.commission.entry"].sudo()
        domain &= Domain("plan_id", "in", self.ids) & Domain("statement_id", "=", False)
        entries.search(domain & Domain("origin_id", "!=", False)).unlink()
        entries.search(domain).unlink()
        self.env["credit.commission.waiting"].sudo().search([("plan_id", "in", self.ids)]).unlink()
        self.collection_read = 0

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if (
            self.env["credit.commission.entry"]
            .sudo()
            .search_count([("plan_id", "in", self.ids)], limit=1)
        ):
            raise UserError(
                self.env._("A plan that has paid commission cannot be deleted. Archive it instead.")
            )

    def copy_data(self, default=None):
        # EXTENDS 'base'
        names = [self.env._("%s (copy)", plan.name) for plan in self]
        return [
            {**values, "name": (default or {}).get("name", name)}
            for name, values in zip(names, super().copy_data(default), strict=True)
        ]

    # === ACTIONS === #

    def action_activate(self):
        """Activate the plan for all sales from its first day."""
        self.check_access("write")
        self.state = "active"

    def action_stop(self):
        """Stop new entries; reversals still take commission back."""
        self.check_access("write")
        self.state = "stopped"

    def action_draft(self):
        """Reset to a draft that earns nothing."""
        self.check_access("write")
        self._open_for_change()
        self.state = "draft"

    def action_new_version(self, date_from=None):
        """Create a draft version that follows this plan, which ends the day before.

        :param date_from: first day of sales; by default the first of next month
        """
        self.ensure_one()
        self.check_access("write")
        day = fields.Date.to_date(date_from) or self._get_next_month()
        if day <= self.date_from:
            raise UserError(
                self.env._(
                    "A new version must begin after the previous one. Choose a date after %(day)s.",
                    day=self.date_from,
                )
            )
        ends, self.date_to = self.date_to, day - timedelta(1)
        version = self.copy(
            {
                "name": self.name,
                "date_from": day,
                "date_to": ends if ends and ends >= day else False,
                "origin_id": (self.origin_id or self).id,
                "version": max(self._get_versions().mapped("version")) + 1,
            }
        )
        return version._get_action()

    def _get_next_month(self):
        today = max(fields.Date.context_today(self), self.date_from)
        return (today.replace(day=1) + timedelta(32)).replace(day=1)

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_compute(self):
        """Enter everything up to today."""
        self.check_access("write")
        self._compute_entries(fields.Date.context_today(self))
        return self.action_open_entries()

    def action_open_entries(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_commission.action_credit_commission_entry"
        )
        return {**action, "domain": [("plan_id", "in", self.ids)], "context": {}}

    def action_simulate(self):
        """Open a simulation of this plan."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Simulation"),
            "res_model": "credit.commission.simulation",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_plan_id": self.id},
        }

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Commission plan created")
