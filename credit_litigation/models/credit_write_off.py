from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date


class CreditWriteOff(models.Model):
    """Items given up as lost: asked for, approved by somebody else, posted by an accountant with the tax apart."""

    _name = "credit.write.off"
    _description = "Write-off"
    _inherit = ["credit.owned.mixin", "credit.derived.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _kept_fields = ("partner_id",)

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True,
        tracking=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
    )
    reason = fields.Text(required=True, help="Why nothing more can be recovered")
    recover_tax = fields.Boolean(
        string="Recover the Tax",
        default=True,
        help="The tax of lost debts is taken off what is owed to the state, where the law allows it",
    )
    line_ids = fields.One2many("credit.write.off.line", "write_off_id", string="Items", copy=False)
    amount = fields.Monetary(compute="_compute_amount", store=True, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("posted", "Posted"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    requested_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for loss in self:
            parts = (loss.partner_id.name, format_date(self.env, loss.date))
            loss.display_name = " – ".join(filter(None, parts))

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        for loss in self:
            loss.amount = sum(loss.line_ids.mapped("amount"))

    # === CRUD === #

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': only actions decide and post
        decided = {"state", "amount", "requested_by", "decided_by", "move_id"}
        return super()._get_derived_fields(creating) | decided

    def write(self, vals):
        self.check_access("write")
        changed = vals.keys() & {"date", "recover_tax", "line_ids", "reason"}
        if not self.env.su and changed:
            self._check_state("draft")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_requested(self):
        self._check_state("draft")

    # === ACTIONS === #

    def action_request(self):
        """Ask for approval."""
        self.check_access("write")
        self._check_state("draft")
        for loss in self:
            loss._check_lines()
        self.sudo().write({"state": "requested", "requested_by": self.env.uid})
        return True

    def action_approve(self):
        """Approve a loss that somebody else asked for, within one's authority."""
        self._check_may_decide()
        self.sudo().write({"state": "approved", "decided_by": self.env.uid})
        return True

    def action_refuse(self):
        """Refuse the loss: the items are collected as before."""
        self._check_may_decide()
        self.sudo().write({"state": "refused", "decided_by": self.env.uid})
        return True

    def action_post(self):
        """Post the loss and match it with its items, with the user's own accounting rights."""
        self.check_access("write")
        self._check_state("approved")
        if not self.env["account.move"].has_access("create"):
            raise AccessError(
                self.env._("Entries are posted by an accountant. Ask one to post the write-off.")
            )
        for loss in self:
            loss._check_lines()
            move = loss._make_entry()
            loss.sudo().write({"state": "posted", "move_id": move.id})
        return True

    def _check_state(self, state):
        labels = dict(self._fields["state"]._description_selection(self.env))
        if other := self.filtered(lambda loss: loss.state != state):
            raise UserError(
                self.env._(
                    "The write-off is: %(state)s. Make a new one for anything else.",
                    state=labels[other[0].state],
                )
            )

    def _check_may_decide(self):
        self.check_access("write")
        self._check_state("requested")
        for loss in self:
            if loss.requested_by == self.env.user:
                raise AccessError(
                    self.env._("You asked for this write-off: somebody else decides it.")
                )
            today = loss.company_id._get_credit_today()
            authorities = self.env["credit.authority"]._of_company(loss.company_id)
            held = authorities._held_by(self.env.user, today)
            if not held._allowing_write_off(loss.amount):
                raise AccessError(
                    self.env._(
                        "%s is more than you may write off. Ask somebody with the authority.",
                        loss.currency_id.format(loss.amount),
                    )
                )

    def _check_lines(self):
        if not self.line_ids:
            raise ValidationError(self.env._("Add the items that are lost."))
        self.line_ids._check_amount()

    # === THE ENTRY === #

    def _make_entry(self):
        lines = []
        for line in self.line_ids:
            lines += line._prepare_entry_lines()
        move = self.env["account.move"].with_company(self.company_id)
        move = move.create(
            {
                "journal_id": self.company_id._get_provision_journal().id,
                "date": self.date,
                "ref": self.env._("Write-off: %s", self.partner_id.name),
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        move.action_post()
        credits = move.line_ids.filtered(lambda one: one.balance < 0).sorted("id")
        for line, credit in zip(self.line_ids, credits, strict=True):
            (line.item_id | credit).reconcile()
        return move
