from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL, format_date

from ..rules.provision import net_share, percent_at, provision


class CreditProvisionRun(models.Model):
    """Expected losses at a key date: proposed item by item, posted in one entry, reversed the day after or by difference."""

    _name = "credit.provision.run"
    _description = "Provision Run"
    _inherit = ["credit.owned.mixin", "credit.derived.mixin", "mail.thread"]
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        string="Key Date",
        required=True,
        tracking=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
    )
    method = fields.Selection(
        [("reverse", "Reversed the day after"), ("difference", "Difference to the last run")],
        required=True,
        default="difference",
        tracking=True,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("proposed", "Proposed"), ("posted", "Posted")],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    line_ids = fields.One2many("credit.provision.run.line", "run_id", readonly=True, copy=False)
    amount = fields.Monetary(string="Provision", compute="_compute_amount", store=True)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True, copy=False)
    reversal_id = fields.Many2one("account.move", readonly=True, copy=False)

    _posted_once = models.UniqueIndex(
        "(company_id, date) WHERE state = 'posted'",
        "The provision of this date is posted already. Choose another key date.",
    )

    # === COMPUTE METHODS === #

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            run.name = self.env._("Provision at %s", format_date(self.env, run.date) or "")

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for run in self:
            run.amount = sum(run.line_ids.mapped("amount"))

    # === CRUD === #

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': only actions post
        decided = {"state", "amount", "move_id", "reversal_id", "line_ids"}
        return super()._get_derived_fields(creating) | decided

    def write(self, vals):
        self.check_access("write")
        if not self.env.su and vals.keys() & {"date", "method"}:
            self._check_not_posted()
        result = super().write(vals)
        if "date" in vals:
            self.filtered(lambda run: run.state == "proposed").sudo()._forget_proposal()
        return result

    def _forget_proposal(self):
        """What was proposed for another date is not posted at this one."""
        self.line_ids.unlink()
        self.state = "draft"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        self._check_not_posted()

    def _check_not_posted(self):
        if posted := self.filtered(lambda run: run.state == "posted"):
            raise UserError(
                self.env._("%s is posted. Make a new run for another date.", posted[0].name)
            )

    # === ACTIONS === #

    def action_propose(self):
        """Compute the expected losses anew."""
        self.check_access("write")
        self._check_not_posted()
        for run in self.sudo():
            run.line_ids.unlink()
            run.env["credit.provision.run.line"].create(run._prepare_lines())
            run.state = "proposed"
        return True

    def action_post(self):
        """Post the provision at the key date, with the user's own accounting rights."""
        self.check_access("write")
        for run in self:
            run._check_postable()
            move = run._make_entry()
            reversal = run._reverse(move) if run.method == "reverse" else move.browse()
            run.sudo().write({"state": "posted", "move_id": move.id, "reversal_id": reversal.id})
        return True

    def action_view_entries(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", (self.move_id | self.reversal_id).ids)],
        }

    def _check_postable(self):
        if self.state != "proposed":
            raise UserError(self.env._("Propose the provision first, then post what is proposed."))
        if not self.env["account.move"].has_access("create"):
            raise AccessError(
                self.env._("Entries are posted by an accountant. Ask one to post the provision.")
            )
        if self.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "=", self.date),
                ("state", "=", "posted"),
            ]
        ):
            raise UserError(
                self.env._(
                    "A provision at %s is posted already. Choose another key date.",
                    format_date(self.env, self.date),
                )
            )
        self._check_period()

    def _check_period(self):
        journal = self.company_id._get_provision_journal()
        if self.company_id.sudo()._get_violated_lock_dates(self.date, False, journal):
            raise UserError(
                self.env._(
                    "The period of %s is closed. Choose a later key date, or ask an accountant to open it.",
                    format_date(self.env, self.date),
                )
            )

    # === WHAT IS EXPECTED TO BE LOST === #

    def _prepare_lines(self):
        matrix, cases = self._read_matrix(), self._read_cases()
        lines = []
        for item_id, partner_id, due, open_amount, untaxed, total, class_id in self._read_open():
            days = max((self.date - due).days, 0)
            percent = cases.get(item_id)
            by_case = percent is not None
            if not by_case:
                percent = percent_at(days, matrix.get(class_id) or matrix.get(0, ()))
            share = net_share(untaxed, total)
            if percent:
                lines.append(
                    {
                        "run_id": self.id,
                        "item_id": item_id,
                        "partner_id": partner_id,
                        "days_late": days,
                        "open_amount": open_amount,
                        "net_amount": self.currency_id.round(open_amount * share),
                        "percent": percent,
                        "source": "case" if by_case else "matrix",
                        "amount": provision(
                            open_amount, share, percent, self.currency_id.decimal_places
                        ),
                    }
                )
        return lines

    def _read_matrix(self):
        """``{risk class id, or 0: brackets}``."""
        rows = self.env["credit.provision.bracket"].search(
            [("company_id", "=", self.company_id.id)]
        )
        return {
            risk_class.id or 0: tuple((row.days_from, row.percent) for row in own)
            for risk_class, own in rows.grouped("risk_class_id").items()
        }

    def _read_cases(self):
        """``{item id: percent}`` where somebody said what will be lost, in a case or in insolvency proceedings."""
        found = {}
        for name, parent in (
            ("credit.litigation.line", "litigation_id"),
            ("credit.insolvency.line", "insolvency_id"),
        ):
            domain = [
                (f"{parent}.company_id", "=", self.company_id.id),
                (f"{parent}.state", "=", "open"),
                (f"{parent}.expected_loss", ">", 0),
            ]
            for line in self.env[name].search(domain):
                if not (name == "credit.insolvency.line" and line.is_later):
                    found[line.item_id.id] = line[parent].expected_loss
        return found

    def _read_open(self):
        """Rows of the items open at the key date, from the ledger as it stands."""
        self.env.flush_all()
        companies = self.env["res.company"].search([("id", "child_of", self.company_id.id)])
        return self.env.execute_query(
            SQL(
                """SELECT q.id, q.partner_id, q.due, q.open, q.untaxed, q.total, q.class_id FROM (
                       SELECT l.id, p.commercial_partner_id AS partner_id, COALESCE(l.date_maturity, l.date) AS due,
                              (l.balance - COALESCE((SELECT SUM(r.amount) FROM account_partial_reconcile r
                                                      WHERE r.debit_move_id = l.id AND r.max_date <= %(date)s), 0))::float AS open,
                              ABS(m.amount_untaxed_signed)::float AS untaxed, ABS(m.amount_total_signed)::float AS total,
                              f.risk_class_id AS class_id
                         FROM account_move_line l
                         JOIN account_move m ON m.id = l.move_id
                         JOIN res_partner p ON p.id = l.partner_id
                         LEFT JOIN credit_profile f ON f.partner_id = p.commercial_partner_id AND f.company_id = %(root)s
                        WHERE l.account_id IN %(accounts)s AND l.company_id IN %(companies)s
                          AND l.parent_state = 'posted' AND l.balance > 0 AND l.date <= %(date)s) q
                    WHERE q.open > 0.005 ORDER BY q.partner_id, q.due, q.id""",
                date=self.date,
                root=self.company_id.id,
                accounts=self.env["account.account"]._get_exposure_account_ids(),
                companies=tuple(companies.ids),
            )
        )

    # === THE ENTRY === #

    def _make_entry(self):
        accounts = self.company_id._get_provision_accounts()
        lines, before = [], self._read_before()
        for partner, amount in self._get_differences(before).items():
            lines += self._prepare_pair(partner, amount, *accounts)
        if not lines:
            raise UserError(
                self.env._("Nothing changes since the last run: there is nothing to post.")
                if before
                else self.env._(
                    "No loss is expected at this date. Enter percents in the provision matrix, "
                    "or the expected loss of a case, then propose again."
                )
            )
        move = self.env["account.move"].with_company(self.company_id)
        move = move.create(
            {
                "journal_id": self.company_id._get_provision_journal().id,
                "date": self.date,
                "ref": self.name,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        move.action_post()
        return move

    def _read_before(self):
        """The last run posted before this one, where only the difference is posted."""
        if self.method == "reverse":
            return self.browse()
        return self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "posted"),
                ("method", "=", "difference"),
                ("date", "<", self.date),
            ],
            order="date desc",
            limit=1,
        )

    def _get_differences(self, run_before):
        """``{customer: amount}`` to post: all of it, or what changed since the last run."""
        amounts, before = self._sum_by_customer(), run_before._sum_by_customer()
        return {
            partner: difference
            for partner in amounts | before
            if (
                difference := self.currency_id.round(
                    amounts.get(partner, 0.0) - before.get(partner, 0.0)
                )
            )
        }

    def _sum_by_customer(self):
        return {
            partner: sum(lines.mapped("amount"))
            for partner, lines in self.line_ids.grouped("partner_id").items()
        }

    def _prepare_pair(self, partner, amount, expense, allowance, income):
        """Two lines of a customer: an expense raises the allowance, an income lowers it."""
        common = {"partner_id": partner.id, "name": self.name}
        other = expense if amount > 0 else income
        return [
            {**common, "account_id": other.id, "balance": amount},
            {**common, "account_id": allowance.id, "balance": -amount},
        ]

    def _reverse(self, move):
        """The opposite entry on the day after; one in the future is posted by Odoo on its day."""
        day = self.date + timedelta(1)
        reversal = move._reverse_moves([{"date": day, "ref": self.name}])
        if day > self.company_id._get_credit_today():
            reversal.auto_post = "at_date"
        else:
            reversal.action_post()
        return reversal
