from collections import defaultdict
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..rules.simulation import find_outcome, left_out, replay


class CreditPolicySimulation(models.Model):
    """Orders of a past period that a policy would have held: a dated snapshot.

    The orders were confirmed in reality, so the replay continues with their actual invoices and payments. Amounts are
    in the company's currency, taxes included.
    """

    _name = "credit.policy.simulation"
    _description = "Simulation of a Credit Policy"
    _inherit = ["credit.owned.mixin"]
    _order = "id desc"
    _rec_name = "policy_id"

    #: customers read per batch, and number of orders replayed at once instead of by the scheduled job
    _batch_size = 500
    _direct_orders = 2000

    policy_id = fields.Many2one("credit.policy", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today() - relativedelta(years=1),
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self.env["res.company"]._get_credit_today()
    )
    limit_basis = fields.Selection(
        [("today", "Limits in force today"), ("dated", "Limits as they were on the day")],
        required=True,
        default="today",
        help="A limit granted last week says little about last year. Choose which limits to test past orders against.",
    )
    assumes_limit = fields.Boolean(
        string="Assume a Limit",
        help="For customers without a credit decision. If empty, they keep their current mode, which is mostly unlimited.",
    )
    assumed_limit = fields.Monetary()

    # Progress
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("running", "Running"),
            ("stopped", "Stopped"),
            ("done", "Done"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    run_date = fields.Date(string="As of", readonly=True, copy=False)
    tz = fields.Char(readonly=True, copy=False)
    customer_total = fields.Integer(string="Customers to Replay", readonly=True, copy=False)
    customer_done = fields.Integer(string="Customers Replayed", readonly=True, copy=False)
    last_customer_id = fields.Integer(readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    rules_texts = fields.Json(
        readonly=True, copy=False, help="The rules as they were, in words, for each language in use"
    )
    rules_summary = fields.Text(string="Rules Replayed", compute="_compute_rules_summary")

    # Result
    line_ids = fields.One2many("credit.policy.simulation.line", "simulation_id", copy=False)
    month_ids = fields.One2many(
        "credit.policy.simulation.figure",
        "simulation_id",
        string="By Month",
        domain=[("month", "!=", False)],
        copy=False,
    )
    rule_figure_ids = fields.One2many(
        "credit.policy.simulation.figure",
        "simulation_id",
        string="By Reason",
        domain=[("month", "=", False)],
        copy=False,
    )
    judged_count = fields.Integer(string="Orders Checked", readonly=True, copy=False)
    judged_amount = fields.Monetary(string="Checked Amount", readonly=True, copy=False)
    held_count = fields.Integer(string="Would Have Been Held", compute="_compute_figures")
    held_amount = fields.Monetary(compute="_compute_figures")
    held_share = fields.Float(string="Held (%)", compute="_compute_figures")
    warned_count = fields.Integer(string="With a Warning", compute="_compute_figures")
    warned_amount = fields.Monetary(compute="_compute_figures")
    held_customer_count = fields.Integer(string="Customers Held", compute="_compute_figures")
    in_time_count = fields.Integer(string="Held, Paid on Time", compute="_compute_figures")
    in_time_amount = fields.Monetary(compute="_compute_figures")
    late_count = fields.Integer(string="Held, Paid Late", compute="_compute_figures")
    late_amount = fields.Monetary(compute="_compute_figures")
    overdue_count = fields.Integer(string="Held, Overdue Today", compute="_compute_figures")
    overdue_amount = fields.Monetary(
        compute="_compute_figures", help="Amount of these orders still unpaid"
    )
    open_count = fields.Integer(
        string="Not Yet Known",
        compute="_compute_figures",
        help="Would have been held; not invoiced, not due yet, or credited",
    )
    approximated = fields.Json(readonly=True, copy=False)
    approximation_text = fields.Text(
        string="How It Was Calculated", compute="_compute_approximation_text"
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_to >= date_from)", "The period of a simulation cannot end before it begins."
    )
    _assumed_limit_not_negative = models.Constraint(
        "CHECK(assumed_limit >= 0)",
        "A credit limit cannot be negative. Enter 0 for no credit.",
    )

    # === COMPUTE METHODS === #

    @api.depends("policy_id.name", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for simulation in self:
            simulation.display_name = self.env._(
                "%(policy)s, %(first)s to %(last)s",
                policy=simulation.policy_id.name or "",
                first=format_date(self.env, simulation.date_from),
                last=format_date(self.env, simulation.date_to),
            )

    @api.depends("customer_total", "customer_done", "state")
    def _compute_progress(self):
        for simulation in self:
            done, total = simulation.customer_done, simulation.customer_total
            simulation.progress = 100.0 if simulation.state == "done" else 100 * done / (total or 1)

    @api.depends("line_ids", "judged_count", "state")
    def _compute_figures(self):
        self._set_verdict_figures()
        self._set_outcome_figures()

    def _set_verdict_figures(self):
        rows = self.env["credit.policy.simulation.line"]._read_group(
            [("simulation_id", "in", self.ids)],
            ["simulation_id", "verdict"],
            ["__count", "amount:sum", "partner_id:count_distinct"],
        )
        found = {(simulation, verdict): figures for simulation, verdict, *figures in rows}
        for simulation in self:
            count, amount, customers = found.get((simulation, "hold"), (0, 0.0, 0))
            simulation.held_count, simulation.held_amount = count, amount
            simulation.held_customer_count = customers
            simulation.held_share = 100 * count / (simulation.judged_count or 1)
            count, amount, _customers = found.get((simulation, "warn"), (0, 0.0, 0))
            simulation.warned_count, simulation.warned_amount = count, amount

    def _set_outcome_figures(self):
        rows = self.env["credit.policy.simulation.line"]._read_group(
            [("simulation_id", "in", self.ids), ("verdict", "=", "hold")],
            ["simulation_id", "outcome"],
            ["__count", "amount:sum", "unpaid:sum"],
        )
        found = {(simulation, outcome): figures for simulation, outcome, *figures in rows}
        for simulation in self:
            for outcome in ("in_time", "late", "overdue"):
                count, amount, unpaid = found.get((simulation, outcome), (0, 0.0, 0.0))
                simulation[f"{outcome}_count"] = count
                simulation[f"{outcome}_amount"] = unpaid if outcome == "overdue" else amount
            known = simulation.in_time_count + simulation.late_count + simulation.overdue_count
            simulation.open_count = simulation.held_count - known

    @api.depends("approximated", "state", "limit_basis")
    @api.depends_context("lang")
    def _compute_approximation_text(self):
        for simulation in self:
            sentences = simulation._get_approximations() if simulation.state == "done" else []
            simulation.approximation_text = "\n".join(sentences)

    @api.depends("rules_texts")
    @api.depends_context("lang")
    def _compute_rules_summary(self):
        """In the reader's language, whoever started the simulation."""
        for simulation in self:
            texts = simulation.rules_texts or {}
            simulation.rules_summary = texts.get(self.env.lang) or next(iter(texts.values()), "")

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if any(simulation.state == "running" for simulation in self):
            raise UserError(self.env._("Stop the simulation first, then delete it."))

    # === ACTIONS === #

    def action_run(self):
        """Replay the period; large ones run in the background."""
        self.ensure_one()
        self._check_may_run("draft")
        self.sudo()._start()
        return self.sudo()._go_on()

    def action_stop(self):
        """Stop after the current batch; results so far are kept, and the run can be resumed."""
        self._check_may_run("running")
        self.sudo().state = "stopped"

    def action_resume(self):
        """Resume with the next customers."""
        self.ensure_one()
        self._check_may_run("stopped")
        self.sudo().state = "running"
        return self.sudo()._go_on()

    def action_run_again(self):
        """Start another simulation with the same settings; this one is kept as a snapshot."""
        self.ensure_one()
        self._check_may_run("done")
        again = self.copy()
        again.action_run()
        return again._action_open()

    @api.readonly
    def action_compare(self):
        """Put two simulations side by side."""
        return self.env["credit.policy.simulation.comparison"]._open(self)

    def _check_may_run(self, state):
        self.check_access("write")
        for simulation in self:
            if simulation.state != state:
                states = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        'This simulation has the status "%s". Reload the page.',
                        states[simulation.state].lower(),
                    )
                )

    def _action_open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.readonly
    def action_view_held(self):
        """The orders that would have been held."""
        return self._action_view_lines([("verdict", "=", "hold")])

    @api.readonly
    def action_view_warned(self):
        """The orders that would have passed with a warning."""
        return self._action_view_lines([("verdict", "=", "warn")])

    @api.readonly
    def action_view_unpaid(self):
        """The orders that would have been held and were paid late or not at all."""
        return self._action_view_lines(
            [("verdict", "=", "hold"), ("outcome", "in", ("late", "overdue"))]
        )

    @api.readonly
    def action_view_reasons(self):
        """The reasons, by month and rule."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_policy_simulation_reason"
        )
        return {
            **action,
            "domain": [("line_id.simulation_id", "=", self.id)],
            "context": {"search_default_hold": 1},
        }

    def _action_view_lines(self, domain):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_policy_simulation_line"
        )
        return {**action, "domain": [("simulation_id", "=", self.id), *domain], "context": {}}

    # === RUNNING === #

    def _start(self):
        """Fix the parameters of the run and count the customers to replay."""
        self.write(
            {
                "state": "running",
                "tz": str(self.env.tz),
                "run_date": self.env["res.company"]._get_credit_today(),
                "rules_texts": self._describe_rules(),
                "customer_done": 0,
                "last_customer_id": 0,
            }
        )
        self.customer_total = self._count_keys()

    def _describe_rules(self):
        """``{language: the rules replayed, one a line}``."""
        return {
            code: "\n".join(
                self.with_context(lang=code)._get_replayed_rules().mapped("display_name")
            )
            for code, _name in self.env["res.lang"].get_installed()
        }

    def _get_replayed_rules(self):
        """Rules of the checkpoint *Order*: only orders are replayed."""
        return self.policy_id.rule_ids.filtered(lambda rule: rule.checkpoint == "order")

    def _go_on(self):
        """Run a small volume now, leave a large one to the scheduled job.

        :return: a notification for the user, or ``None``
        """
        if self._count_orders() <= self._direct_orders:
            while self._run_batch():
                pass
            return None
        self.env.ref("credit_management.ir_cron_simulations")._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "The simulation is running in the background. Reload the page to see its progress."
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_run(self):
        """Replay running simulations, a batch of customers at a time; a stop takes effect between batches."""
        running = self.search([("state", "=", "running")], order="id")
        waiting = sum(
            simulation.customer_total - simulation.customer_done for simulation in running
        )
        self.env["ir.cron"]._commit_progress(remaining=max(waiting, 0))
        for simulation in running:
            while count := simulation._run_batch_alone():
                if not self.env["ir.cron"]._commit_progress(count):
                    return

    def _run_batch_alone(self):
        """Run one batch, unless the simulation was stopped or deleted, or another process runs it.

        :return: number of customers
        """
        self.invalidate_recordset()
        locked = self.exists().try_lock_for_update(allow_referencing=True)
        return locked._run_batch() if locked.state == "running" else 0

    def _run_batch(self):
        """Replay the next customers, with all customers who share a limit with them.

        :return: number of customers; 0 when none were left and the simulation is done
        """
        keys = self._read_next_keys()
        if not keys:
            self._finish()
            return 0
        histories = self.env["credit.simulation.past"]._read(self._read_members(keys), self)
        self._record(histories)
        self.last_customer_id = keys[-1]
        self.customer_done += len(keys)
        return len(keys)

    def _finish(self):
        self.write({"state": "done", "approximated": self._count_approximations()})

    # === WHO AND WHEN === #

    def _get_rules(self):
        """The policy without rules that need facts unavailable for the past.

        :rtype: Policy
        """
        policy = self.env["credit.policy"]._get_rules(self.policy_id.id)
        unknown = left_out(policy)
        return replace(policy, rules=tuple(rule for rule in policy.rules if rule not in unknown))

    def _get_sources(self):
        """The sources the policy counts."""
        return self.policy_id._get_scope().sources

    def _is_judged(self, file):
        """Whether the policy, as the company's, would apply: not where the file or class has another one."""
        policies = file.policy_id, file.risk_class_id.policy_id
        return (
            next((policy for policy in policies if policy.active), self.policy_id) == self.policy_id
        )

    def _get_company_ids(self):
        return tuple(self.company_id._get_credit_tree().ids)

    def _get_moments(self):
        """Start of the period and of the day after it, in UTC."""
        return self._to_utc(self.date_from), self._to_utc(self.date_to + timedelta(1))

    def _to_utc(self, day):
        local = pytz.timezone(self.tz or "UTC").localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _to_local(self, moment):
        """A UTC moment in the time zone of the user who started the simulation."""
        return (
            pytz.utc.localize(moment)
            .astimezone(pytz.timezone(self.tz or "UTC"))
            .replace(tzinfo=None)
        )

    def _orders_sql(self):
        """Orders ``o`` to replay, their invoice contact ``p``, and as ``key`` the head of the customer's group."""
        first, after = self._get_moments()
        return SQL(
            """sale_order o
               JOIN res_partner p ON p.id = o.partner_invoice_id
               LEFT JOIN credit_profile f ON f.partner_id = p.commercial_partner_id AND f.company_id = %(company)s
               LEFT JOIN credit_profile g ON g.id = NULLIF(SPLIT_PART(f.parent_path, '/', 1), '')::int
              CROSS JOIN LATERAL (SELECT COALESCE(g.partner_id, p.commercial_partner_id) AS key) k
              WHERE o.company_id IN %(companies)s AND o.state = 'sale' AND o.amount_total > 0
                AND o.date_order >= %(first)s AND o.date_order < %(after)s""",
            company=self.company_id.id,
            companies=self._get_company_ids(),
            first=first,
            after=after,
        )

    def _count_keys(self):
        return self._count(SQL("SELECT COUNT(DISTINCT k.key) FROM %s", self._orders_sql()))

    def _count_orders(self):
        return self._count(SQL("SELECT COUNT(*) FROM %s", self._orders_sql()))

    def _count(self, query):
        self._flush_facts()
        [[count]] = self.env.execute_query(query)
        return count

    def _flush_facts(self):
        """Flush everything the SQL reads."""
        for model in (
            "sale.order",
            "sale.order.line",
            "account.move",
            "account.move.line",
            "res.partner",
        ):
            self.env[model].flush_model()
        self.env["credit.profile"].flush_model()

    def _read_next_keys(self):
        """The next customers, by id; for a group, its head."""
        self._flush_facts()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT k.key FROM %s AND k.key > %s ORDER BY 1 LIMIT %s",
                self._orders_sql(),
                self.last_customer_id,
                self._batch_size,
            )
        )
        return [key for (key,) in rows]

    def _read_members(self, keys):
        """These customers and all members of their groups."""
        rows = self.env.execute_query(
            SQL(
                """SELECT m.partner_id FROM credit_profile g
                     JOIN credit_profile m ON m.parent_path LIKE g.parent_path || '%%'
                    WHERE g.partner_id IN %s AND g.company_id = %s AND g.parent_id IS NULL
                      AND EXISTS (SELECT FROM credit_profile c WHERE c.parent_id = g.id)""",
                tuple(keys),
                self.company_id.id,
            )
        )
        return sorted({*keys, *(id_ for (id_,) in rows)})

    # === RECORDING === #

    def _record(self, histories):
        """Replay these customers and keep the orders with a hold or a warning."""
        cutoffs = (0, *self._get_rules().cutoffs)
        judged = list(replay(histories.values(), self.date_from, cutoffs))
        self.judged_count += len(judged)
        self.judged_amount += sum(assessment.request.amount for _order, assessment in judged)
        items = {
            partner_id: self._group_by_move(history.items)
            for partner_id, history in histories.items()
        }
        noted = [
            (
                assessment,
                find_outcome(
                    order,
                    items[order.request.partner_id],
                    self.run_date,
                    self.company_id.currency_id.rounding,
                ),
                order.day,
            )
            for order, assessment in judged
            if assessment.verdict != "pass"
        ]
        self.env["credit.policy.simulation.line"]._record(self, noted)
        self.env["credit.policy.simulation.figure"]._add(
            self, [(order.day, assessment) for order, assessment in judged]
        )

    def _get_figures(self):
        return self.env["credit.policy.simulation.figure"].search([("simulation_id", "=", self.id)])

    def _group_by_move(self, items):
        moves = defaultdict(list)
        for item in items:
            if item.amount > 0 and not item.uncleared:
                moves[item.move].append(item)
        return moves

    # === WHAT IS APPROXIMATED === #

    def _count_approximations(self):
        """``{code: number}`` of orders or customers that were approximated; see :meth:`_get_approximations`."""
        first, after = self._get_moments()
        period = [
            ("company_id", "in", self._get_company_ids()),
            ("date_order", ">=", first),
            ("date_order", "<", after),
        ]
        orders = self.env["sale.order"]
        sales = [*period, ("state", "=", "sale")]
        drafts = [
            ("company_id", "in", self._get_company_ids()),
            ("state", "=", "draft"),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("line_ids.sale_line_ids", "=", False),
        ]
        return {
            "cancelled": orders.search_count([*period, ("state", "=", "cancel")]),
            "changed": self._count(SQL("SELECT COUNT(DISTINCT o.id) FROM %s", self._changed_sql())),
            "foreign": orders.search_count([*sales, ("currency_id", "!=", self.currency_id.id)]),
            "released": orders.search_count([*sales, ("credit_hold_ids.state", "=", "released")]),
            "drafts": self.env["account.move"].search_count(drafts),
            "elsewhere": self._count_elsewhere(),
        }

    def _changed_sql(self, condition=SQL("TRUE")):  # noqa: B008
        """Orders ``o`` whose total changed after confirmation, according to their log."""
        first, after = self._get_moments()
        field = self.env["ir.model.fields"]._get("sale.order", "amount_total")
        return SQL(
            """sale_order o
                 JOIN mail_message m ON m.model = 'sale.order' AND m.res_id = o.id
                 JOIN mail_tracking_value v ON v.mail_message_id = m.id AND v.field_id = %(field)s
                WHERE o.company_id IN %(companies)s AND o.state = 'sale'
                  AND o.date_order >= %(first)s AND o.date_order < %(after)s
                  AND m.date > o.date_order AND %(condition)s""",
            field=field.id,
            companies=self._get_company_ids(),
            first=first,
            after=after,
            condition=condition,
        )

    def _count_elsewhere(self):
        files = self.env["credit.profile"].search(
            [
                ("company_id", "=", self.company_id.id),
                "|",
                ("policy_id", "not in", (False, self.policy_id.id)),
                ("risk_class_id.policy_id", "not in", (False, self.policy_id.id)),
            ]
        )
        return len(files.filtered(lambda file: not self._is_judged(file)))

    def _get_approximations(self):
        """Assumptions of the result and gaps in the data, one sentence each."""
        counts = self.approximated or {}
        said = [
            self.env._(
                "Orders that would have been held were confirmed in reality: the replay continues with their invoices and payments, as if each had been released."
            ),
            self._get_limit_sentence(),
            self.env._(
                "Payments that were later undone are not counted as received: the ledger keeps no trace of them."
            ),
            self.env._(
                "An order counts in full until it is invoiced: its delivery dates are not taken into account."
            ),
            self.env._(
                "Credit mode, risk class, group, payment terms and review date are today's."
            ),
        ]
        policy = self.env["credit.policy"]._get_rules(self.policy_id.id)
        if unknown := left_out(policy):
            labels = dict(self.env["credit.policy.rule"]._get_kind_selection())
            names = ", ".join(dict.fromkeys(labels[rule.kind] for rule in unknown))
            said.append(
                self.env._(
                    "Rules left out because the past data they need is not available: %s.", names
                )
            )
        return said + [
            sentence % counts[code]
            for code, sentence in self._get_counted_sentences().items()
            if counts.get(code)
        ]

    def _get_limit_sentence(self):
        if self.limit_basis == "today":
            return self.env._(
                "Every day is checked against the limits in force on the day of the simulation."
            )
        return self.env._(
            "Each day is checked against the limit of that day; before the first limit, against the default."
        )

    def _get_counted_sentences(self):
        """``{code: sentence}`` with a placeholder for a number."""
        return {
            "cancelled": self.env._(
                "Cancelled orders left out, some of which had been confirmed: %s."
            ),
            "changed": self.env._(
                "Orders checked by their current total, which changed after confirmation: %s."
            ),
            "foreign": self.env._(
                "Orders in another currency, converted at the rate stored on the order: %s."
            ),
            "released": self.env._("Orders that were held and released in reality: %s."),
            "drafts": self.env._(
                "Draft invoices without an order, left out because their day is not known: %s."
            ),
            "elsewhere": self.env._(
                "Customers left out because their credit file or risk class uses another policy: %s."
            ),
        }
