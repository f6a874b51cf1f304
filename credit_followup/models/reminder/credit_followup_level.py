from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...rules import steps

#: stages of a reminder, in order of severity
STAGE_SELECTION = [
    ("courtesy", "Courtesy"),
    ("reminder", "Reminder"),
    ("firm", "Firm reminder"),
    ("formal_notice", "Formal notice"),
    ("handover", "Before court"),
]

CHANNELS = [
    ("email", "E-mail"),
    ("letter", "Letter"),
    ("registered", "Registered letter"),
    ("call", "Phone call"),
    ("activity", "Activity"),
]


class CreditFollowupLevel(models.Model):
    """A level of a procedure: days from the due date, channel and text."""

    _name = "credit.followup.level"
    _description = "Follow-up Level"
    _inherit = ["credit.owned.mixin"]
    _order = "procedure_id, days, id"
    _company_path = "procedure_id.company_id"

    procedure_id = fields.Many2one(
        "credit.followup.procedure", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="procedure_id.company_id")
    active = fields.Boolean(
        default=True, help="Archived levels are not used any more; notices sent at them are kept"
    )
    name = fields.Char(required=True, translate=True)
    days = fields.Integer(
        required=True,
        help="Days after the due date; negative for days before it. Levels follow one another in this order.",
    )
    stage = fields.Selection(
        STAGE_SELECTION,
        required=True,
        default="reminder",
        help="Sets the tone; credit policy rules refer to it",
    )
    channel = fields.Selection(CHANNELS, required=True, default="email")
    activity_type_id = fields.Many2one(
        "mail.activity.type", ondelete="restrict", help="Planned for the collector, on the notice"
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Text",
        ondelete="restrict",
        domain="[('model', '=', 'credit.followup.notice')]",
        help="Text of the e-mail or letter, in each of the customers' languages",
    )
    automatic = fields.Boolean(
        default=True,
        help="Unattended runs send it. Untick to require approval.",
    )
    min_amount = fields.Float(
        digits="Account",
        string="From Amount",
        help="The level applies only if the amount due at it reaches this minimum, in the company's currency",
    )
    repeat_days = fields.Integer(string="Repeat Every (days)", help="0 for once")
    repeat_max = fields.Integer(
        string="At Most (times)", help="Including the first one; 0 for no limit"
    )
    letter_without_email = fields.Boolean(
        string="Letter Without E-mail", help="Customers without an e-mail address get a letter"
    )
    with_invoices = fields.Boolean(string="Attach Invoices")
    with_statement = fields.Boolean(string="Attach Statement")
    with_charges = fields.Boolean(
        string="Claim Late Charges", help="Late interest and recovery costs are shown and claimed"
    )
    copy_salesperson = fields.Boolean(help="The salesperson gets a copy of the e-mail")
    escalation_user_id = fields.Many2one(
        "res.users",
        string="Escalate to",
        domain=[("share", "=", False)],
        help="Gets an activity when the level is reached",
    )

    # deferred by the procedure, so that two levels can swap their days in one save
    _one_level_a_day = models.Constraint(
        "EXCLUDE USING btree (procedure_id WITH =, days WITH =) WHERE (active) DEFERRABLE INITIALLY IMMEDIATE",
        "Two levels of a procedure cannot have the same number of days. Change one of them.",
    )
    _not_negative = models.Constraint(
        "CHECK(min_amount >= 0 AND repeat_days >= 0 AND repeat_max >= 0)",
        "Amounts and repetitions of a level cannot be negative. Enter zero or more.",
    )
    _claims_after_due = models.Constraint(
        "CHECK(days > 0 OR (stage IN ('courtesy', 'reminder') AND NOT COALESCE(with_charges, FALSE)))",
        "Before the due date only a courtesy message can be sent. A formal notice or late charges need a number of days above zero.",
    )

    # === CONSTRAINTS === #

    @api.constrains("channel", "mail_template_id", "activity_type_id")
    def _check_text(self):
        for level in self:
            if level.channel in ("email", "letter", "registered") and not level.mail_template_id:
                raise ValidationError(self.env._("Choose the text of the level %s.", level.name))
            if level.channel == "activity" and not level.activity_type_id:
                raise ValidationError(
                    self.env._("Choose the type of activity of the level %s.", level.name)
                )

    # === CRUD === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        lines = self.env["credit.followup.notice.line"].sudo()
        if used := lines.search([("level_id", "in", self.ids)], limit=1).level_id:
            raise UserError(
                self.env._(
                    "Notices were sent at the level %s, so it cannot be deleted. Archive it instead.",
                    used.name,
                )
            )

    # === ACTIONS === #

    def action_preview(self):
        """Preview the level for a customer with open items; nothing is saved."""
        self.ensure_one()
        return self.env["credit.followup.preview"]._open(level_id=self.id)

    # === BUSINESS METHODS === #

    def _get_rule(self):
        """:rtype: steps.Level"""
        return steps.Level(
            self.id,
            self.days,
            min_amount=self.min_amount,
            repeat_days=self.repeat_days,
            repeat_max=self.repeat_max,
        )
