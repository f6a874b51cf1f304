from odoo import api, fields, models
from odoo.fields import Command

_READERS = "credit_management.group_credit_user,account.group_account_readonly,account.group_account_invoice"


class AccountMove(models.Model):
    """The reminders of an invoice: those sent, and the next one."""

    _inherit = "account.move"

    followup_line_ids = fields.Many2many(
        "credit.followup.notice.line",
        string="Reminders",
        compute="_compute_followup_lines",
        groups=_READERS,
    )
    followup_last_date = fields.Date(
        string="Last Reminder", compute="_compute_followup_lines", groups=_READERS
    )
    followup_last_level_id = fields.Many2one(
        "credit.followup.level",
        string="Last Level",
        compute="_compute_followup_lines",
        groups=_READERS,
    )
    followup_next_date = fields.Date(
        string="Next Reminder",
        compute="_compute_followup_next",
        groups=_READERS,
        help="First day on which a run can include it, if nothing is paid before then",
    )
    followup_next_level_id = fields.Many2one(
        "credit.followup.level",
        string="Next Level",
        compute="_compute_followup_next",
        groups=_READERS,
    )
    followup_left_out = fields.Selection(
        selection=lambda self: self.env["credit.followup.item"]._get_left_out_selection(),
        string="Not Reminded",
        compute="_compute_followup_next",
        groups=_READERS,
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids")
    def _compute_followup_lines(self):
        lines = (
            self.env["credit.followup.notice.line"]
            .sudo()
            .search(
                [
                    "|",
                    ("item_id.move_id", "in", self.ids),
                    ("former_move_id", "in", self.ids),
                    ("occurrence", ">", 0),
                    ("cancelled", "=", False),
                    ("notice_id.state", "!=", "proposed"),
                ],
                order="date desc, id desc",
            )
        )
        by_move = lines.grouped("move_id")
        for move in self:
            found = by_move.get(move._origin.sudo(), lines.browse())
            sent = found.filtered(lambda line: line.notice_id.state == "sent")[:1]
            move.followup_line_ids = [Command.set(found.ids)]
            move.followup_last_date = sent.date
            move.followup_last_level_id = sent.level_id

    @api.depends("line_ids.amount_residual", "line_ids.no_followup", "payment_state", "state")
    @api.depends_context("company")
    def _compute_followup_next(self):
        facts = self.env["credit.followup.item"].sudo()
        today = self.env["res.company"]._get_credit_today()
        accounts = set(self.env["account.account"]._get_exposure_account_ids())
        posted = self.filtered(lambda move: move.state == "posted").sudo()
        owed = posted.line_ids.filtered(
            lambda line: line.amount_residual > 0 and line.account_id.id in accounts
        )
        steps = facts._read_next(owed._origin.ids, today)
        left_out = facts._get_left_out(owed._origin.ids, today)
        left_out = dict.fromkeys(facts._get_failed(owed._origin.ids), "failed") | left_out
        for move in self:
            items = (move.sudo().line_ids & owed)._origin.ids
            step = min(
                (steps[item] for item in items if item in steps),
                key=lambda step: (step.date, -step.level.days),
                default=None,
            )
            move.followup_next_date = step and step.date
            move.followup_next_level_id = step and step.level.id
            move.followup_left_out = next(
                (left_out[item] for item in items if item in left_out), False
            )

    # === ACTIONS === #

    @api.readonly
    def action_followup_pause(self):
        """Prepare a pause of the open items of this invoice."""
        self.ensure_one()
        items = self.env["credit.followup.item"].search(
            [("move_id", "=", self.id), ("amount", ">", 0)]
        )
        return items.action_pause()
