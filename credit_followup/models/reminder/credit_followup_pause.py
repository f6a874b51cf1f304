from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command

#: days after which the owner of a pause without an end date is asked to review it
_REVIEW_DAYS = 30


class CreditFollowupPause(models.Model):
    """A pause of reminders for a customer or some items, with its reason and its end date or owner."""

    _name = "credit.followup.pause"
    _description = "Pause of Follow-up"
    _inherit = ["credit.owned.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_to, id"
    _rec_name = "reason"
    _kept_fields = ("partner_id",)

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
    )
    item_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        domain="[('partner_id.commercial_partner_id', '=', partner_id), ('account_type', '=', 'asset_receivable'),"
        " ('parent_state', '=', 'posted'), ('reconciled', '=', False)]",
        help="Leave empty for all items of the customer",
    )
    reason_id = fields.Many2one(
        "credit.decision.reason",
        tracking=True,
        ondelete="restrict",
        index="btree_not_null",
        domain=[("for_pause", "=", True)],
        help="Used to analyse pauses by reason",
    )
    reason = fields.Char(
        string="Details",
        required=True,
        tracking=True,
        compute="_compute_reason",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
        tracking=True,
    )
    date_to = fields.Date(string="Until", tracking=True, help="The last day of the pause")
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        tracking=True,
        domain=[("share", "=", False)],
        help="Reviews a pause without an end date",
    )
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("future", "To come"), ("running", "Running"), ("over", "Over")],
        compute="_compute_state",
    )

    _dates_in_order = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)",
        "A pause must end after it begins. Correct its dates.",
    )

    # === COMPUTE METHODS === #

    @api.depends("active", "company_id", "date_from", "date_to")
    def _compute_state(self):
        for pause in self:
            today = pause.company_id._get_credit_today()
            over = not pause.active or (pause.date_to and pause.date_to < today)
            future = pause.date_from and pause.date_from > today
            pause.state = "over" if over else "future" if future else "running"

    @api.depends("reason_id")
    def _compute_reason(self):
        """Default to the label of the chosen reason."""
        for pause in self:
            former = pause._origin.reason_id.name
            if pause.reason_id and pause.reason in (False, former):
                pause.reason = pause.reason_id.name

    # === CONSTRAINTS === #

    @api.constrains("date_to", "user_id", "active")
    def _check_somebody_ends_it(self):
        for pause in self:
            if not pause.active or pause.date_to:
                continue
            if not pause.user_id.active or pause.user_id.share:
                raise ValidationError(
                    self.env._(
                        "Enter an end date for the pause of %s, or an owner who will review it.",
                        pause.partner_id.display_name,
                    )
                )

    @api.constrains("partner_id", "item_ids", "company_id")
    def _check_items(self):
        for pause in self:
            others = pause.sudo().item_ids.filtered(
                lambda item, pause=pause: (
                    item.partner_id.commercial_partner_id != pause.partner_id
                    or item.company_id.root_id != pause.company_id
                )
            )
            if others:
                raise ValidationError(
                    self.env._(
                        "%(item)s is not owed by %(customer)s to %(company)s. Create a separate pause for it.",
                        item=others[0].move_id.display_name,
                        customer=pause.partner_id.display_name,
                        company=pause.company_id.name,
                    )
                )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        pauses = super().create([self._of_customer(vals) for vals in vals_list])
        pauses._remind_owner()
        return pauses

    def write(self, vals):
        # EXTENDS 'base'
        result = super().write(self._of_customer(vals))
        if vals.keys() & {"date_to", "user_id", "active"}:
            self._remind_owner()
        return result

    def _of_customer(self, vals):
        """Reminders belong to the commercial customer, not to contacts, and to the root company, not to branches."""
        vals = dict(vals)
        if vals.get("partner_id"):
            partner = self.env["res.partner"].browse(vals["partner_id"])
            vals["partner_id"] = partner.commercial_partner_id.id
        if vals.get("company_id"):
            company = self.env["res.company"].browse(vals["company_id"])
            vals["company_id"] = company.sudo().root_id.id
        return vals

    # === ACTIONS === #

    def action_end(self):
        """End the pause today."""
        self.check_access("write")
        for pause in self.filtered(lambda pause: pause.state != "over"):
            today = pause.company_id._get_credit_today()
            if pause.date_from >= today:
                pause.active = False
            else:
                pause.date_to = today - relativedelta(days=1)
        return True

    # === ANOTHER CUSTOMER === #

    def _move_to(self, customer):
        """Move pauses of a customer who became a contact of another customer, whose own items were never paused. A
        pause of the whole customer continues for the former customer's open items; without any, it ends.
        """
        for pause in self:
            items = pause.item_ids or pause._get_owed_items()
            pause._message_log(body=pause._get_moved_sentence(customer, items))
            pause.write(
                {
                    "partner_id": customer.id,
                    "item_ids": [Command.set(items.ids)],
                    "active": pause.active and bool(items),
                }
            )

    def _get_owed_items(self):
        """The open items of the pause's customer, or of its contacts, in its company.

        Odoo moves invoice lines to the new customer at once, but not the invoice itself.

        :rtype: account.move.line
        """
        lines = self.env["account.move.line"].search(
            [
                "|",
                ("partner_id", "child_of", self.partner_id.id),
                ("move_id.partner_id", "child_of", self.partner_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
            ]
        )
        open_items = self.env["credit.followup.item"].search(
            [("id", "in", lines.ids), ("company_id", "=", self.company_id.id)]
        )
        return lines.browse(open_items.ids)

    def _get_moved_sentence(self, customer, items):
        names = {"former": self.partner_id.name, "customer": customer.name}
        if items:
            return self.env._(
                "%(former)s is now a contact of %(customer)s. The pause now covers the %(count)s open items of %(former)s.",
                count=len(items),
                **names,
            )
        return self.env._(
            "%(former)s is now a contact of %(customer)s and owes nothing itself: the pause has ended.",
            **names,
        )

    # === OWNERS === #

    def _remind_owner(self):
        """Ask the owner of a pause without an end date to review it after some weeks."""
        self.activity_unlink(["credit_followup.mail_activity_type_pause"])
        for pause in self.filtered(lambda pause: pause.active and not pause.date_to):
            pause.activity_schedule(
                "credit_followup.mail_activity_type_pause",
                date_deadline=pause._get_review_date(),
                summary=self.env._("Should reminders to %s stay paused?", pause.partner_id.name),
                user_id=pause.user_id.id,
            )

    @api.model
    def _end_without(self, items):
        """End pauses whose items are all deleted: without items they would cover the whole customer."""
        pauses = self.sudo().search([("item_ids", "in", items.ids)])
        ending = pauses.filtered(lambda pause: pause.active and not pause.item_ids - items)
        ending.active = False
        reason = self.env._("Ended: the due dates of the paused items were changed.")
        ending._message_log_batch(bodies=dict.fromkeys(ending.ids, reason))

    def _get_review_date(self):
        today = self.company_id._get_credit_today()
        return max(self.date_from, today) + relativedelta(days=_REVIEW_DAYS)

    @api.model
    def _cron_watch(self):
        """Have every pause without an end date reviewed regularly by an active owner."""
        endless = self.search([("date_to", "=", False)])
        for company, pauses in endless.grouped("company_id").items():
            try:
                with self.env.cr.savepoint():
                    pauses._watch(company.credit_management_analyst_id)
            except Exception as error:  # noqa: BLE001 – one company's pauses stop no other's
                company._notify_manager(
                    company.partner_id,
                    self.env._("Pauses without an end date are not reviewed"),
                    error,
                )

    def _watch(self, analyst):
        """Give the pauses of one company without an end date an owner and an activity, if missing."""
        if analyst.active:
            self.filtered(lambda pause: not pause.user_id.active).user_id = analyst
        self.filtered(lambda pause: not pause.activity_ids)._remind_owner()

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Reminders paused")
