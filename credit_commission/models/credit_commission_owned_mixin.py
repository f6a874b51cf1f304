import math

from odoo import api, models
from odoo.exceptions import AccessError, UserError


class CreditCommissionOwnedMixin(models.AbstractModel):
    """A record whose owner never changes, and whose company determines who may write it.

    Odoo checks record rules before a write, not after it, so a user could move a record to a company where they may
    not create one. Records without a company apply to all companies and are reserved for administrators.
    """

    _name = "credit.commission.owned.mixin"
    _description = "Record with a Fixed Owner"

    #: path to the company; its first field never changes after creation
    _company_path = "company_id"
    #: other fields that never change
    _kept_fields = ()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        context = self.env.context
        defaults = {name: context.get(f"default_{name}") for name in self._fields}
        for vals in (defaults, *vals_list):
            self._refuse_no_number(vals)
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS 'base'
        self._refuse_no_number(vals)
        self._refuse_new_owner(vals)
        result = super().write(vals)
        self.check_access("write")
        return result

    # === BUSINESS METHODS === #

    @api.model
    def _get_owner_fields(self):
        """Names of the fields that determine the owner."""
        return {self._company_path.partition(".")[0], *self._kept_fields}

    def _refuse_new_owner(self, vals):
        """:raise AccessError: if a user would change the owner"""
        if self.env.su:
            return
        for name in self._get_owner_fields() & vals.keys():
            if any(record[name].id != (vals[name] or False) for record in self.sudo()):
                raise AccessError(
                    self.env._(
                        '"%(field)s" of %(records)s cannot be changed. Archive or delete the record and create another one.',
                        field=self._fields[name]._description_string(self.env),
                        records=", ".join(self.sudo().mapped("display_name")),
                    )
                )

    def _refuse_no_number(self, vals):
        """:raise UserError: for "nan" and "inf", which a request may contain and which pass every comparison"""
        for name, value in vals.items():
            if value and not self._is_number(name, value):
                raise UserError(
                    self.env._(
                        'Enter a number in "%s".', self._fields[name]._description_string(self.env)
                    )
                )

    @api.model
    def _is_number(self, name, value):
        """Whether the value of a numeric field is a finite number."""
        if name not in self._fields or self._fields[name].type not in ("float", "monetary"):
            return True
        try:
            return math.isfinite(float(value))
        except (TypeError, ValueError):
            return False

    def _check_access(self, operation):
        # EXTENDS 'base': only administrators write records that apply to all companies
        result = super()._check_access(operation)
        if result or operation == "read" or self.env.user.has_group("base.group_system"):
            return result
        if shared := self.filtered(lambda record: record._is_shared()):
            return shared, shared._make_shared_error
        return None

    def _is_shared(self):
        """Whether the record applies to all companies."""
        return bool(self.id) and not self.sudo().mapped(self._company_path)

    def _make_shared_error(self):
        return AccessError(
            self.env._(
                "%s applies to all companies, so only administrators can change it. Create a record for your own company, or ask an administrator.",
                ", ".join(self.sudo().mapped("display_name")),
            )
        )
