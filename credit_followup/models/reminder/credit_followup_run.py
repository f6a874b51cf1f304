from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from .credit_followup_notice import PAPER

#: fields that users choose; the actions write all others
_CHOICES = frozenset({"procedure_ids", "partner_ids"})
_DECIDED = frozenset({"state", "date", "unattended", "user_id", "customer_total", "failure"})


_STEPS = (
    "to_write_count",
    "to_print_count",
    "to_post_count",
    "call_count",
    "email_waiting_count",
    "email_sent_count",
)


def _get_step(channel, state, printed, written):
    """The counter field for the next step of a notice; ``None`` if there is none."""
    if channel == "email":
        return "email_sent_count" if state == "sent" else "email_waiting_count"
    if state == "sent":
        return None
    if channel not in PAPER:
        return "call_count"
    if printed:
        return "to_post_count"
    return "to_print_count" if written else "to_write_count"


class CreditFollowupRun(models.Model):
    """A run of reminders: previewed with its exclusions, approved and sent; or unattended."""

    _name = "credit.followup.run"
    _description = "Follow-up Run"
    _inherit = ["credit.owned.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    date = fields.Date(
        required=True,
        readonly=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
        copy=False,
        help="Reference date of the run",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unattended = fields.Boolean(readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users", string="Prepared by", readonly=True, default=lambda self: self.env.user
    )
    procedure_ids = fields.Many2many(
        "credit.followup.procedure", string="Procedures", help="Leave empty for all"
    )
    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        domain=[("parent_id", "=", False)],
        help="Leave empty for all",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("waiting", "Waits for the bank"),
            ("building", "Being prepared"),
            ("ready", "To approve"),
            ("sending", "Being sent"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    failure = fields.Text(string="Why It Stopped or Waits", readonly=True, copy=False)
    bank_warning = fields.Text(
        compute="_compute_bank_warning", help="Customers who have already paid may be reminded"
    )
    notice_ids = fields.One2many(
        "credit.followup.notice", "run_id", string="Notices", readonly=True
    )
    proposal_ids = fields.One2many(
        "credit.followup.notice",
        "run_id",
        string="To Send",
        domain=[("state", "!=", "cancelled")],
        readonly=True,
    )
    exclusion_ids = fields.One2many(
        "credit.followup.exclusion", "run_id", string="Left Out", readonly=True
    )
    channel_figure_ids = fields.One2many(
        "credit.followup.run.figure",
        "run_id",
        string="By Channel",
        domain=[("channel", "!=", False)],
    )
    reason_figure_ids = fields.One2many(
        "credit.followup.run.figure",
        "run_id",
        string="By Reason",
        domain=[("reason", "!=", False)],
    )

    # Progress
    customer_total = fields.Integer(string="Customers to Look at", readonly=True, copy=False)
    customer_done = fields.Integer(string="Customers Looked at", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")

    former_notice_id = fields.Integer(
        readonly=True,
        copy=False,
        help="Notices of the run up to this one were rejected before the run was prepared again",
    )

    # Counts
    notice_count = fields.Integer(string="Notices to Send", compute="_compute_counts")
    proposed_count = fields.Integer(string="To Approve", compute="_compute_counts")
    approved_count = fields.Integer(string="Approved", compute="_compute_counts")
    sent_count = fields.Integer(string="Sent", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    amount = fields.Monetary(string="Amount Reminded", compute="_compute_counts")
    called_off_count = fields.Integer(
        string="Cancelled Before Sending",
        compute="_compute_called_off_count",
        help="Approved, then cancelled before sending; each notice states why",
    )
    exclusion_count = fields.Integer(string="Customers Left Out", compute="_compute_exclusions")
    is_old = fields.Boolean(compute="_compute_is_old")

    # What is left to do
    to_write_count = fields.Integer(string="Letters Being Created", compute="_compute_steps")
    to_print_count = fields.Integer(string="Letters to Print", compute="_compute_steps")
    to_post_count = fields.Integer(string="Letters to Post", compute="_compute_steps")
    call_count = fields.Integer(string="Calls to Make", compute="_compute_steps")
    email_waiting_count = fields.Integer(string="E-mails to Send", compute="_compute_steps")
    email_sent_count = fields.Integer(string="E-mails Sent", compute="_compute_steps")

    _one_building = models.UniqueIndex(
        "(company_id) WHERE state = 'building'",
        "Another run of this company is being prepared. Wait until it is ready, or cancel it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("date", "unattended")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            day = format_date(self.env, run.date)
            run.name = (
                self.env._("Unattended reminders of %s", day)
                if run.unattended
                else self.env._("Reminders of %s", day)
            )

    @api.depends("customer_total", "state")
    def _compute_progress(self):
        for run in self:
            building = run.state == "building"
            run.customer_done = run._count_done() if building else run.customer_total
            part = 100 * run.customer_done / (run.customer_total or 1)
            run.progress = part if building else 0.0 if run.state == "draft" else 100.0

    @api.depends("notice_ids.state", "notice_ids.amount")
    def _compute_counts(self):
        found = {
            (run, state): (count, amount)
            for run, state, count, amount in self.env["credit.followup.notice"]._read_group(
                [("run_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["run_id", "state"],
                ["__count", "amount:sum"],
            )
        }
        for run in self:
            figures = {
                state: found.get((run, state), (0, 0.0))
                for state in ("proposed", "approved", "sent", "failed")
            }
            for state, (count, _amount) in figures.items():
                run[f"{state}_count"] = count
            run.notice_count = sum(count for count, _amount in figures.values())
            run.amount = sum(amount for _count, amount in figures.values())

    @api.depends("notice_ids.approved_by", "notice_ids.state")
    def _compute_called_off_count(self):
        counts = self.env["credit.followup.notice"]._read_group(
            [("run_id", "in", self.ids), *self._get_called_off_domain()], ["run_id"], ["__count"]
        )
        found = dict(counts)
        for run in self:
            run.called_off_count = found.get(run, 0)

    @api.model
    def _get_called_off_domain(self):
        return [("state", "=", "cancelled"), ("approved_by", "!=", False)]

    @api.depends(
        "notice_ids.channel", "notice_ids.letter_id", "notice_ids.printed_at", "notice_ids.state"
    )
    def _compute_steps(self):
        """Count approved notices by their next step: print, post, call or none."""
        approved = [("run_id", "in", self.ids), ("state", "in", ("approved", "sent"))]
        counts = defaultdict(int)
        for written in (True, False):
            domain = [*approved, ("letter_id", "!=" if written else "=", False)]
            groups = self.env["credit.followup.notice"]._read_group(
                domain, ["run_id", "channel", "state", "printed_at:day"], ["__count"]
            )
            for run, *facts, count in groups:
                if name := _get_step(*facts, written):
                    counts[run, name] += count
        for run in self:
            for name in _STEPS:
                run[name] = counts[run, name]

    @api.depends("company_id", "state")
    @api.depends_context("lang")
    def _compute_bank_warning(self):
        for run in self:
            asked = run.state in ("draft", "ready") and run.company_id
            run.bank_warning = asked and run.company_id.sudo()._explain_bank(
                run.company_id._get_credit_today()
            )

    @api.depends("exclusion_ids")
    def _compute_exclusions(self):
        counts = dict(
            self.env["credit.followup.exclusion"]._read_group(
                [("run_id", "in", self.ids)], ["run_id"], ["partner_id:count_distinct"]
            )
        )
        for run in self:
            run.exclusion_count = counts.get(run, 0)

    @api.depends("company_id", "date")
    def _compute_is_old(self):
        for run in self:
            run.is_old = run.date and run.date < run.company_id._get_credit_today()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        if not self.env.su and any(_DECIDED & vals.keys() for vals in vals_list):
            self._refuse_typed_decision()
        companies = self.env["res.company"].sudo()
        return super().create(
            [
                {**vals, "company_id": companies.browse(vals["company_id"]).root_id.id}
                if vals.get("company_id")
                else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        # EXTENDS 'base'
        if not self.env.su:
            if (_DECIDED | {"company_id"}) & vals.keys():
                self._refuse_typed_decision()
            if _CHOICES & vals.keys() and any(run.state != "draft" for run in self):
                raise UserError(
                    self.env._(
                        "The scope of a run cannot change once it is prepared. Start a new run."
                    )
                )
        return super().write(vals)

    def _refuse_typed_decision(self):
        raise AccessError(
            self.env._("The date, state and figures of a run cannot be edited. Use its buttons.")
        )

    # === ACTIONS === #

    def action_prepare(self):
        """Prepare the run as of today; large runs continue in the background."""
        self.ensure_one()
        self.check_access("write")
        run = self.sudo()
        run._end_waiting()
        run._start(run.company_id._get_credit_today())
        if run._count_items() <= self._direct_items:
            for _count in run._build():
                pass
            return None
        self.env.ref("credit_followup.ir_cron_run")._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The run is being prepared in the background. Reload the page to follow its progress."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_ask_approval(self):
        """Show the number and amount of the notices by channel before approval."""
        return self.env["credit.followup.approval"]._open(self)

    def action_print_letters(self):
        """One PDF of the letters of the run that wait to be printed."""
        return self._get_waiting_letters(printed=False).action_print()

    def action_post_letters(self):
        """Confirm that the printed letters of the run were posted."""
        return self._get_waiting_letters(printed=True).action_post()

    def _get_waiting_letters(self, printed):
        """Approved letters of the run, either printed but not posted or not printed."""
        self.ensure_one()
        letters = self.env["credit.followup.notice"].search(
            [
                ("run_id", "=", self.id),
                ("state", "=", "approved"),
                ("channel", "in", PAPER),
                ("printed_at", "!=" if printed else "=", False),
            ],
            order="id",
        )
        if not letters:
            raise UserError(
                self.env._(
                    "No letter of this run is at this step. Reload the page to see what is left to do."
                )
            )
        return letters

    def action_approve(self):
        """Approve all proposed notices."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("ready", "sending"):
            raise UserError(self.env._("There is nothing to approve yet. Prepare the run first."))
        proposals = self.notice_ids.filtered(lambda notice: notice.state == "proposed")
        if proposals:
            proposals.with_context(tracking_disable=True).action_approve()
            self.sudo()._message_log(
                body=self.env._(
                    "%(user)s approved %(count)s notices.",
                    user=self.env.user.name,
                    count=len(proposals),
                )
            )
        return True

    def action_cancel(self):
        """Cancel the run, including its approved notices that are not sent."""
        self.check_access("write")
        for run in self.sudo():
            if run.state in ("done", "cancelled"):
                raise UserError(
                    self.env._(
                        "The run is finished: sent notices cannot be recalled. Start a new run for what is still open."
                    )
                )
            run.state = "cancelled"
            run._call_off()
        return True

    def _call_off(self):
        """Cancel everything of the run that still waits."""
        waiting = self.notice_ids.filtered(lambda n: n.state in ("proposed", "approved"))
        waiting.with_context(tracking_disable=True)._cancel(self.env._("The run was cancelled."))
        self._update_state()

    @api.readonly
    def action_view_notices(self):
        self.ensure_one()
        return self._action_view("credit.followup.notice", self.env._("Notices"))

    @api.readonly
    def action_view_failed(self):
        self.ensure_one()
        action = self._action_view("credit.followup.notice", self.env._("Failed"))
        return {**action, "domain": [*action["domain"], ("state", "=", "failed")]}

    @api.readonly
    def action_view_called_off(self):
        self.ensure_one()
        action = self._action_view("credit.followup.notice", self.env._("Cancelled Before Sending"))
        return {**action, "domain": [*action["domain"], *self._get_called_off_domain()]}

    @api.readonly
    def action_view_exclusions(self):
        """A group for each customer, as the button counts them."""
        self.ensure_one()
        action = self._action_view("credit.followup.exclusion", self.env._("Left Out"))
        return {**action, "context": {"group_by": "partner_id"}}

    def _action_view(self, model, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": [("run_id", "=", self.id)],
        }

    # === LIFE === #

    def _update_state(self):
        """Update the state of the runs after the state of notices changed."""
        states = self._read_states()
        for run in self.sudo().filtered(
            lambda run: run.state not in ("draft", "waiting", "building")
        ):
            state = run._get_state(states.get(run.id, ()))
            if run.state != state:
                run.state = state

    def _read_states(self):
        """``{run id: states of its notices}``"""
        self.env["credit.followup.notice"].flush_model(["run_id", "state"])
        states = self.env["credit.followup.notice"]._fields["state"].get_values(self.env)
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT r.id, ARRAY(SELECT s FROM UNNEST(%s) s WHERE EXISTS (
                                          SELECT FROM credit_followup_notice n WHERE n.run_id = r.id AND n.state = s))
                         FROM UNNEST(%s::int[]) r(id)""",
                    states,
                    self.ids,
                )
            )
        )

    def _get_state(self, states):
        """The state of a run whose notices have these states."""
        if "proposed" in states:
            return "ready"
        if "approved" in states:
            return "sending"
        if "sent" in states or "failed" in states:
            return "done"
        return "cancelled" if states or self.state == "cancelled" else "done"

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Reminder run created")
