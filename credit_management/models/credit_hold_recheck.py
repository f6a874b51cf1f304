import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import split_every
from psycopg2 import OperationalError

from .credit_hold import NEWS

_logger = logging.getLogger(__name__)

#: customers whose holds are checked again in one transaction of the scheduled job
_BATCH = 100


class CreditHold(models.Model):
    """Automatic changes of holds: check again, mark ready, release where the policy allows it, expire."""

    _inherit = "credit.hold"

    @api.model
    def _reassess_soon(self, partners=None):
        """Check pending holds of these customers again after this transaction, as something may have freed them.

        Costs one query at commit; the scheduled job does the rest.

        :param partners: commercial partners; all customers if not given
        """
        data = self.env.cr.precommit.data
        if "credit_management.reassess" not in data:
            data["credit_management.reassess"] = set()
            self.env.cr.precommit.add(self.sudo().browse()._trigger_reassessment)
        data["credit_management.reassess"].update([0] if partners is None else partners.ids)

    def _trigger_reassessment(self):
        partner_ids = self.env.cr.precommit.data.pop("credit_management.reassess", set())
        domain = Domain("state", "=", "pending")
        if 0 not in partner_ids:
            domain &= self._of_customers_domain(list(partner_ids))
        if partner_ids and self.search_count(domain, limit=1):
            self.env.ref("credit_management.ir_cron_reassess_holds")._trigger()

    def _of_customers_domain(self, partner_ids):
        """Domain of the holds of these commercial partners and of all customers who share a limit with one of them."""
        theirs = Domain("partner_id", "in", partner_ids)
        profiles = self.env["credit.profile"]
        if not profiles._has_groups():
            return theirs
        members = profiles.search([("partner_id", "in", partner_ids)])
        tops = {int(profile.parent_path.split("/")[0]) for profile in members}
        return theirs | Domain("profile_id", "child_of", list(tops))

    @api.model
    def _cron_reassess(self):
        """Check pending holds again, some customers at a time, those checked longest ago first."""
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count([("state", "=", "pending")]))
        groups = self._read_group(
            [("state", "=", "pending")], ["profile_id"], order="assessed_at:min"
        )
        for profiles in split_every(_BATCH, [profile.id for [profile] in groups]):
            domain = [("state", "=", "pending"), ("profile_id", "in", profiles)]
            holds = self.search(domain, order="id").try_lock_for_update()
            ready = holds._reassess()
            left = cron._commit_progress(len(holds))
            for customer in ready._get_releasable().grouped("profile_id").values():
                customer._release_ready()
                left = cron._commit_progress()
            if not left:
                break

    def _reassess(self):
        """Check pending holds with their documents as they are now, each including those before it that would pass.

        :return: those that are ready
        """
        self.write({"assessed_at": fields.Datetime.now()})
        documents = {hold: document for hold in self if (document := hold._get_document())}
        gone = self.filtered(lambda hold: hold in documents and documents[hold]._is_gone())
        gone._cancel()
        requests = {
            hold: document._get_held_request(hold)
            for hold, document in documents.items()
            if hold not in gone
        }
        verdicts = self.env["credit.profile"]._assess(
            list(requests.values()), self.env["res.company"]._get_credit_today()
        )
        ready = self.filtered(
            lambda hold: hold in requests and verdicts[requests[hold]].verdict != "hold"
        )
        ready.filtered(lambda hold: not hold.ready)._set_ready(True)
        (self - gone - ready).filtered("ready")._set_ready(False)
        return ready

    def _set_ready(self, ready):
        self.write({"ready": ready})
        for hold in self if not ready else self - self._get_releasable():
            if ready:
                hold._schedule_news("ready")
            else:
                hold._cancel_news()

    def _get_releasable(self):
        """Holds the policy releases automatically once ready; never manual ones."""
        return self.filtered(
            lambda hold: (
                hold.profile_id.effective_policy_id.auto_release
                and (document := hold._get_document())
                and document._may_release_by_itself()
            )
        )

    def _release_ready(self):
        """Release ready holds of one customer through the gate, one by one; the caller commits."""
        for hold in self:
            try:
                with self.env.cr.savepoint():
                    hold._release_through_gate()
            except (OperationalError, UserError) as error:
                # the gate did not get its lock in time, and says so in a sentence
                if any(isinstance(e, OperationalError) for e in (error, error.__cause__)):
                    self.env.cr.rollback()
                    _logger.info("%s is in use, the next run finds it again", hold)
                    return
                hold._notify_stuck(error)

    def _release_through_gate(self):
        document = self._get_document()
        assessment = document._judge_held_locked(self)
        if not assessment or assessment.verdict == "hold":
            return
        values = {
            "released_amount": document._get_credit_asked(),
            "released_until": self._get_last_day(),
        }
        self._decide("released", self.env._("The reasons no longer apply."), values)
        if words := self._confirm_document():
            raise UserError(words)

    def _notify_stuck(self, error):
        """Notify the salesperson once that something other than the gate stops the document."""
        if not self._get_news_document().activity_search([NEWS]):
            self._schedule_news("ready")
            self.message_post(
                body=self.env._(
                    "The reasons no longer apply, but it could not be confirmed: %s", error
                ),
                subtype_xmlid="mail.mt_note",
            )

    # === EXPIRY === #

    @api.model
    def _passed_domain(self):
        """Domain of holds whose document went through.

        :rtype: Domain
        """
        return Domain.OR(
            Domain(field, "any", self.env[model]._get_passed_domain())
            for model, field in self._document_fields().items()
        )

    @api.model
    def _cron_expire(self):
        """Expire releases whose last day is over and whose document has not gone through."""
        over = Domain("state", "=", "released")
        over &= Domain("released_until", "<", self.env["res.company"]._get_credit_today())
        over &= ~self._passed_domain()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(over))
        while holds := self.search(over, limit=_BATCH):
            holds._expire()
            if not cron._commit_progress(len(holds)):
                break

    def _expire(self):
        self.write({"state": "expired"})
        for hold in self:
            hold.message_post(
                body=self.env._("The release expired without being used."),
                subtype_xmlid="mail.mt_note",
            )
            if (document := hold._get_document()) and document._waits_for_confirmation():
                hold._schedule_news("expired")
