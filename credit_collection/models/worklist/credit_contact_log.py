from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

DIRECTIONS = [("out", "Outgoing"), ("in", "Incoming")]
CHANNELS = [
    ("phone", "Telephone"),
    ("email", "E-mail"),
    ("visit", "Visit"),
    ("letter", "Letter"),
    ("portal", "Portal"),
    ("link", "Link in a Reminder"),
    ("other", "Other"),
]
#: what an outcome makes and has a form of its own
_FORMS = {"plan": "credit.payment.plan", "dispute": "credit.dispute"}


class CreditContactLog(models.Model):
    """One contact with a customer about its debt, in either direction: who, when, with whom, and what came of it.

    What was said is kept: a line is written once, and corrected by another one.
    """

    _name = "credit.contact.log"
    _description = "Contact with a Customer"
    _inherit = ["credit.owned.mixin", "credit.derived.mixin"]
    _order = "date desc, id desc"
    _kept_fields = ("profile_id",)
    _company_path = "profile_id.company_id"
    _rec_name = "partner_id"

    profile_id = fields.Many2one(
        "credit.profile", string="Credit File", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    currency_id = fields.Many2one(related="profile_id.currency_id")
    date = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True, copy=False)
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    direction = fields.Selection(DIRECTIONS, required=True, default="out")
    channel = fields.Selection(CHANNELS, required=True, default="phone")
    contact_id = fields.Many2one(
        "res.partner",
        string="Person",
        index="btree_not_null",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Person you spoke with",
    )
    outcome_id = fields.Many2one(
        "credit.contact.outcome",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('company_id', 'in', (False, company_id))]",
    )
    note = fields.Text()
    amount = fields.Monetary(help="Amount the customer will pay, or disputes")
    answer_date = fields.Date(
        string="Agreed Date", help="Day on which the customer will pay, or wants to be called"
    )
    reason = fields.Char()
    next_date = fields.Date(
        string="Next Contact",
        compute="_compute_next_date",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer returns to the worklist on this day. Empty: after the strategy's days of rest",
    )
    asks_date = fields.Boolean(related="outcome_id.asks_date")
    asks_amount = fields.Boolean(related="outcome_id.asks_amount")
    asks_reason = fields.Boolean(related="outcome_id.asks_reason")
    makes = fields.Selection(related="outcome_id.makes", store=True)
    promise_id = fields.Many2one("credit.promise", readonly=True, index="btree_not_null")

    _last_of_file = models.Index("(profile_id, date DESC, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends("outcome_id", "answer_date")
    def _compute_next_date(self):
        today = self.env["res.company"]._get_credit_today()
        for log in self:
            outcome = log.outcome_id
            if outcome.makes in ("callback", "promise") and log.answer_date:
                log.next_date = log._get_day_after_answer()
            else:
                log.next_date = outcome.has_next and today + timedelta(outcome.next_days)

    def _get_day_after_answer(self):
        """The day of a call-back, or the day after a promise."""
        return self.answer_date + timedelta(self.makes == "promise")

    # === CONSTRAINTS === #

    @api.constrains("outcome_id", "answer_date", "amount", "reason", "next_date")
    def _check_asked(self):
        for log in self:
            missing = log._get_missing()
            if missing:
                raise ValidationError(
                    self.env._(
                        '"%(outcome)s" requires more information. Fill in: %(fields)s.',
                        outcome=log.outcome_id.name,
                        fields=", ".join(
                            log._fields[name]._description_string(self.env) for name in missing
                        ),
                    )
                )
            log._check_days()

    def _get_missing(self):
        """Names of the fields that the outcome asks for and that are empty."""
        asked = {"answer_date": "asks_date", "amount": "asks_amount", "reason": "asks_reason"}
        return [name for name, flag in asked.items() if self.outcome_id[flag] and not self[name]]

    def _check_days(self):
        day = self.date.date()
        if self.next_date and self.next_date > fields.Date.add(day, years=1):
            raise ValidationError(
                self.env._("The next contact is more than a year away. Enter an earlier day.")
            )
        if any(
            named and named < day - timedelta(1) for named in (self.answer_date, self.next_date)
        ):
            raise ValidationError(
                self.env._("The date is in the past. Enter today or a later date.")
            )
        if self.amount and self.amount < 0:
            raise ValidationError(self.env._("Enter an amount above zero."))

    @api.constrains("contact_id", "profile_id")
    def _check_contact(self):
        for log in self:
            contact = log.contact_id
            if contact and contact.commercial_partner_id != log.profile_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is not a contact of %(customer)s. Choose one of the customer's contacts.",
                        contact=contact.display_name,
                        customer=log.profile_id.partner_id.display_name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            for vals in vals_list:
                self._refuse_other_time(vals)
                if vals.get("user_id", self.env.uid) != self.env.uid or vals.get("promise_id"):
                    raise UserError(
                        self.env._(
                            "You can only record your own contacts. Leave the collector empty."
                        )
                    )
        logs = super().create(vals_list)
        logs._refuse_typed()
        logs._make_answers()
        logs._read_earlier()
        return logs

    def write(self, vals):
        """A typing error in the note may be put right; what was said stays."""
        if not self.env.su and vals.keys() - {"note", "next_date"}:
            raise UserError(
                self.env._(
                    "A recorded contact cannot be changed. Record another contact with the correction."
                )
            )
        result = super().write(vals)
        if vals.get("next_date") and not self.env.su:
            self._check_to_come()
        return result

    def _check_to_come(self):
        """:raise ValidationError: if a recorded contact would bring the customer back on a day that is over"""
        for log in self:
            if log.next_date < log.company_id._get_credit_today():
                raise ValidationError(
                    self.env._("The date is in the past. Enter today or a later date.")
                )

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': nor does a default of the context name another collector
        return super()._get_derived_fields(creating) | {"date", "promise_id", "user_id"}

    def _refuse_other_time(self, vals):
        """:raise UserError: if a user dates a contact: it is recorded when it happens"""
        if vals.get("date"):
            raise UserError(
                self.env._(
                    "The time of a contact is recorded when you save it. Leave it empty, and write in the note when it took place."
                )
            )

    # === ACTIONS === #

    def action_record(self):
        """The form of a call is saved: go on with what the outcome makes and has a form of its own."""
        self.ensure_one()
        model = _FORMS.get(self.makes)
        if not model:
            return {"type": "ir.actions.act_window_close"}
        action = self.profile_id._action_new_answer(model)
        note = {"default_note": self.note or self.reason}
        return {**action, "context": {**action["context"], **note}}

    # === BUSINESS METHODS === #

    def _make_answers(self):
        """What the outcomes make at once."""
        for log in self:
            if log.makes == "promise" and not log.promise_id:
                log._make_promise()
            elif log.makes == "wrong_person" and log.contact_id:
                log.contact_id._mark_wrong_person()

    def _make_promise(self):
        promise = self.env["credit.promise"].create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "amount": self.amount,
                "date": self.answer_date,
                "note": self.note,
            }
        )
        self.sudo().promise_id = promise
