from odoo import fields, models


class CreditFollowupRun(models.Model):
    """One execution: a preview of what would go out and of what would not and why, approved and sent; or unattended."""

    _name = "credit.followup.run"
    _description = "Follow-up Run"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    date = fields.Date(
        required=True, readonly=True, default=fields.Date.context_today, help="The day it looks at"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company.root_id,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    unattended = fields.Boolean(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, default=lambda self: self.env.user)
    procedure_ids = fields.Many2many(
        "credit.followup.procedure", string="Procedures", help="Empty: all of them"
    )
    partner_ids = fields.Many2many("res.partner", string="Customers", help="Empty: all of them")
    state = fields.Selection(
        [
            ("draft", "Draft"),
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
    notice_ids = fields.One2many(
        "credit.followup.notice", "run_id", string="Notices", readonly=True
    )
    exclusion_ids = fields.One2many(
        "credit.followup.exclusion", "run_id", string="Left Out", readonly=True
    )

    def _compute_name(self):
        for run in self:
            run.name = self.env._("Reminders of %s", fields.Date.to_string(run.date))
