import math

from odoo import api, models
from odoo.exceptions import UserError

#: what no amount comes to, and what a number may be before cents are lost; what an integer may be in the database
_LARGEST = {"float": 1e13, "monetary": 1e13, "integer": 2**31}


class CreditNumberMixin(models.AbstractModel):
    """Numbers that people type are numbers: neither "nan" nor "inf", nor so large that nothing can be computed."""

    _name = "credit.number.mixin"
    _description = "Numbers That People Type"

    #: only fields whose names begin so
    _numbers_prefix = ""

    @api.model_create_multi
    def create(self, vals_list):
        context = self.env.context
        defaults = {
            name: context[f"default_{name}"]
            for name in self._fields
            if f"default_{name}" in context
        }
        for vals in (defaults, *vals_list):
            self._refuse_no_number(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_no_number(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        # EXTENDS 'web': a form that is being filled in says so too
        self._refuse_no_number(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _refuse_no_number(self, vals):
        """:raise UserError: for what is no number, or one that is too large"""
        for name, value in vals.items():
            if value and name.startswith(self._numbers_prefix) and not self._is_number(name, value):
                raise UserError(
                    self.env._(
                        'Enter a number in "%s", of at most thirteen digits.',
                        self._fields[name]._description_string(self.env),
                    )
                )

    @api.model
    def _to_note(self, value):
        """The text that somebody gives an action; empty for anything that is no text."""
        return value.strip() if isinstance(value, str) else ""

    @api.model
    def _is_amount(self, value):
        """Whether what somebody gives an action is an amount."""
        typed = isinstance(value, int | float) and not isinstance(value, bool)
        return typed and abs(value) < _LARGEST["monetary"]

    @api.model
    def _is_number(self, name, value):
        """Whether a value does for its field, as far as that is one of numbers."""
        largest = name in self._fields and _LARGEST.get(self._fields[name].type)
        if not largest:
            return True
        try:
            return math.isfinite(float(value)) and abs(float(value)) < largest
        except (OverflowError, TypeError, ValueError):
            return False
