from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditDecisionReason(models.Model):
    """Why something was granted or refused, chosen from a list so that decisions can be analysed by reason."""

    _name = "credit.decision.reason"
    _description = "Credit Decision Reason"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    for_grant = fields.Boolean(
        string="Releases and Approvals", help="Offered when a hold is released or a limit approved"
    )
    for_refusal = fields.Boolean(
        string="Refusals", help="Offered when a release or a limit is refused"
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        """Decisions are analysed by reason for as long as they are kept."""
        for model, name in self._find_uses():
            decided = self.env[model].sudo().with_context(active_test=False)
            used = decided.search([(name, "in", self.ids)], limit=1)
            if used:
                raise UserError(
                    self.env._(
                        '"%s" is the reason of decisions already taken. Archive it instead of deleting it.',
                        used[name].name,
                    )
                )

    def _find_uses(self):
        """Pairs of model and field of the stored references to a reason."""
        return [
            (model._name, field.name)
            for model in self.env.values()
            if not model._abstract and not model._transient
            for field in model._fields.values()
            if field.comodel_name == self._name and field.type == "many2one" and field.store
        ]

    def _get_all_names(self):
        """The name in every language that is in use."""
        languages = self.env["res.lang"].get_installed()
        return {self.with_context(lang=code).name for code, _name in languages} - {False}
