from odoo import api, models
from odoo.exceptions import UserError


class CreditAnswerPartMixin(models.AbstractModel):
    """A line of a promise, a plan or a dispute, locked together with its record."""

    _name = "credit.answer.part.mixin"
    _description = "Part of an Answer"
    _inherit = ["credit.owned.mixin", "credit.derived.mixin"]
    #: fields that only actions write
    _decided_fields = ()

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._refuse_correction()
        return parts

    def write(self, vals):
        self._refuse_correction()
        return super().write(vals)

    def unlink(self):
        self._refuse_correction()
        return super().unlink()

    @api.model
    def _get_derived_fields(self, creating):
        # EXTENDS 'credit_management': what follows from the item or the record, and what actions write, is never typed
        follows = {name for name, field in self._fields.items() if self._is_derived(field)}
        return super()._get_derived_fields(creating) | follows | set(self._decided_fields)

    def _refuse_correction(self):
        """:raise UserError: if a user changes the customer's response after it was recorded"""
        if self.env.su:
            return
        for part in self:
            answer = part._get_answer().sudo()
            if not answer._may_be_corrected():
                raise UserError(answer._explain_kept())

    def _get_answer(self):
        """The promise, plan or dispute of the part."""
        raise NotImplementedError
