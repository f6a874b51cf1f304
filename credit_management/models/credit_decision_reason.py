from odoo import fields, models


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

    def _get_all_names(self):
        """The name in every language that is in use."""
        languages = self.env["res.lang"].get_installed()
        return {self.with_context(lang=code).name for code, _name in languages} - {False}
