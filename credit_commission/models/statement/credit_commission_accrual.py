from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ...rules.settlement import accrued

#: fields that only the actions write
_BY_ACTIONS = {"state", "move_id", "reversal_id", "line_ids", "total"}


class CreditCommissionAccrual(models.Model):
    """Commission earned but not paid out at a closing date, posted then and reversed the next day.

    Amounts are in the company's currency; VAT on future bills and social charges are separate. Earned: entries up to
    the date; paid out: bills posted and payroll exports made up to it. Optionally includes the commission on unpaid
    invoices.
    """

    _name = "credit.commission.accrual"
    _description = "Commission Accrual"
    _inherit = ["credit.commission.owned.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        "Closing Date", required=True, tracking=True, default=lambda self: self._default_date()
    )
    with_expected = fields.Boolean(
        default=lambda self: self.env.company.root_id.credit_commission_accrue_expected,
        help="Include the commission on invoices unpaid at that date.",
    )
    line_ids = fields.One2many("credit.commission.accrual.line", "accrual_id", readonly=True)
    total = fields.Monetary(compute="_compute_total", store=True)
    move_id = fields.Many2one(
        "account.move", "Entry", readonly=True, copy=False, index="btree_not_null"
    )
    reversal_id = fields.Many2one("account.move", readonly=True, copy=False, index="btree_not_null")
    state = fields.Selection(
        [("draft", "Draft"), ("posted", "Posted")],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )

    _once = models.UniqueIndex(
        "(company_id, date) WHERE state = 'posted'",
        "Commission is already accrued at this date. Choose another date.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _default_date(self):
        return fields.Date.context_today(self).replace(day=1) - timedelta(days=1)

    @api.depends("date", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for accrual in self:
            accrual.display_name = accrual.env._(
                "Accrual at %(date)s", date=format_date(self.env, accrual.date)
            )

    @api.depends("line_ids.amount")
    def _compute_total(self):
        for accrual in self:
            accrual.total = sum(accrual.line_ids.mapped("amount"))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        self._check_by_actions(set().union(*vals_list))
        return super().create(vals_list)

    def _check_by_actions(self, names):
        """Protect the fields that only the actions write: state, entry and amounts.

        :raise UserError: unless an action of the accrual writes them
        """
        if not self.env.su and names & _BY_ACTIONS:
            raise UserError(
                self.env._(
                    "Lines and entries of an accrual cannot be edited. Use Compute and Post."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if any(accrual.state == "posted" for accrual in self):
            raise UserError(
                self.env._("A posted accrual cannot be deleted. Reset it to draft first.")
            )

    def write(self, vals):
        # EXTENDS 'base'
        self._check_by_actions(vals.keys())
        posted = self.filtered(lambda accrual: accrual.state == "posted")
        if posted and vals.keys() & {"company_id", "date", "with_expected"}:
            raise UserError(self.env._("A posted accrual cannot be changed. Create another one."))
        return super().write(vals)

    # === ACTIONS === #

    def action_compute(self):
        """Compute the lines to accrue, person by person."""
        self.env["credit.commission.statement"]._check_accountant()
        self.check_access("write")
        for accrual in self:
            accrual._check_draft()
            statements = self.env["credit.commission.statement"].sudo()
            statements._earn_until(accrual.company_id, accrual.date)
            rows = accrual._get_earned_lines() + accrual._get_expected_lines()
            accrual.sudo().line_ids = [Command.clear(), *map(Command.create, rows)]

    def action_post(self):
        """Post the entry at the date and its reversal on the next day.

        :raise UserError: if there is nothing to accrue, or an account is missing
        """
        self.env["credit.commission.statement"]._check_accountant()
        self.check_access("write")
        for accrual in self:
            accrual._check_draft()
            accrual._check_once()
            if not accrual.line_ids:
                raise UserError(
                    self.env._(
                        "There is nothing to accrue. Compute the lines, or choose another date."
                    )
                )
            accrual._post_entry()

    def _check_draft(self):
        if self.state != "draft":
            raise UserError(
                self.env._("This accrual is already posted. Create another one for another date.")
            )

    def _check_once(self):
        domain = [
            ("company_id", "=", self.company_id.id),
            ("date", "=", self.date),
            ("state", "=", "posted"),
        ]
        if self.search_count(domain, limit=1):
            raise UserError(
                self.env._("Commission is already accrued at this date. Choose another date.")
            )

    def action_draft(self):
        """Reset to draft once the entry and its reversal are cancelled or deleted.

        :raise UserError: while one of them is posted
        """
        self.env["credit.commission.statement"]._check_accountant()
        self.check_access("write")
        entries = self.sudo().move_id | self.sudo().reversal_id
        if left := entries.filtered(lambda move: move.state != "cancel")[:1]:
            raise UserError(
                self.env._(
                    "%(entry)s is still posted. First reset the entry and its reversal to draft, then cancel or delete them.",
                    entry=left.display_name,
                )
            )
        self.sudo().write({"state": "draft", "move_id": False, "reversal_id": False})

    def action_view_entries(self):
        """Open the entry and its reversal."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id("account.action_move_journal_line"),
            "domain": [("id", "in", (self.move_id | self.reversal_id).ids)],
            "context": {},
        }

    # === WHAT IS ACCRUED === #

    def _get_earned_lines(self):
        """Lines for persons who earned more than was paid out, both up to the date."""
        earned, paid = self._get_earned(), self._get_paid_out()
        persons = self.env["res.partner"].union(*earned) if earned else self.env["res.partner"]
        payouts = persons._get_commission_payouts()
        rows = []
        for person in persons.sorted("name"):
            amount = self.currency_id.round(accrued(earned[person], paid.get(person, 0.0)))
            if amount:
                rows.append(self._prepare_line(person, "earned", payouts[person], amount))
        return rows

    def _get_expected_lines(self):
        """Lines for the commission on invoices open at the date."""
        if not self.with_expected:
            return []
        expected = defaultdict(float)
        plans = self.env["credit.commission.plan"].sudo()
        for row in plans._expect(self.company_id.sudo(), self.date):
            expected[self.env["res.partner"].browse(row["person_id"])] += float(row["amount"])
        payouts = self.env["res.partner"].union(*expected)._get_commission_payouts()
        return [
            self._prepare_line(person, "expected", payouts[person], self.currency_id.round(amount))
            for person, amount in expected.items()
            if self.currency_id.compare_amounts(amount, 0.0) > 0
        ]

    def _prepare_line(self, person, kind, payout, amount):
        """Values of a line; taxes and social charges follow the current settings."""
        billed = payout == "bill"
        return {
            "person_id": person.id,
            "kind": kind,
            "payout": payout,
            "amount": amount,
            "tax_amount": self._get_tax(person, amount) if billed else 0.0,
            "charge_amount": 0.0 if billed else self._get_charges(amount),
        }

    def _get_tax(self, agent, amount):
        """VAT of the future bill; 0 if the company does not accrue VAT."""
        company = self.company_id.sudo()
        if not company._find_commission_account("credit_commission_agent_vat_id"):
            return 0.0
        taxes = company._get_commission_taxes(agent.sudo())
        sums = taxes.compute_all(
            amount,
            currency=company.currency_id,
            partner=agent.sudo(),
            handle_price_include=False,
        )
        return self.currency_id.round(sums["total_included"] - amount)

    def _get_charges(self, amount):
        percent = self.company_id.sudo().credit_commission_charge_percent
        return self.currency_id.round(amount * percent / 100)

    def _get_earned(self):
        """``{person: amount}`` of all entries up to the date."""
        rows = (
            self.env["credit.commission.entry"]
            .sudo()
            ._read_group(
                [("company_id", "=", self.company_id.id), ("date", "<=", self.date)],
                ["person_id"],
                ["amount:sum"],
            )
        )
        return dict(rows)

    def _get_paid_out(self):
        """``{person: amount}`` of statements billed or sent to payroll up to the date, and of advances.

        Advances kept by the person are not deducted from anything.
        """
        statements = self.env["credit.commission.statement"].sudo()
        statements.flush_model()
        self.env["credit.commission.payroll"].flush_model()
        self.env["credit.commission.advance"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT paid.person_id, SUM(paid.amount) FROM (
                SELECT statement.person_id, statement.total AS amount
                  FROM credit_commission_statement statement
             LEFT JOIN account_move bill ON bill.id = statement.bill_id
             LEFT JOIN credit_commission_payroll payroll ON payroll.id = statement.payroll_id
                 WHERE statement.company_id = %(company)s
                   AND statement.total > 0
                   AND (bill.state = 'posted' AND bill.payment_state <> 'reversed' AND bill.date <= %(date)s
                        OR payroll.state = 'done' AND payroll.date <= %(date)s)
             UNION ALL
                SELECT person_id, amount FROM credit_commission_advance
                 WHERE company_id = %(company)s AND state = 'paid' AND date <= %(date)s
             UNION ALL
                SELECT person_id, -advance_kept FROM credit_commission_statement
                 WHERE company_id = %(company)s AND date_to <= %(date)s) paid
              GROUP BY paid.person_id
                """,
                company=self.company_id.id,
                date=self.date,
                to_flush=self.env["account.move"]._fields["payment_state"],
            )
        )
        return {self.env["res.partner"].browse(person): float(amount) for person, amount in rows}

    # === ENTRY === #

    def _post_entry(self):
        company = self.company_id
        moves = self.env["account.move"].with_company(company)
        move = moves.create(self._prepare_entry())
        self._check_open_books(move)
        move.action_post()
        reversal = move._reverse_moves([self._prepare_reversal()], cancel=True)
        self.sudo().write({"move_id": move.id, "reversal_id": reversal.id, "state": "posted"})

    def _check_open_books(self, move):
        """Check the lock dates: Odoo would otherwise post at a later date.

        :param move: the draft entry
        """
        for day in (self.date, self.date + timedelta(days=1)):
            if locks := move._get_violated_lock_dates(day, move._affect_tax_report()):
                raise UserError(
                    self.env._(
                        "The books are closed on %(day)s: %(locks)s. Choose a later closing date, or have the period reopened.",
                        day=format_date(self.env, day),
                        locks=self.env["res.company"]._format_lock_dates(locks),
                    )
                )

    def _prepare_entry(self):
        company = self.company_id
        journal = company._get_commission_journal("credit_commission_accrual_journal_id", "general")
        return {
            "move_type": "entry",
            "company_id": company.id,
            "journal_id": journal.id,
            "date": self.date,
            "ref": self.env._(
                "Commission accrued at %(date)s", date=format_date(self.env, self.date)
            ),
            "line_ids": [
                Command.create(values) for line in self.line_ids for values in line._prepare_items()
            ],
        }

    def _prepare_reversal(self):
        day = self.date + timedelta(days=1)
        return {
            "date": day,
            "ref": self.env._(
                "Reversal of commission accrued at %(date)s", date=format_date(self.env, self.date)
            ),
        }

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Commission accrual created")
