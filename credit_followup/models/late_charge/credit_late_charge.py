from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang

from ...rules.interest import Segment
from .credit_late_policy import DEBTOR_TYPES


class CreditLateCharge(models.Model):
    """Interest or the fixed sum claimed on an item paid late. It records a decision: claimable amounts are measured,
    not stored.

    There is one row per item and kind. It grows with each claim until it is invoiced or waived; later days start a new row.
    Amounts are in the root company's currency and bear no tax.
    """

    _name = "credit.late.charge"
    _description = "Late Charge"
    _inherit = ["mail.thread"]
    _order = "partner_id, date_due, kind desc, id"

    kind = fields.Selection(
        [("interest", "Late interest"), ("indemnity", "Recovery costs")],
        required=True,
        readonly=True,
    )
    item_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        index=True,
        ondelete="set null",
        help="Empty once the due dates of the invoice were changed",
    )
    invoice_id = fields.Many2one(
        "account.move",
        compute="_compute_invoice_id",
        store=True,
        index=True,
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_due = fields.Date(string="Due", readonly=True, help="Due date of the item")
    debtor_type = fields.Selection(DEBTOR_TYPES, readonly=True)
    policy_id = fields.Many2one("credit.late.policy", readonly=True, ondelete="restrict")
    notice_id = fields.Many2one(
        "credit.followup.notice",
        string="Claimed by",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The last notice that claimed it",
    )
    date_from = fields.Date(string="From", readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    segments = fields.Json(
        readonly=True,
        help="Days, amount and rate of each part of the interest at the time of the claim",
    )
    is_partial = fields.Boolean(
        string="Rates Missing",
        readonly=True,
        help="Days without a known rate are excluded; they can be claimed once the rate is known",
    )
    base_amount = fields.Monetary(
        string="Owed", readonly=True, help="Open amount when the item became overdue"
    )
    correction_amount = fields.Monetary(
        string="Previously Overcharged",
        readonly=True,
        help="Deducted from this claim: earlier debit notes charged it before a payment or credit note with an earlier date was entered",
    )
    excess = fields.Text(
        compute="_compute_excess", help="Amount that debit notes overcharge as of today"
    )
    explanation = fields.Text(compute="_compute_explanation")
    amount = fields.Monetary(readonly=True, string="Amount Claimed")
    waived_amount = fields.Monetary(string="Amount Waived", readonly=True, tracking=True)
    amount_due = fields.Monetary(compute="_compute_amount_due", store=True, string="To Pay")
    state = fields.Selection(
        [
            ("claimed", "Claimed"),
            ("invoiced", "Invoiced"),
            ("waived", "Waived"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="claimed",
        index=True,
        tracking=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Debit Note",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    waive_reason = fields.Char(readonly=True, tracking=True)
    waived_by = fields.Many2one("res.users", readonly=True)
    waived_at = fields.Datetime(readonly=True)
    cancel_reason = fields.Char(string="Reason for Withdrawal", readonly=True)

    _one_claim = models.UniqueIndex(
        "(item_id, kind) WHERE state = 'claimed'",
        "This charge is already claimed. Reload the page.",
    )
    _one_indemnity = models.UniqueIndex(
        "(item_id) WHERE kind = 'indemnity' AND state <> 'cancelled'",
        "Recovery costs are due once per debt and were already claimed. Reload the page.",
    )
    _amounts = models.Constraint(
        "CHECK(amount >= 0 AND waived_amount >= 0 AND waived_amount <= amount)",
        "You cannot waive more than the charge itself. Enter a lower amount.",
    )

    # === COMPUTE METHODS === #

    @api.depends("item_id.move_id")
    def _compute_invoice_id(self):
        for charge in self:
            # kept if the item is deleted
            charge.invoice_id = charge.item_id.move_id or charge.invoice_id

    @api.depends("kind", "invoice_id", "date_due", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for charge in self:
            charge.display_name = f"{kinds.get(charge.kind)} {charge.invoice_id.name or ''}".strip()

    @api.depends("amount", "waived_amount", "credited_amount")
    def _compute_amount_due(self):
        for charge in self:
            charge.amount_due = charge.amount - charge.waived_amount - charge.credited_amount

    @api.depends("state", "item_id", "credited_amount", "waived_amount")
    @api.depends_context("lang")
    def _compute_excess(self):
        invoiced = self.filtered(lambda charge: charge.state == "invoiced" and charge.item_id)
        measure = self.env["credit.late.measure"]
        measured = measure._measure(
            invoiced.sudo().item_id, self.env["res.company"]._get_credit_today()
        )
        for charge in self:
            found = measured.get(charge.sudo().item_id.id) if charge in invoiced else None
            shown = found and charge.kind == "interest"
            charge.excess = shown and measure._explain_excess(found.excess, charge.company_id)

    @api.depends("segments", "kind", "correction_amount")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for charge in self:
            charge.explanation = charge._explain()

    # === CLAIM === #

    @api.model
    def _measure(self, items, date):
        """See :meth:`credit.late.measure._measure`.

        :rtype: dict[int, Measured]
        """
        return self.env["credit.late.measure"]._measure(items, date)

    @api.model
    def _claim(self, notice, items, date):
        """Claim the charges due on items as of a day; open claims (neither invoiced nor waived) grow.

        :param notice: the ``credit.followup.notice`` that claims, if any
        :return: the charges claimed
        """
        notice_id = notice.id if notice else False
        return self._claim_for(items, dict.fromkeys(items.ids, notice_id), date)

    @api.model
    def _claim_for(self, items, notice_ids, date):
        """Claim for several notices at once with a constant number of queries; see :meth:`_claim`.

        :param notice_ids: ``{item id: notice id or False}``
        """
        measured = self._measure(items, date)
        claimed = {
            (charge.item_id.id, charge.kind): charge
            for charge in self.sudo().search(
                [("item_id", "in", items.ids), ("state", "=", "claimed")]
            )
        }
        charges, new = self.sudo().browse(), []
        for item in items.sudo():
            for kind, values in self._prepare_claims(item, measured[item.id], date):
                values["notice_id"] = notice_ids[item.id]
                if charge := claimed.get((item.id, kind)):
                    charge.write(charge._grow(values))
                    charges |= charge
                else:
                    new.append(values)
        self._withdraw_unowed(claimed, measured)
        self._complete([item_id for item_id, found in measured.items() if not found.missing])
        quiet = {"mail_create_nolog": True, "mail_create_nosubscribe": True}
        return charges | self.sudo().with_context(**quiet).create(new)

    @api.model
    def _complete(self, item_ids):
        """The rates of all days of these items are now known."""
        partial = self.sudo().search([("item_id", "in", item_ids), ("is_partial", "=", True)])
        partial.is_partial = False

    def _prepare_claims(self, item, measured, date):
        """``[(kind, values)]`` of the charges due on an item, less the parts already waived."""
        shared = {
            "item_id": item.id,
            "partner_id": item.partner_id.commercial_partner_id.id,
            "company_id": item.company_id.root_id.id,
            "date_due": item.date_maturity or item.date,
            "debtor_type": measured.debtor_type,
            "policy_id": measured.policy_id or False,
            "base_amount": measured.owed,
            "is_partial": bool(measured.missing),
        }
        if measured.held:
            return []
        claims = []
        if measured.interest and measured.segments:
            claims.append(
                (
                    "interest",
                    {
                        **shared,
                        "kind": "interest",
                        "amount": measured.interest,
                        "correction_amount": measured.correction,
                        "date_from": measured.date_from,
                        "date_to": measured.date_to,
                        "segments": [self._to_json(segment) for segment in measured.segments],
                    },
                )
            )
        if measured.indemnity:
            claims.append(
                (
                    "indemnity",
                    {**shared, "kind": "indemnity", "amount": measured.indemnity, "date_to": date},
                )
            )
        return claims

    def _grow(self, values):
        """Values that a new claim writes on the open one; the waived part stays waived."""
        self.ensure_one()
        return {**values, "amount": values["amount"] + self.waived_amount}

    @api.model
    def _to_json(self, segment):
        return {
            "first": fields.Date.to_string(segment.first),
            "last": fields.Date.to_string(segment.last),
            "days": segment.days,
            "amount": segment.amount,
            "rate": segment.rate,
        }

    def _get_segments(self):
        """:rtype: tuple[Segment]"""
        return self._to_segments(self.segments)

    @api.model
    def _to_segments(self, parts):
        """:rtype: tuple[Segment]"""
        return tuple(
            Segment(
                fields.Date.to_date(part["first"]),
                fields.Date.to_date(part["last"]),
                part["amount"],
                part["rate"],
            )
            for part in parts or []
        )

    def _explain(self):
        """The calculation, one line per part, in the language of the environment."""
        if self.kind == "indemnity":
            return self.env._(
                "Fixed sum for recovery costs on a debt of %s",
                formatLang(self.env, self.base_amount, currency_obj=self.currency_id),
            )
        lines = [
            self.env._(
                "%(days)s days from %(first)s to %(last)s at %(rate)s %% on %(amount)s",
                days=part["days"],
                first=format_date(self.env, part["first"]),
                last=format_date(self.env, part["last"]),
                rate=formatLang(self.env, part["rate"], digits=self._get_decimals(part["rate"])),
                amount=formatLang(self.env, part["amount"], currency_obj=self.currency_id),
            )
            for part in self.segments or []
        ]
        if self.correction_amount:
            lines.append(
                self.env._(
                    "Less %s overcharged before",
                    formatLang(self.env, self.correction_amount, currency_obj=self.currency_id),
                )
            )
        return "\n".join(lines)

    @api.model
    def _get_decimals(self, rate):
        """The number of decimals of the rate, from 2 to 4."""
        return max(2, len(f"{rate:.4f}".rstrip("0").partition(".")[2]))

    # === DECISIONS === #

    def action_waive(self, reason, amount=None):
        """Waive charges in full or, for a single charge, an ``amount`` of it."""
        self.check_access("read")
        self._check_may_claim()
        self._check_claimed()
        typed = self.env["credit.number.mixin"]
        reason = typed._to_note(reason)
        if not reason:
            raise UserError(
                self.env._("Enter the reason for the waiver: it is kept with the charge.")
            )
        if amount is not None:
            self.ensure_one()
            due = self.currency_id.round(self.amount_due)
            if not typed._is_amount(amount) or not 0 < self.currency_id.round(amount) <= due:
                raise UserError(
                    self.env._(
                        "Enter an amount above zero, up to %s.",
                        formatLang(self.env, self.amount_due, currency_obj=self.currency_id),
                    )
                )
        self._check_waiver(amount)
        for charge in self.sudo():
            charge._waive(reason, charge.amount_due if amount is None else amount)
        return True

    def action_reinstate(self):
        """Claim waived charges again."""
        self.check_access("read")
        self._check_may_claim()
        if self.filtered(lambda charge: not charge.waived_amount or charge.move_id):
            raise UserError(
                self.env._("Choose charges that are waived in full or in part and not invoiced.")
            )
        self._check_may_waive(sum(self.mapped("waived_amount")))
        charges = self.sudo()
        charges.write(
            {
                "waived_amount": 0.0,
                "waive_reason": False,
                "waived_by": False,
                "waived_at": False,
            }
        )
        charges.filtered(lambda charge: charge.state == "waived")._claim_again()
        return True

    def action_cancel(self):
        """Withdraw claims made in error; their days can be claimed again."""
        self.check_access("read")
        self._check_may_claim()
        if not self.env.user.has_group("credit_management.group_credit_manager"):
            raise AccessError(self.env._("Only a credit manager can withdraw a claim. Ask one."))
        self._check_claimed()
        self.sudo()._withdraw(self.env._("Withdrawn by %s.", self.env.user.name))
        return True

    def _waive(self, reason, amount):
        waived = self.currency_id.round(self.waived_amount + amount)
        self.write(
            {
                "waived_amount": waived,
                "waive_reason": reason,
                "waived_by": self.env.uid,
                "waived_at": self.env.cr.now(),
                "state": "waived" if waived >= self.amount else "claimed",
            }
        )

    def _claim_again(self):
        """Reopen charges that are no longer invoiced or waived; a later claim on the same item absorbs them."""
        self.credited_amount = 0.0
        younger = {
            (charge.item_id, charge.kind): charge
            for charge in self.search(
                [("item_id", "in", self.item_id.ids), ("state", "=", "claimed")]
            )
        }
        for charge in self:
            if claim := younger.get((charge.item_id, charge.kind)):
                charge.write(
                    {
                        "state": "cancelled",
                        "move_id": False,
                        "cancel_reason": self.env._("Its days are included in a later claim."),
                    }
                )
                claim._absorb(charge)
            else:
                charge.write({"state": "claimed", "move_id": False})

    def _absorb(self, older):
        """Absorb an earlier charge on the same item: its days come before this one's."""
        self.write(
            {
                "date_from": older.date_from,
                "amount": self.amount + older.amount,
                "correction_amount": self.correction_amount + older.correction_amount,
                "waived_amount": self.waived_amount + older.waived_amount,
                "segments": [*(older.segments or []), *(self.segments or [])],
            }
        )

    # === CHECKS === #

    @api.model
    def _check_may_claim(self):
        """Credit users and accountants may claim."""
        user = self.env.user
        if not (
            user.has_group("credit_management.group_credit_user")
            or user.has_group("account.group_account_invoice")
        ):
            raise AccessError(
                self.env._(
                    "Claiming late charges needs the access right Credit / User or Invoicing. Ask a colleague who has it."
                )
            )

    def _check_claimed(self):
        if not self or self.filtered(lambda charge: charge.state != "claimed"):
            raise UserError(
                self.env._(
                    "Choose claimed charges only: invoiced and waived charges are already settled."
                )
            )

    def _check_waiver(self, amount):
        """Whether the user may waive all of these, or an amount of one. Extend with further limits."""
        self._check_may_waive(sum(self.mapped("amount_due")) if amount is None else amount)

    def _check_may_waive(self, amount):
        """Credit managers may waive anything; other users what their authority covers."""
        if self.env.user.has_group("credit_management.group_credit_manager"):
            return
        for company in self.company_id:
            today = company._get_credit_today()
            authorities = self.env["credit.authority"]._of_company(company)
            held = authorities._held_by(self.env.user, today)
            if not held._allowing_waiver(amount):
                raise AccessError(
                    self.env._(
                        "Waiving %(amount)s needs a credit manager or a user with a sufficient authority. Ask one of them.",
                        amount=formatLang(self.env, amount, currency_obj=company.currency_id),
                    )
                )

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Late charge claimed")
