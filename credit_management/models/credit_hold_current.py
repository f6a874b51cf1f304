from odoo import api, fields, models

from ..rules import measure_releases

_CREDIT = "credit_management.group_credit_user"


class CreditHold(models.Model):
    """Current figures, shown next to those of the day the document was held."""

    _inherit = "credit.hold"

    current_amount = fields.Monetary(
        string="Amount Now", compute="_compute_current", compute_sudo=True, groups=_CREDIT
    )
    current_exposure = fields.Monetary(
        string="Exposure Now", compute="_compute_current", compute_sudo=True, groups=_CREDIT
    )
    current_credit_limit = fields.Monetary(
        string="Credit Limit Now", compute="_compute_current", compute_sudo=True, groups=_CREDIT
    )
    current_excess = fields.Monetary(
        string="Excess Now", compute="_compute_current", compute_sudo=True, groups=_CREDIT
    )
    current_overdue = fields.Monetary(
        string="Overdue Now", compute="_compute_current", compute_sudo=True, groups=_CREDIT
    )
    current_oldest_due_days = fields.Integer(
        string="Oldest Overdue Now (days)",
        compute="_compute_current",
        compute_sudo=True,
        groups=_CREDIT,
    )
    current_authority_id = fields.Many2one(
        "credit.authority",
        string="Authority Needed Now",
        compute="_compute_current",
        compute_sudo=True,
        groups=_CREDIT,
    )
    payment_habit = fields.Char(related="profile_id.payment_habit", groups=_CREDIT)
    payment_delay = fields.Float(related="profile_id.payment_delay", groups=_CREDIT)
    policy_release_until = fields.Date(
        string="Valid Until",
        compute="_compute_policy_release_until",
        help="Last day of a release granted today under the policy",
    )

    @api.depends("state", "amount", "exposure", "excess", "credit_limit")
    @api.depends_context("tz")
    def _compute_current(self):
        measured = self._get_pending()._measure_now()
        for hold in self:
            hold._set_current(measured.get(hold))

    @api.depends("profile_id")
    @api.depends_context("tz")
    def _compute_policy_release_until(self):
        for hold in self:
            hold.policy_release_until = hold._get_last_day()

    def _measure_now(self):
        """Figures of each hold's release now, each on its own. Read-only, without locks.

        :return: ``{hold: Assessment}`` of documents that exist
        """
        requests = {
            hold: document._get_held_request(hold, whole=True)
            for hold in self
            if (document := hold._get_document())
        }
        positions = self.env["credit.profile"]._read_positions(
            {request.customer for request in requests.values()},
            self.env["res.company"]._get_credit_today(),
        )
        return {
            hold: measure_releases([(request, request.amount)], positions)[0]
            for hold, request in requests.items()
        }

    def _set_current(self, measured):
        """Set the current figures; decided holds and those without a document have none."""
        position = measured and measured.position
        self.current_amount = measured and measured.request.amount
        self.current_exposure = position and position.exposure
        self.current_credit_limit = position and position.credit_limit
        self.current_excess = measured and measured.excess
        self.current_overdue = position and position.overdue
        self.current_oldest_due_days = position and position.oldest_due_days
        self.current_authority_id = measured and self._get_authorities(measured)[:1]
