from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...rules import steps


class CreditFollowupProcedure(models.Model):
    """A scenario of reminders: which level follows which, from when, and what is not worth a reminder.

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
        help="Empty: for every company",
    )
    description = fields.Text(translate=True, help="For whom the procedure is meant")
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
        help="The day from which the days of a level are counted",
    )
    start = fields.Selection(
        [("first", "At the first level"), ("reached", "At the level of its age")],
        required=True,
        default="first",
        tracking=True,
        help="Where an item begins that nobody has been reminded of, but that is late already",
    )
    gap_days = fields.Integer(
        string="Days Between Contacts",
        default=7,
        tracking=True,
        help="Days that must pass before a customer is contacted again, whatever becomes due meanwhile",
    )
    tolerance = fields.Float(
        digits="Account",
        string="Smallest Item",
        tracking=True,
        help="What is left to pay on an item is not worth a reminder up to this amount",
    )
    min_total = fields.Float(
        digits="Account",
        string="Smallest Total",
        tracking=True,
        help="A customer who owes less than this in all, overdue and net of credits, is not reminded",
    )
    credits = fields.Selection(
        [("net", "Deduct it and show it"), ("wait", "Send nothing until it is allocated")],
        string="Unallocated Money",
        required=True,
        default="net",
        tracking=True,
        help="When payments or credit notes of the customer are not allocated yet. What covers all that is due always waits.",
    )
    sender = fields.Selection(
        [("collector", "Collector"), ("salesperson", "Salesperson"), ("company", "Company")],
        required=True,
        default="collector",
        help="In whose name it is written: the analyst of the credit file, the salesperson of the customer, or the company",
    )
    weekdays_only = fields.Boolean(default=True, help="E-mails leave from Monday to Friday only")
    hour_from = fields.Float(string="Not Before", default=8.0, help="E-mails leave from this hour")
    hour_to = fields.Float(string="Not After", default=18.0, help="E-mails leave until this hour")
    level_summary = fields.Char(string="Levels in Short", compute="_compute_level_summary")
    customer_count = fields.Integer(compute="_compute_customer_count")
    used_by_company = fields.Boolean(
        string="Of the Company",
        compute="_compute_used_by_company",
        help="Reminds the customers of the company who have no procedure of their own",
    )

    _not_negative = models.Constraint(
        "CHECK(gap_days >= 0 AND tolerance >= 0 AND min_total >= 0)",
        "Days and amounts of a procedure cannot be below zero.",
    )
    _window = models.Constraint(
        "CHECK(hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "The hours in which e-mails leave must begin before they end, between 0:00 and 24:00.",
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
                        "%s is in use: give it at least one level, or choose another procedure first.",
                        procedure.name,
                    )
                )

    # === CRUD === #

    def write(self, vals):
        if not vals.keys() & {"level_ids", "archived_level_ids"}:
            return super().write(vals)
        with self._levels_at_once():
            return super().write(vals)

    @contextmanager
    def _levels_at_once(self):
        """Whether two levels are on one day is looked at once all of them are written: they may trade their days."""
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

    # === ACTIONS === #

    def action_use(self):
        """The company reminds by this procedure every customer who has none of its own."""
        self.ensure_one()
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise AccessError(self.env._("A credit manager chooses the procedure of the company."))
        if not self._get_levels():
            raise UserError(self.env._("Give %s at least one level first.", self.name))
        if not self.active:
            raise UserError(self.env._("%s is archived. Take it back into use first.", self.name))
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

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%s (copy)", procedure.name)}
            for procedure, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # === BUSINESS METHODS === #

    def _get_rules(self):
        """``{procedure id: Procedure}`` of these procedures, levels in the order of their days."""
        return {procedure.id: procedure._get_rule() for procedure in self.sudo()}

    def _get_levels(self):
        """The levels that are taken, in the order of their days."""
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
