from collections import defaultdict
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..rules import missing, period_end, period_start, reached


class CreditCommissionOutlook(models.TransientModel):
    """“My Commissions”: commission of this period, expected on open invoices, and progress to the next tier.

    Amounts are in the company's currency, without taxes, as of the opening of the screen.
    """

    _name = "credit.commission.outlook"
    _description = "My Commissions"

    person_id = fields.Many2one(
        "res.partner", required=True, default=lambda self: self.env.user.partner_id
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    is_open_to_others = fields.Boolean(compute="_compute_is_open_to_others")
    date_from = fields.Date("From", readonly=True)
    date_to = fields.Date("To", readonly=True)
    earned = fields.Monetary("Earned This Period", readonly=True)
    unsettled = fields.Monetary(
        "Not on a Statement",
        readonly=True,
        help="Everything earned to date that is not on a statement.",
    )
    to_pay = fields.Monetary(
        "Closed, Not Paid",
        readonly=True,
        help="Closed statements waiting for payment.",
    )
    expected = fields.Monetary(
        readonly=True,
        help="Commission on open invoices if they are paid today, before tiers not yet reached.",
    )
    tier_ids = fields.One2many("credit.commission.outlook.tier", "outlook_id", readonly=True)
    line_ids = fields.One2many("credit.commission.outlook.line", "outlook_id", readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("person_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for outlook in self:
            own = outlook.person_id == self.env.user.partner_id
            outlook.display_name = (
                self.env._("My Commissions")
                if own
                else self.env._("Commissions of %s", outlook.person_id.name)
            )

    @api.depends_context("uid")
    def _compute_is_open_to_others(self):
        self.is_open_to_others = self._may_see_others()

    # === ACTIONS === #

    @api.model
    def action_open_mine(self):
        """Open the user's own commissions."""
        outlook = self.create({})
        outlook.action_show()
        return outlook._open()

    @api.model
    def action_open_home(self):
        """Open the application on the screen relevant to the user."""
        if self._has_own() or not self._may_see_others():
            return self.action_open_mine()
        plans = self.env["credit.commission.plan"]
        if plans.has_access("create") and not plans.search_count(
            [("state", "=", "active")], limit=1
        ):
            return self._open_list("action_credit_commission_plan")
        return self._open_list("action_credit_commission_statement")

    def _has_own(self):
        """Whether the user earns commission."""
        person = self.env.user.partner_id.id
        shares = self.env["credit.commission.agent"].sudo()
        entries = self.env["credit.commission.entry"].sudo()
        return any(
            records.search_count([("person_id", "=", person)], limit=1)
            for records in (entries, shares)
        )

    def _open_list(self, action):
        return self.env["ir.actions.act_window"]._for_xml_id(f"credit_commission.{action}")

    def action_show(self):
        """Refresh the figures of the person.

        :raise AccessError: for another person, unless the user is a manager or accountant
        """
        self.ensure_one()
        self._check_person()
        today = fields.Date.context_today(self)
        length = self.company_id.sudo().credit_commission_period
        first, last = period_start(today, length), period_end(today, length)
        lines = self._prepare_lines(today)
        self.write(
            {
                "date_from": first,
                "date_to": last,
                "earned": self._sum_entries([("date", ">=", first), ("date", "<=", last)]),
                "unsettled": self._sum_entries(
                    [("statement_id", "=", False), ("date", "<=", today)]
                ),
                "to_pay": self._sum_to_pay(),
                "expected": sum(line["amount"] for line in lines),
                "tier_ids": [Command.clear(), *map(Command.create, self._prepare_tiers(today))],
                "line_ids": [Command.clear(), *map(Command.create, lines)],
            }
        )
        return self._open()

    def action_view_earned(self):
        """Open the entries of this period."""
        domain = [("date", ">=", self.date_from), ("date", "<=", self.date_to)]
        return self._open_entries(domain)

    def action_view_unsettled(self):
        """Open the entries on no statement."""
        return self._open_entries([("statement_id", "=", False)])

    def action_view_statements(self):
        """Open the statements of the person."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "credit_commission.action_credit_commission_statement"
            ),
            "domain": self._get_domain(),
            "context": {},
        }

    def _open_entries(self, domain):
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "credit_commission.action_credit_commission_entry"
            ),
            "domain": [*self._get_domain(), *domain],
            "context": {},
        }

    def _open(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === RIGHTS === #

    def _may_see_others(self):
        return self.env.user.has_group(
            "credit_commission.group_commission_manager"
        ) or self.env.user.has_group("account.group_account_invoice")

    def _check_person(self):
        self.company_id.check_access("read")
        if self.person_id != self.env.user.partner_id and not self._may_see_others():
            raise AccessError(
                self.env._(
                    "You can only see your own commissions. Ask a commission manager for others."
                )
            )

    # === FIGURES === #

    def _get_domain(self):
        return [("company_id", "=", self.company_id.id), ("person_id", "=", self.person_id.id)]

    def _sum_entries(self, domain):
        entries = self.env["credit.commission.entry"].sudo()
        [(amount,)] = entries._read_group([*self._get_domain(), *domain], [], ["amount:sum"])
        return amount

    def _sum_to_pay(self):
        statements = self.env["credit.commission.statement"].sudo()
        domain = [*self._get_domain(), ("payment_state", "in", ("open", "billed", "partial"))]
        [(amount,)] = statements._read_group(domain, [], ["total:sum"])
        return amount

    def _prepare_lines(self, today):
        """One line per open invoice with expected commission, oldest due date first."""
        company = self.company_id.sudo()
        rows = (
            self.env["credit.commission.plan"].sudo()._expect(company, today, self._get_sellers())
        )
        sums = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            if row["person_id"] == self.person_id.id:
                sums[row["move_id"]][0] += float(row["base"] or 0)
                sums[row["move_id"]][1] += float(row["amount"])
        moves = self.env["account.move"].sudo().browse(sums)
        return [
            {
                "move_id": move.id,
                "partner_id": move.commercial_partner_id.id,
                "date_due": move.invoice_date_due,
                "base": sums[move.id][0],
                "amount": company.currency_id.round(sums[move.id][1]),
            }
            for move in moves.sorted(lambda one: (one.invoice_date_due or today, one.id))
        ]

    def _get_sellers(self):
        """Salespeople whose invoices may earn commission for the person; ``None`` for all."""
        agents = self.env["credit.commission.agent"].sudo()
        named = [
            ("person_id", "=", self.person_id.id),
            ("plan_id.company_id", "=", self.company_id.id),
        ]
        if agents.search_count(named, limit=1):
            return None
        return self.person_id.sudo().with_context(active_test=False).user_ids

    def _prepare_tiers(self, today):
        """The tier reached this period, for each active plan with tiers for the person."""
        plans = self.env["credit.commission.plan"].sudo()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("state", "=", "active"),
            ("tier_ids", "!=", False),
            ("date_from", "<=", today),
        ]
        found = (self._prepare_tier(plan, today) for plan in plans.search(domain))
        return [values for values in found if values]

    def _prepare_tier(self, plan, today):
        agent = plan.agent_ids.filtered(self._is_for_person)
        first = period_start(today, plan.period)
        volume = self._sum_volume(plan, first)
        if not (agent or volume):
            return None
        target = max(agent.mapped("target_amount"), default=0.0)
        tiers = plan._get_tiers(Decimal(str(target)))
        now, later = reached(tiers, Decimal(str(volume))), missing(tiers, Decimal(str(volume)))
        return {
            "name": plan.name,
            "date_to": period_end(today, plan.period),
            "collected": volume,
            "percent": float(now.percent) if now else 0.0,
            "next_percent": float(later[0].percent) if later else 0.0,
            "next_threshold": float(later[0].threshold) if later else 0.0,
            "missing": float(later[1]) if later else 0.0,
            "is_last": not later,
        }

    def _is_for_person(self, agent):
        if agent.person_kind == "named":
            return agent.person_id == self.person_id
        users = self.person_id.sudo().user_ids
        return bool(users) and (not agent.scope_user_id or agent.scope_user_id in users)

    def _sum_volume(self, plan, first):
        """Net amount collected in the period that counts for the plan's tiers."""
        entries = self.env["credit.commission.entry"].sudo()
        domain = [
            *self._get_domain(),
            ("plan_id", "=", plan.id),
            ("period_start", "=", first),
            ("rule_id.earning", "=", "tiers"),
        ]
        [(volume,)] = entries._read_group(domain, [], ["base:sum"])
        return volume or 0.0
