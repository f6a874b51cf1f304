from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...rules import steps


class CreditFollowupProcedure(models.Model):
    """A reminder procedure: its levels, their timing, and the minimum amounts.

    Amounts are in the currency of the customer's root company, taxes included.
    """

    _name = "credit.followup.procedure"
    _description = "Follow-up Procedure"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        domain="[('parent_id', '=', False)]",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        default=lambda self: self.env.company.root_id,
        help="Leave empty for all companies",
    )
    description = fields.Text(translate=True, help="Which customers the procedure is meant for")
    level_ids = fields.One2many("credit.followup.level", "procedure_id", string="Levels", copy=True)
    archived_level_ids = fields.One2many(
        "credit.followup.level",
        "procedure_id",
        string="Archived Levels",
        domain=[("active", "=", False)],
        context={"active_test": False},
    )
    count_from = fields.Selection(
        [("due", "Due date"), ("month_end", "End of the month of the due date")],
        required=True,
        default="due",
        tracking=True,
        help="The date from which the days of a level are counted",
    )
    start = fields.Selection(
        [("first", "At the first level"), ("reached", "At the level matching its age")],
        required=True,
        default="first",
        tracking=True,
        help="First level of an item that is already overdue and was never reminded",
    )
    gap_days = fields.Integer(
        string="Days Between Contacts",
        default=7,
        tracking=True,
        help="Minimum number of days between two notices to the same customer",
    )
    tolerance = fields.Float(
        digits="Account",
        string="Minimum Item",
        tracking=True,
        help="Items with an open amount up to this are not reminded",
    )
    min_total = fields.Float(
        digits="Account",
        string="Minimum Total",
        tracking=True,
        help="Customers whose overdue total, net of credits, is below this amount are not reminded",
    )
    credits = fields.Selection(
        [("net", "Show and deduct it"), ("wait", "Send nothing until it is allocated")],
        string="Unallocated Credits",
        required=True,
        default="net",
        tracking=True,
        help="If the customer has unallocated payments or credit notes. If they cover everything due, the notice always waits.",
    )
    sender = fields.Selection(
        [("collector", "Collector"), ("salesperson", "Salesperson"), ("company", "Company")],
        required=True,
        default="collector",
        help="Who the notice is from: the credit analyst, the customer's salesperson or the company",
    )
    weekdays_only = fields.Boolean(default=True, help="E-mails are sent from Monday to Friday only")
    hour_from = fields.Float(
        string="Not Before", default=8.0, help="E-mails are sent from this hour"
    )
    hour_to = fields.Float(
        string="Not After", default=18.0, help="E-mails are sent until this hour"
    )
    level_summary = fields.Char(string="Levels Summary", compute="_compute_level_summary")
    customer_count = fields.Integer(compute="_compute_customer_count")
    used_by_company = fields.Boolean(
        string="Company Default",
        compute="_compute_used_by_company",
        help="Applies to customers of the company without a specific procedure",
    )

    _not_negative = models.Constraint(
        "CHECK(gap_days >= 0 AND tolerance >= 0 AND min_total >= 0)",
        "Days and amounts of a procedure cannot be negative. Enter zero or more.",
    )
    _window = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "The sending hours must begin before they end, between 0:00 and 24:00. Correct them.",
    )

    # === COMPUTE METHODS === #

    @api.depends("level_ids.active", "level_ids.days", "level_ids.channel")
    @api.depends_context("lang")
    def _compute_level_summary(self):
        channels = dict(
            self.env["credit.followup.level"]._fields["channel"]._description_selection(self.env)
        )
        for procedure in self:
            procedure.level_summary = ", ".join(
                f"{level.days:+d} {channels.get(level.channel, '')}"
                for level in procedure._get_levels()
            )

    def _compute_customer_count(self):
        counts = dict(
            self.env["credit.profile"]._read_group(
                [("followup_procedure_id", "in", self.ids)], ["followup_procedure_id"], ["__count"]
            )
        )
        for procedure in self:
            procedure.customer_count = counts.get(procedure, 0)

    @api.depends_context("allowed_company_ids")
    def _compute_used_by_company(self):
        used = self.env.companies.root_id.sudo().credit_followup_procedure_id
        for procedure in self:
            procedure.used_by_company = procedure in used

    # === CONSTRAINTS === #

    @api.constrains("active", "level_ids", "archived_level_ids")
    def _check_levels(self):
        users = (
            self.env["res.company"]
            .sudo()
            .search([("credit_followup_procedure_id", "in", self.ids)])
        )
        for procedure in users.credit_followup_procedure_id & self:
            if procedure.active and not procedure._get_levels():
                raise ValidationError(
                    self.env._(
                        "%s is in use and needs at least one level. To remove them all, choose another procedure first.",
                        procedure.name,
                    )
                )

    # === CRUD === #

    def write(self, vals):
        # EXTENDS 'base'
        if not vals.keys() & {"level_ids", "archived_level_ids"}:
            return super().write(vals)
        with self._levels_at_once():
            return super().write(vals)

    @contextmanager
    def _levels_at_once(self):
        """Defer the check for two levels on the same day until all are written, so that they can swap days."""
        levels = self.env["credit.followup.level"]
        name = SQL.identifier(levels._one_level_a_day.full_name(levels))
        self.env.execute_query(SQL("SET CONSTRAINTS %s DEFERRED", name))
        yield
        levels.flush_model()
        self.env.execute_query(SQL("SET CONSTRAINTS %s IMMEDIATE", name))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        levels = self.env["credit.followup.level"].with_context(active_test=False)
        levels.search([("procedure_id", "in", self.ids)])._unlink_except_used()

    def copy_data(self, default=None):
        # EXTENDS 'base'
        return [
            {**vals, "name": self.env._("%s (copy)", procedure.name)}
            for procedure, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # === ACTIONS === #

    def action_use(self):
        """Make this the company's default procedure."""
        self.ensure_one()
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise AccessError(
                self.env._("Only a credit manager can choose the company's procedure. Ask one.")
            )
        if not self._get_levels():
            raise UserError(self.env._("Give %s at least one level first.", self.name))
        if not self.active:
            raise UserError(self.env._("%s is archived. Unarchive it first.", self.name))
        company = self.env.company.root_id
        if self.company_id not in (company, company.browse()):
            raise UserError(
                self.env._(
                    "%(procedure)s is for %(company)s only. Switch to that company, or choose another procedure.",
                    procedure=self.name,
                    company=self.company_id.name,
                )
            )
        company.sudo().credit_followup_procedure_id = self

    def action_view_customers(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customers"),
            "res_model": "credit.profile",
            "view_mode": "list,form",
            "domain": [("followup_procedure_id", "in", self.ids)],
        }

    # === BUSINESS METHODS === #

    def _get_rules(self):
        """``{procedure id: Procedure}``, levels ordered by days."""
        return {procedure.id: procedure._get_rule() for procedure in self.sudo()}

    def _get_levels(self):
        """The active levels, ordered by days."""
        return self.level_ids.filtered("active").sorted("days")

    def _get_rule(self):
        """:rtype: steps.Procedure"""
        return steps.Procedure(
            self.id,
            levels=tuple(level._get_rule() for level in self._get_levels()),
            count_from=self.count_from,
            start=self.start,
            gap_days=self.gap_days,
            tolerance=self.tolerance,
            min_total=self.min_total,
            credits=self.credits,
        )

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Follow-up procedure created")
