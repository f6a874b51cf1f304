from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.tools import format_date, format_list

from .credit_followup_level import CHANNELS, STAGE_SELECTION

#: fields a collector may edit; the actions write all others
_TYPED = {"tracking_number", "received_date"}

#: channels printed and posted by hand
PAPER = ("letter", "registered")


class CreditFollowupNotice(models.Model):
    """One message to one customer, with its items and its outcome.

    Amounts are in the root company's currency, taxes included, as of the sending (before that, of the preparation).
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
        help="Highest level of its items, which sets the tone",
    )
    stage = fields.Selection(STAGE_SELECTION, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, index=True)
    contact_ids = fields.Many2many(
        "res.partner", string="Recipients", readonly=True, help="Contacts who receive it"
    )
    lang = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Collector", readonly=True, index="btree_not_null"
    )
    line_ids = fields.One2many(
        "credit.followup.notice.line", "notice_id", string="Items", readonly=True
    )

    amount = fields.Monetary(readonly=True, help="Amount due, net of the credits shown")
    interest = fields.Monetary(string="Late Interest", readonly=True)
    interest_to = fields.Date(
        readonly=True,
        help="Last day of the interest, if the rate of the following days is not known yet",
    )
    indemnity = fields.Monetary(readonly=True)

    state = fields.Selection(
        [
            ("proposed", "To approve"),
            ("approved", "Approved"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Not sent"),
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
            ("render", "The text has an error"),
            ("refused", "Refused by the mail server"),
            ("bounced", "Bounced"),
            ("storage", "The server cannot write its files"),
        ],
        readonly=True,
    )
    failure_detail = fields.Text(string="What to Do", readonly=True)
    cancel_reason = fields.Char(readonly=True)
    approved_by = fields.Many2one("res.users", readonly=True)
    printed_at = fields.Datetime(
        string="Printed on",
        readonly=True,
        help="A letter counts as sent once it is confirmed as posted",
    )
    sent_at = fields.Datetime(string="Sent on", readonly=True)
    mail_id = fields.Many2one(
        "mail.mail",
        string="E-mail",
        readonly=True,
        ondelete="set null",
        copy=False,
        index="btree_not_null",
        groups="credit_management.group_credit_user",
    )
    mail_state = fields.Selection(related="mail_id.state", string="E-mail Status")
    leaves_at = fields.Datetime(
        related="mail_id.scheduled_date", help="Within the sending hours of the procedure"
    )
    step_activity_id = fields.Many2one(
        "mail.activity",
        string="To Do",
        readonly=True,
        ondelete="set null",
        copy=False,
        index="btree_not_null",
        help="The call or other activity of the level; marking it as done completes the step",
    )
    tracking_number = fields.Char(help="Number of the registered letter")
    received_date = fields.Date(
        string="Received On", help="Date of receipt of the registered letter"
    )

    _states_of_run = models.Index("(run_id, state)")
    _to_send = models.Index("(id) WHERE state = 'approved'")
    _to_mend = models.Index("(partner_id) WHERE state = 'failed'")

    # === COMPUTE METHODS === #

    @api.depends("stage", "partner_id")
    @api.depends_context("lang")
    def _compute_name(self):
        stages = dict(self._fields["stage"]._description_selection(self.env))
        for notice in self:
            # a user who may see the notice sees its customer, even one of a branch only
            customer = notice.sudo().partner_id.display_name
            notice.name = f"{stages.get(notice.stage, '')} {customer}".strip()

    # === CONSTRAINTS === #

    @api.constrains("received_date", "date")
    def _check_received_after_sent(self):
        for notice in self:
            if notice.received_date and notice.received_date < notice.date:
                raise ValidationError(
                    self.env._(
                        "%(notice)s is dated %(date)s and cannot have been received on %(received)s. Enter the date on the receipt of the registered letter.",
                        notice=notice.name,
                        date=format_date(self.env, notice.date),
                        received=format_date(self.env, notice.received_date),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        # EXTENDS 'base'
        if not self.env.su and vals.keys() - _TYPED:
            raise AccessError(
                self.env._(
                    "Notices cannot be edited, except the tracking number and the date of receipt. Use the buttons."
                )
            )
        result = super().write(vals)
        if "state" in vals:
            self.sudo().run_id._update_state()
        return result

    # === ACTIONS === #

    def action_approve(self):
        """Approve proposed notices: e-mails and calls go at once, letters once they are printed and posted."""
        self._check_of_today()
        self._lock_in_state("proposed")._approve()
        return True

    def action_reject(self, reason=None):
        """Reject unsent notices; a later run may include their items again.

        :param reason: the reason; by default the name of the user
        """
        waiting = self._lock_in_state("proposed", "approved", "failed")
        if not isinstance(reason, str) or not reason.strip():
            reason = self.env._("Rejected by %s", self.env.user.name)
        waiting._drop_refused_email()
        waiting._cancel(reason.strip())
        return True

    def action_retry(self):
        """Retry failed notices with the current addresses, texts and amounts."""
        failed = self._lock_in_state("failed")
        failed._drop_refused_email()
        failed.write(
            {
                "state": "approved",
                "failure": False,
                "failure_detail": False,
                "printed_at": False,
                "letter_id": False,
                "mail_id": False,
            }
        )
        for notice in failed.filtered("level_id"):
            notice.channel = notice.level_id.channel
        failed._send_soon()
        return True

    def action_preview(self):
        """Preview the e-mail or letter as of now; nothing is saved."""
        self.ensure_one()
        return self.env["credit.followup.preview"]._open(notice_id=self.id)

    def _check_of_today(self):
        """Only proposals prepared today can be approved."""
        waiting = self.filtered(lambda notice: notice.state == "proposed")
        if old := waiting.filtered(
            lambda notice: notice.date < notice.company_id._get_credit_today()
        )[:1]:
            raise UserError(
                self.env._(
                    "This notice was prepared on %s and may be out of date. Prepare a new run today.",
                    format_date(self.env, old.date),
                )
            )

    def _lock_in_state(self, *states):
        """The notices in these states, locked, after checking the user's rights.

        :raise AccessError: unless the user works with reminders and with the company
        :raise UserError: if there is none, or another user holds the lock
        """
        self.check_access("write")
        try:
            self.sudo().lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Another user is working on these notices. Try again in a moment.")
            ) from error
        found = self.sudo().filtered(lambda notice: notice.state in states)
        if not found:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Choose notices in one of these states: %s.",
                    format_list(self.env, [labels[state] for state in states]),
                )
            )
        return found

    # === BUSINESS METHODS === #

    def _approve(self):
        self.write({"state": "approved", "approved_by": self.env.uid})
        self._send_soon()

    def _drop_refused_email(self):
        """Cancel the undelivered e-mail, so that the queue does not retry it beside a new one."""
        self.mail_id.filtered(lambda mail: mail.state == "exception").write({"state": "cancel"})

    def _cancel(self, reason):
        """Cancel the notices; their items can be included again.

        :param reason: a sentence shown on the notice
        """
        approved = self.filtered(lambda notice: notice.state == "approved")
        self.line_ids.write({"cancelled": True})
        self.line_ids.flush_recordset(["cancelled"])
        self.step_activity_id.unlink()
        self.write({"state": "cancelled", "cancel_reason": reason, "failure": False})
        for notice in approved:
            notice._message_log(body=self.env._("Approved but not sent: %s", reason))

    def _fail(self, failure, detail):
        """Mark the notice as failed.

        :param detail: a sentence with what to do
        """
        self.write({"state": "failed", "failure": failure, "failure_detail": detail})

    def _move_to(self, customer):
        """Move the notices of a customer who became a contact of another customer. Unapproved notices are cancelled:
        a later run sends one message with everything the new customer owes.
        """
        proposed = self.filtered(lambda notice: notice.state == "proposed")
        for former, notices in proposed.grouped("partner_id").items():
            notices.with_context(tracking_disable=True)._cancel(
                self.env._(
                    "%(former)s is now a contact of %(customer)s: a later run will include the open items.",
                    former=former.name,
                    customer=customer.name,
                )
            )
        self.write({"partner_id": customer.id})

    def _send_soon(self):
        """Trigger the job that sends approved notices, once this transaction is committed."""
        self.env.ref("credit_followup.ir_cron_send").sudo()._trigger()

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Notice created")
