from odoo import fields, models

from .credit_followup_level import CHANNELS, STAGES


class CreditFollowupNotice(models.Model):
    """One message for one customer: the items it names, and what became of it.

    Amounts are in the root company's currency, taxes included, as they stood when it was sent (before: when it was
    prepared).
    """

    _name = "credit.followup.notice"
    _description = "Follow-up Notice"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"

    name = fields.Char(compute="_compute_name")
    run_id = fields.Many2one(
        "credit.followup.run", readonly=True, index="btree_not_null", ondelete="restrict"
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
    procedure_id = fields.Many2one("credit.followup.procedure", readonly=True, ondelete="set null")
    level_id = fields.Many2one(
        "credit.followup.level",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The highest of its items: it gives the tone",
    )
    stage = fields.Selection(STAGES, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, index=True)
    contact_ids = fields.Many2many(
        "res.partner", string="Recipients", readonly=True, help="Who receives it"
    )
    lang = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Collector", readonly=True, index="btree_not_null"
    )
    line_ids = fields.One2many(
        "credit.followup.notice.line", "notice_id", string="Items", readonly=True
    )

    amount = fields.Monetary(readonly=True, help="What is due, net of the credits shown")
    interest = fields.Monetary(string="Late Interest", readonly=True)
    indemnity = fields.Monetary(readonly=True)

    state = fields.Selection(
        [
            ("proposed", "To approve"),
            ("approved", "To send"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="proposed",
        index=True,
        tracking=True,
    )
    failure = fields.Selection(
        [
            ("no_address", "No address"),
            ("no_translation", "No text in the customer's language"),
            ("render", "The text cannot be written"),
            ("refused", "Refused by the mail server"),
            ("bounced", "Came back"),
        ],
        readonly=True,
    )
    failure_detail = fields.Text(readonly=True)
    cancel_reason = fields.Char(readonly=True)
    approved_by = fields.Many2one("res.users", readonly=True)
    sent_at = fields.Datetime(readonly=True)
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null", copy=False)
    tracking_number = fields.Char(help="Number of the registered letter")
    received_date = fields.Date(
        string="Received on", help="Date of receipt of the registered letter"
    )

    def _compute_name(self):
        stages = dict(self._fields["stage"]._description_selection(self.env))
        for notice in self:
            notice.name = f"{stages.get(notice.stage, '')} {notice.partner_id.display_name}".strip()
