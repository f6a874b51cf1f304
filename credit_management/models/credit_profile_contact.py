from odoo import models
from odoo.exceptions import AccessError

from .credit_limit import DECISION_FIELDS


class CreditProfile(models.Model):
    """A customer that becomes a contact of another keeps its credit file, dormant until it buys in its own name again.

    So changing contacts, even temporarily, cannot shed a limit or status. Meanwhile the other customer buys: it takes
    over decisions where it has none, and always the more severe status.
    """

    _inherit = "credit.profile"

    def _check_may_rest(self):
        """:raise AccessError: for users who may not decide on credit, if there are decisions"""
        if self.env.user.has_group("credit_management.group_credit_manager"):
            return
        for profile in self.filtered(lambda profile: profile._is_remembered()):
            raise AccessError(
                self.env._(
                    "Credit control has made decisions about %(customer)s, so it cannot become a contact of %(other)s without a credit manager. Ask one to change the company.",
                    customer=profile.partner_id.name,
                    other=profile.partner_id.commercial_partner_id.name,
                )
            )

    def _is_remembered(self):
        """Whether the file contains something a customer could want to leave behind."""
        return bool(
            self._is_decided()
            or self.status != "normal"
            or self.insolvency_date
            or self.limit_ids.filtered(lambda limit: limit.state == "requested")
            or self.hold_ids._get_pending()
            or self.risk_class_id
            or self.policy_id
            or self.parent_id
            or self.child_ids
        )

    def _rest(self):
        """Make files dormant whose customers became contacts; decisions pass to the customer who buys now."""
        for profile in self:
            customer = profile.partner_id.commercial_partner_id
            kept = self._ensure(customer, profile.company_id)
            (kept | profile)._wait_for_lock()
            kept._take_over_decisions(profile)

    def _take_over_decisions(self, rested):
        """:param rested: the file of a new contact of this customer"""
        values = self._prepare_merged_vals(rested)
        granted = rested.limit_ids.filtered(lambda limit: limit.state == "approved")
        limits = granted.browse() if self._is_decided() else granted
        self.write(values)
        for limit in limits:
            plain = DECISION_FIELDS - {"requester_ids", "signature_ids"}
            decision = {name: limit[name] for name in plain}
            limit.copy({"profile_id": self.id, **limit._convert_to_write(decision)})
        self._mirror_limit()
        self.message_post(
            body=self.env._(
                "%(contact)s is now a contact of this customer. Its credit file is dormant until it buys in its own name again: %(decisions)s.",
                contact=rested.partner_id.name,
                decisions=rested._describe_decisions(),
            )
        )
