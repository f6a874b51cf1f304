from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command


class CreditAnswerMixin(models.AbstractModel):
    """A customer's response to collection: a promise, a payment plan or a dispute.

    It covers items of one customer, company and currency. What was said is kept: it changes by its actions, never by typing, and
    nobody deletes it.
    """

    _name = "credit.answer.mixin"
    _description = "Answer of a Customer"
    _inherit = ["credit.owned.mixin", "credit.derived.mixin", "mail.thread", "mail.activity.mixin"]
    _kept_fields = ("partner_id", "currency_id")
    #: the state in which it begins, and in which what it says may still be corrected
    _first_state = "open"
    _editable_states = ()
    #: fields that only actions write
    _decided_fields = ("state",)
    #: fields that say what the customer answered
    _said_fields = ()

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
    currency_id = fields.Many2one(
        "res.currency", required=True, default=lambda self: self.env.company.root_id.currency_id
    )
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        tracking=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        help="Collector who follows it up",
    )
    note = fields.Text(string="Notes")
    is_said = fields.Boolean(
        readonly=True, copy=False, help="Recorded: its lines can no longer be changed"
    )

    # === CONSTRAINTS === #

    def _check_items(self):
        """Each item is owed by the customer to the company, in the currency, and named once."""
        for answer in self:
            for line in answer.sudo().line_ids:
                answer._check_item(line.item_id)
            if len(answer.line_ids.item_id) < len(answer.line_ids.filtered("item_id")):
                raise ValidationError(
                    self.env._("An item is on two lines. Keep one line with the whole amount.")
                )

    def _check_item(self, item):
        names = {
            "item": item.move_id.display_name,
            "customer": self.partner_id.display_name,
            "company": self.company_id.name,
            "currency": self.currency_id.name,
            "other": item.currency_id.name,
        }
        if not item:
            return
        if (
            item.partner_id.commercial_partner_id != self.partner_id
            or item.company_id.root_id != self.company_id
            or item.account_id.id not in self.env["account.account"]._get_exposure_account_ids()
        ):
            raise ValidationError(
                self.env._(
                    "%(item)s is not owed by %(customer)s to %(company)s. Choose the customer and company of the item.",
                    **names,
                )
            )
        if item.currency_id != self.currency_id:
            raise ValidationError(
                self.env._(
                    "%(item)s is in %(other)s, not in %(currency)s. Create a separate record for each currency.",
                    **names,
                )
            )

    def _check_free(self, items):
        """Check that an item is in one promise or plan only: otherwise a payment could count for either."""
        engaged = self._read_engaged(items)
        for item in items.sudo():
            if other := engaged.get(item.id):
                raise ValidationError(
                    self.env._(
                        "%(item)s is already covered by another record: %(kind)s, %(answer)s. Withdraw or cancel that record first.",
                        item=item.move_id.display_name,
                        kind=other.env["ir.model"]._get(other._name).name,
                        answer=other.display_name,
                    )
                )

    def _read_engaged(self, items):
        """``{item id: other promise or plan}`` that already covers the items."""
        found = {}
        for name, domain in self._get_engagements():
            for line in self.env[name].sudo().search([("item_id", "in", items.ids), *domain]):
                answer = line._get_answer()
                if answer._name != self._name or answer not in self:
                    found[line.item_id.id] = answer
        return found

    @api.model
    def _get_engagements(self):
        """Pairs of a model of lines and the domain of those that count."""
        return [
            ("credit.promise.line", [("state", "=", "open")]),
            ("credit.payment.plan.line", [("state", "in", ("proposed", "agreed"))]),
        ]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        prepared = []
        for vals in vals_list:
            self._refuse_decided(vals)
            prepared.append(self._of_customer(vals))
        return super().create(prepared)

    def write(self, vals):
        self._refuse_decided(vals)
        self._refuse_said_anew(vals)
        return super().write(self._of_customer(vals))

    def _get_named_items(self, vals_list):
        """The items that the values of new answers name."""
        commands = [command for vals in vals_list for command in vals.get("line_ids") or ()]
        ids = {
            command[2]["item_id"]
            for command in commands
            if command[0] == Command.CREATE and command[2].get("item_id")
        }
        return self.env["account.move.line"].browse(ids)

    def _of_customer(self, vals):
        """Replace a contact by its customer and a branch by its root company, which hold the debt."""
        vals = dict(vals)
        if vals.get("partner_id"):
            partner = self.env["res.partner"].browse(vals["partner_id"])
            vals["partner_id"] = partner.sudo().commercial_partner_id.id
        if vals.get("company_id"):
            company = self.env["res.company"].browse(vals["company_id"])
            vals["company_id"] = company.sudo().root_id.id
        return vals

    def _refuse_decided(self, vals):
        """:raise AccessError: if a user writes a field that only actions write"""
        if self.env.su:
            return
        for name in self._get_decided_fields() & vals.keys():
            if self._is_decided_anew(name, vals[name]):
                raise AccessError(
                    self.env._(
                        '"%s" cannot be edited. Use the buttons at the top of the form.',
                        self._fields[name]._description_string(self.env),
                    )
                )

    @api.model
    def _get_decided_fields(self):
        return {*self._decided_fields, "is_said"}

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': a default of the context decides nothing either
        return super()._get_derived_fields(creating) | self._get_decided_fields()

    def _is_decided_anew(self, name, value):
        """Whether a value given for a new record, or written on these, would decide something."""
        if self:
            return self._differs(name, value)
        return bool(value) and (name, value) != ("state", self._first_state)

    def _refuse_said_anew(self, vals):
        """:raise UserError: if a user changes the customer's response after it was recorded"""
        if self.env.su or not vals.keys() & set(self._said_fields):
            return
        if said := self.filtered(lambda answer: not answer._may_be_corrected()):
            raise UserError(said[0]._explain_kept())

    def _may_be_corrected(self):
        """Whether a user may still change the customer's response."""
        return not self.is_said or self.state in self._editable_states

    def _explain_kept(self):
        return self.env._(
            "%s can no longer be changed. Withdraw or cancel it, then create a new one.",
            self.display_name,
        )

    # === BUSINESS METHODS === #

    @api.model
    def _read_owed(self, partner, company, currency):
        """What a customer owes a company in a currency, oldest first, as far as the user may read the entries.

        :rtype: account.move.line
        """
        items = self.env["credit.followup.item"].search(
            [
                ("partner_id", "=", partner.commercial_partner_id.id),
                ("company_id", "=", company.root_id.id),
                ("document_currency_id", "=", currency.id),
                ("amount", ">", 0),
            ],
            order="date_due, id",
        )
        return self.env["account.move.line"].browse(items.ids)._filtered_access("read")

    def _move_to(self, customer):
        """Move the records to the customer that this one was merged with or became a contact of."""
        self.sudo().write({"partner_id": customer.id})
