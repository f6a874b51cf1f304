from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules.working_days import closed_days, next_working_day


class CreditLitigationStep(models.Model):
    """An act of a case or of insolvency proceedings: done on a day, or to be done by its legal deadline.

    Recording the date of an act adds what must follow it, with the deadline of the law in force that day.
    """

    _name = "credit.litigation.step"
    _description = "Step of a Case"
    _inherit = ["credit.owned.mixin", "credit.derived.mixin"]
    _order = "deadline, date, id"
    _kept_fields = ("litigation_id", "insolvency_id")

    litigation_id = fields.Many2one(
        "credit.litigation", string="Case", index="btree_not_null", ondelete="cascade"
    )
    insolvency_id = fields.Many2one(
        "credit.insolvency", string="Proceedings", index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, precompute=True
    )
    act_id = fields.Many2one(
        "credit.litigation.act", string="Step", required=True, ondelete="restrict"
    )
    by = fields.Selection(related="act_id.by")
    date = fields.Date(string="Done On", help="Empty while it is to be done")
    partner_id = fields.Many2one("res.partner", string="By or To", ondelete="restrict")
    note = fields.Char(string="Notes")
    is_dropped = fields.Boolean(string="No Longer Needed", readonly=True)
    state = fields.Selection(
        [("todo", "To Do"), ("done", "Done"), ("dropped", "No Longer Needed")],
        compute="_compute_state",
        store=True,
    )
    rule_id = fields.Many2one(
        "credit.deadline.rule", string="Deadline Rule", readonly=True, ondelete="restrict"
    )
    start_step_id = fields.Many2one(
        "credit.litigation.step", string="Follows", readonly=True, index=True, ondelete="cascade"
    )
    following_ids = fields.One2many("credit.litigation.step", "start_step_id", readonly=True)
    deadline_raw = fields.Date(
        string="Deadline of the Text",
        compute="_compute_deadline",
        store=True,
        help="The day that the law gives, before weekends and holidays",
    )
    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        help="The working day on which the period really ends",
    )
    alert_date = fields.Date(
        string="Act Before",
        compute="_compute_deadline",
        store=True,
        help="The last working day before the deadline; of a deadline of others, the first one after it",
    )
    activity_id = fields.Many2one("mail.activity", readonly=True, ondelete="set null")

    _of_one = models.Constraint(
        "CHECK(num_nonnulls(litigation_id, insolvency_id) = 1)",
        "A step belongs to a case or to insolvency proceedings. Open one of them and add the step there.",
    )

    # === COMPUTE METHODS === #

    @api.depends("act_id", "litigation_id.name", "insolvency_id.name")
    def _compute_display_name(self):
        for step in self:
            parts = (step._get_proceedings().display_name, step.act_id.name)
            step.display_name = " – ".join(filter(None, parts))

    @api.depends("litigation_id", "insolvency_id")
    def _compute_company_id(self):
        for step in self:
            step.company_id = step._get_proceedings().company_id

    @api.depends("date", "is_dropped")
    def _compute_state(self):
        for step in self:
            step.state = "done" if step.date else "dropped" if step.is_dropped else "todo"

    @api.depends("start_step_id.date", "rule_id", "act_id.by")
    def _compute_deadline(self):
        for step in self:
            start = step.start_step_id.date
            if not (start and step.rule_id):
                step.deadline_raw = step.deadline = step.alert_date = False
                continue
            closed = step._get_closed_days()
            found = step.rule_id.sudo()._measure(start, closed)
            step.deadline_raw, step.deadline = found.raw, found.rolled
            ours = step.act_id.by == "us"
            after = fields.Date.add(found.rolled, days=1)
            step.alert_date = found.alert if ours else next_working_day(after, closed)

    def _get_closed_days(self):
        """Days that do not count as the last one: those of the place of the proceedings."""
        place = self._get_proceedings().sudo()._get_place()
        return closed_days(place.country_id.code or "", place.state_id.code or "")

    def _get_proceedings(self):
        """The case or the insolvency proceedings of the step."""
        return self.litigation_id or self.insolvency_id

    # === CRUD === #

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': deadlines follow from the law and the event
        written = {"is_dropped", "rule_id", "start_step_id", "activity_id"}
        follows = {name for name, field in self._fields.items() if self._is_derived(field)}
        return super()._get_derived_fields(creating) | follows | written

    @api.model_create_multi
    def create(self, vals_list):
        steps = super().create(vals_list)
        steps.sudo()._follow_law()
        return steps

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date", "act_id", "is_dropped"}:
            self.sudo()._follow_law()
        return result

    @api.ondelete(at_uninstall=False)
    def _keep_deadlines(self):
        if not self.env.su and any(step.rule_id for step in self):
            raise UserError(
                self.env._(
                    "A step with a legal deadline is kept. Mark it as no longer needed instead."
                )
            )

    def unlink(self):
        self.sudo().activity_id.unlink()
        return super().unlink()

    # === ACTIONS === #

    def action_done(self):
        """Record that the step was taken today; correct the date if it was another day."""
        for step in self.filtered(lambda step: not step.date):
            step.date = step.company_id._get_credit_today()
        return True

    def action_drop(self):
        """The step is no longer needed."""
        self.check_access("write")
        self.sudo().is_dropped = True
        return True

    # === BUSINESS METHODS === #

    def _follow_law(self):
        """Bring what follows these steps, and their activities, up to date."""
        for step in self:
            step._follow_one()
        (self | self.following_ids)._update_activities()

    def _follow_one(self):
        rules = self._find_rules()
        waiting = self.following_ids.filtered(lambda step: step.state == "todo")
        waiting.filtered(lambda step: step.rule_id not in rules).unlink()
        missing = rules - self.following_ids.exists().rule_id
        self.create([self._prepare_following(rule) for rule in missing])

    def _find_rules(self):
        """The deadlines that the step starts, by the law of its day."""
        rules = self.env["credit.deadline.rule"]
        proceedings = self._get_proceedings()
        if not self.date or not proceedings._is_watched():
            return rules
        return rules._find_following(
            self.act_id,
            self.date,
            self.company_id,
            proceedings._get_place().country_id,
            proceedings._is_creditor_abroad(),
        )

    def _prepare_following(self, rule):
        return {
            "litigation_id": self.litigation_id.id,
            "insolvency_id": self.insolvency_id.id,
            "act_id": rule.act_id.id,
            "rule_id": rule.id,
            "start_step_id": self.id,
        }

    def _update_activities(self):
        """One activity for each step that waits, before its deadline; none for the others."""
        for step in self.exists():
            waits = (
                step.state == "todo" and step.alert_date and step._get_proceedings()._is_watched()
            )
            if not waits:
                step.activity_id.unlink()
            elif step.activity_id:
                step.activity_id.date_deadline = step.alert_date
            else:
                step._plan_activity()

    def _plan_activity(self):
        proceedings = self._get_proceedings()
        self.activity_id = proceedings.with_context(
            mail_activity_quick_update=True
        ).activity_schedule(
            "credit_litigation.mail_activity_type_deadline",
            date_deadline=self.alert_date,
            summary=self.rule_id.name,
            note=self.rule_id.reference,
            user_id=(proceedings.user_id or self.env.user).id,
        )
