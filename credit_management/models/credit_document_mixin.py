from dataclasses import replace

from odoo import api, models
from odoo.exceptions import UserError


class CreditHeldError(UserError):
    """Raised where a document would be held and the operation cannot continue.

    :param verdicts: ``{document: Assessment}``
    """

    def __init__(self, message, verdicts):
        super().__init__(message)
        self.verdicts = verdicts


class CreditDocumentMixin(models.AbstractModel):
    """A document that the gate checks, holds and releases.

    The model inherits ``mail.thread`` and ``mail.activity.mixin``, has ``company_id``, and ``credit_hold_ids``, whose
    inverse is the hold's link to it. It answers :meth:`_get_credit_request`, :meth:`_get_credit_requesters`,
    :meth:`_get_passed_domain` and :meth:`_confirm_released`, names its salesperson in ``_credit_salesperson_path``, and
    answers the others where it differs.
    """

    _name = "credit.document.mixin"
    _description = "Document Subject to Credit"
    _inherit = ["credit.derived.mixin"]

    #: path from the document to its salesperson, if it has one
    _credit_salesperson_path = ""

    # === WHAT A DOCUMENT ANSWERS === #

    def _get_credit_request(self):
        """The document as a request on its customer's credit.

        :rtype: CreditRequest
        """
        raise NotImplementedError

    def _get_credit_requesters(self):
        """Users who sell or wrote the document; none of them may decide its hold."""
        return self.env["res.users"]

    @api.model
    def _get_passed_domain(self):
        """Domain of the documents that went through.

        :rtype: Domain
        """
        raise NotImplementedError

    def _confirm_released(self):
        """Complete what the hold deferred; the caller has ``sudo``.

        :return: whether the document went through, or nothing was deferred
        """
        return True

    def _get_credit_asked(self):
        """Amount a release must cover now, in the company's currency."""
        return self._get_credit_request().amount

    def _get_credit_source(self):
        """The exposure source that already contains the document, or an empty text."""
        return ""

    def _get_held_request(self, hold, whole=False):
        """What its hold waits for, as the document is now; of the customer it is held for where it names none any more.

        :param whole: all of the document, where the hold is about its growth alone
        :rtype: CreditRequest
        """
        request = replace(self._get_credit_request(), source=self._get_credit_source())
        if all(request.customer):
            return request
        partner_id, company_id = hold.profile_id._get_customer()
        return replace(request, partner_id=partner_id, company_id=company_id)

    def _has_own_verdict(self):
        """The document shows what the gate would say: Odoo's own warning would say it twice."""
        return False

    def _may_release_by_itself(self):
        """Whether the policy may release it automatically once the reasons no longer apply."""
        return True

    def _waits_for_confirmation(self):
        """Whether the salesperson must confirm it again after a release expired unused."""
        return False

    def _is_gone(self):
        """Whether it went through or was abandoned in another way, so that its hold is pointless."""
        return False

    def _note_credit_decision(self, state):
        """Post the decision, without the reasons, for readers of the document who may not read the hold."""

    def _get_news_document(self):
        """The document on which the salesperson is told the outcome of the hold."""
        return self

    def _get_credit_salesperson(self):
        """The salesperson of the document."""
        path = self._credit_salesperson_path
        return self.mapped(path) if path else self.env["res.users"]

    def _get_credit_name(self):
        """What its hold and the messages call the document."""
        return (self._rec_name and self[self._rec_name]) or self.display_name

    def _filter_asked_for_credit(self):
        """The documents that need a check at all."""
        return self

    def _filter_free(self, requests):
        """The documents a release already covers, which are not checked.

        :param requests: ``{document: CreditRequest}``
        """
        return self.filtered(lambda document: document._get_credit_release(requests[document]))

    def _get_credit_covering(self):
        """Documents whose releases cover this one."""
        return self

    def _get_held_sentence(self):
        """The message to the user who pressed the button, about the documents held."""
        return self.env._(
            "Held until credit control decides: %s. The reasons are on the document.",
            ", ".join(document._get_credit_name() for document in self),
        )

    def _get_refusal_sentence(self, assessment):
        """Why an operation that bypasses the gate cannot continue, and what to do instead."""
        sentence = self.env._(
            "%(document)s would be held by credit control. Confirm it with its own button: it will then wait for a release.",
            document=self._get_credit_name(),
        )
        partner_id, company_id = assessment.request.customer
        if not self.env["res.partner"].sudo().browse(partner_id)._may_see_credit_summary():
            return sentence
        company = self.env["res.company"].browse(company_id)
        return f"{sentence}\n{self.env['credit.profile']._explain_verdict(assessment, company)}"

    def _note_hold(self, hold, is_new):
        """Post on the document that it is held; only those who may read the hold see reasons and figures."""
        body = self.env._("Held by credit control. The reasons are on its credit hold.")
        self.sudo().message_post(body=body, subtype_xmlid="mail.mt_note")

    # === THE GATE === #

    def _credit_key(self):
        return self._name, self._origin.id or self.id

    def _hold_failing(self):
        """Check the documents at the gate and hold those that fail.

        :return: the documents held
        """
        verdicts = self._judge_locked()
        held = self.filtered(lambda doc: doc in verdicts and verdicts[doc].verdict == "hold")
        for document in held:
            document._hold_for_credit(verdicts[document])
        (self - held).sudo().credit_hold_ids._cancel()
        return held

    def _judge_locked(self, counted=False):
        """``{document: Assessment}`` of those without a covering release; files and documents stay locked until commit.

        :param counted: whether this transaction's figures already include the documents
        """
        asked = self._filter_asked_for_credit()
        if not asked:
            return {}
        gate = self.env["credit.gate"].sudo()
        requests = {document: document._get_credit_request() for document in asked}
        free = asked._filter_free(requests)
        gate._remember_passed(requests[document] for document in free)
        judged = {document: requests[document] for document in asked - free}
        if not judged:
            return {}
        return gate._judge_locked(judged, self.company_id._get_credit_today(), counted)

    def _judge_held_locked(self, hold):
        """The verdict on a held document, or ``None``; files and document stay locked until commit."""
        return self._judge_locked().get(self)

    def _hold_for_credit(self, assessment, **values):
        """Hold the document and post a note on it.

        :param values: values of the hold that replace those of the assessment
        :return: the hold
        """
        is_new = not self.sudo().credit_hold_ids._get_pending()
        hold = self.env["credit.hold"].sudo()._hold(self.sudo(), assessment, **values)
        self._note_hold(hold, is_new)
        return hold

    def _check_credit_passed(self, counted=False):
        """Second line of defence: checks a document that goes through without passing the gate.

        :raise CreditHeldError: where the gate would have held it
        """
        verdicts = self._filter_unpassed()._judge_locked(counted)
        held = {document: found for document, found in verdicts.items() if found.verdict == "hold"}
        if held:
            sentences = (document._get_refusal_sentence(found) for document, found in held.items())
            raise CreditHeldError("\n\n".join(sentences), held)

    def _filter_unpassed(self):
        """Documents that did not pass the gate in this transaction for the same customer and at least the same
        amount."""
        passed = self.env["credit.gate"]._get_passed() if self else {}
        return self.filtered(
            lambda document: (
                document._credit_key() not in passed
                or not document._is_covered_by(passed[document._credit_key()])
            )
        )

    def _is_covered_by(self, passed):
        """:param CreditRequest passed: what passed the gate in this transaction"""
        request = self._get_credit_request()
        company = self.env["res.company"].browse(request.company_id)
        return (
            passed.customer == request.customer
            and company.currency_id.compare_amounts(request.amount, passed.amount) <= 0
        )

    def _get_credit_release(self, request=None):
        """The release that covers the document as it is now: customer, amount and last day.

        A release given before a manual hold no longer covers the document.
        """
        today = self.company_id._get_credit_today()
        releases = (
            self._get_credit_covering()
            .sudo()
            .credit_hold_ids.filtered(
                lambda hold: hold.state == "released" and hold.released_until >= today
            )
        )
        if not releases or self.sudo().credit_hold_ids._get_manual_reason():
            return releases.browse()
        request, asked = request or self._get_credit_request(), self._get_credit_asked()
        return releases.filtered(
            lambda hold: (
                (hold.partner_id.id, hold.company_id.id) == request.customer
                and hold.currency_id.compare_amounts(asked, hold.released_amount) <= 0
                and request.manual in ("", hold.manual_reason)
            )
        )[:1]

    def _get_held_notification(self):
        """Notification for the user who pressed the button of a held document; reloads the page."""
        return self.env["credit.hold"]._get_notification(
            self.env._("On credit hold"), self._get_held_sentence()
        )

    # === ACTIONS === #

    @api.readonly
    def action_request_credit_release(self):
        """Open the form to request a release."""
        self.ensure_one()
        self.check_access("write")
        # a user who may not read the figures of a hold can still request its release
        return self.sudo().credit_hold_ids._get_pending_of(self).action_open_request()
