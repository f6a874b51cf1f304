from odoo import api, models
from odoo.exceptions import AccessError


class CreditOwnedMixin(models.AbstractModel):
    """A record that cannot change owner, and that only users of its company may write.

    Odoo checks record rules before a write, not after it, so a user could move a record to a company in which they may
    not create one. A record without a company applies to every company, so only administrators may write it.
    """

    _name = "credit.owned.mixin"
    _description = "Record Tied to Its Owner"
    _inherit = ["credit.number.mixin"]

    #: path to the company; its first field cannot change after creation
    _company_path = "company_id"
    #: other fields that cannot change
    _kept_fields = ()

    def write(self, vals):
        self._refuse_new_owner(vals)
        result = super().write(vals)
        self.check_access("write")
        return result

    @api.model
    def _get_owner_fields(self):
        """Names of the fields that identify the owner."""
        return {self._company_path.partition(".")[0], *self._kept_fields}

    def _refuse_new_owner(self, vals):
        """:raise AccessError: if a user would move records to another owner"""
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

    def _check_access(self, operation):
        # EXTENDS 'base': only administrators write what applies to every company
        result = super()._check_access(operation)
        if result or operation == "read" or self.env.user.has_group("base.group_system"):
            return result
        if shared := self.filtered(lambda record: record._is_shared()):
            return shared, shared._make_shared_error
        return None

    def _is_shared(self):
        """Whether the record applies to every company."""
        return bool(self.id) and not self.sudo().mapped(self._company_path)

    def _make_shared_error(self):
        return AccessError(
            self.env._(
                "%s applies to every company, so only administrators can change it. Create a record for your own company instead, or ask an administrator.",
                ", ".join(self.sudo().mapped("display_name")),
            )
        )
