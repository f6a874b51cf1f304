from odoo import api, models
from odoo.exceptions import UserError


class CreditHeldError(UserError):
    """A document would be held, and what is being done to it cannot go on.

    :param verdicts: ``{document: Assessment}``
    """

    def __init__(self, message, verdicts):
        super().__init__(message)
        self.verdicts = verdicts


class CreditDocumentMixin(models.AbstractModel):
    """A document that the gate judges, holds and releases.

    The model is a ``mail.thread`` and has ``credit_hold_ids``, whose inverse is the hold's link to it. It answers
    :meth:`_get_credit_request`, :meth:`_get_credit_requesters`, :meth:`_get_passed_domain` and
    :meth:`_confirm_released`, and the others where it differs.
    """

    _name = "credit.document.mixin"
    _description = "Document Subject to Credit"
    _inherit = ["credit.derived.mixin"]

    # === WHAT A DOCUMENT ANSWERS === #

    def _get_credit_request(self):
        """What the document asks of its customer's credit.

        :rtype: CreditRequest
        """
        raise NotImplementedError

    def _get_credit_requesters(self):
        """Users who sell or wrote the document: none of them decides its hold."""
        return self.env["res.users"]

    @api.model
    def _get_passed_domain(self):
        """Domain of the documents that went through.

        :rtype: Domain
        """
        raise NotImplementedError

    def _confirm_released(self):
        """Do what the hold put off; the caller has ``sudo``.

        :return: whether the document went through, or nothing of it was put off
        """
        return True

    def _get_credit_asked(self):
        """What a release must cover now; the company's currency."""
        return self._get_credit_request().amount

    def _get_credit_source(self):
        """The source of the exposure that contains the document already, or an empty text."""
        return ""

    def _get_held_request(self, hold):
        """What the document asks now, to see whether its hold still has a reason.

        :rtype: CreditRequest
        """
        return self._get_credit_request()

    def _get_measured_request(self, hold):
        """What a release of the document would be measured by now.

        :rtype: CreditRequest
        """
        return self._get_held_request(hold)

    def _may_release_by_itself(self):
        """The policy may release it without anybody once its hold has no reason any more."""
        return True

    def _waits_for_confirmation(self):
        """The salesperson has to confirm it again once a release ended unused."""
        return False

    def _is_gone(self):
        """It went through or was given up behind the gate: its hold waits for nothing."""
        return False

    def _note_credit_decision(self, state):
        """Tell those who read the document and not the hold what was decided, without the reasons."""

    def _get_news_document(self):
        """Where the salesperson reads what became of the hold."""
        return self

    def _get_credit_salesperson(self):
        """Who sells the document."""
        return self.env["res.users"]

    def _filter_asked_for_credit(self):
        """Those about which there is something to ask."""
        return self

    def _filter_free(self, requests):
        """Those that are not asked, as a release covers them.

        :param requests: ``{document: CreditRequest}``
        """
        return self.filtered(lambda document: document._get_credit_release(requests[document]))

    def _get_credit_covering(self):
        """Documents whose releases cover this one."""
        return self

    def _get_held_sentence(self):
        """What the one who pressed the button is told about the documents held."""
        return self.env._(
            "Held until credit control decides: %s. The reasons are on the document.",
            ", ".join(self.mapped("name")),
        )

    def _get_refusal_sentence(self, assessment):
        """Why something cannot go on that would pass by the gate, and what to do."""
        sentence = self.env._(
            "%(document)s would be held by credit control. Confirm it with its own button: it will then wait for a release.",
            document=self.name,
        )
        partner_id, company_id = assessment.request.customer
        if not self.env["res.partner"].sudo().browse(partner_id)._may_see_credit_summary():
            return sentence
        company = self.env["res.company"].browse(company_id)
        return f"{sentence}\n{self.env['credit.profile']._explain_verdict(assessment, company)}"

    def _note_hold(self, hold, is_new):
        """Say on the document that it is held: the reasons, with their figures, are for who may read the hold."""
        body = self.env._("Held by credit control. The reasons are on its credit hold.")
        self.sudo().message_post(body=body, subtype_xmlid="mail.mt_note")

    # === THE GATE === #

    def _credit_key(self):
        return self._name, self._origin.id or self.id

    def _hold_failing(self):
        """Judge the documents at the gate and hold those that fail.

        :return: the documents held
        """
        verdicts = self._judge_locked()
        held = self.filtered(lambda doc: doc in verdicts and verdicts[doc].verdict == "hold")
        for document in held:
            document._hold_for_credit(verdicts[document])
        (self - held).sudo().credit_hold_ids._cancel()
        return held

    def _judge_locked(self, counted=False):
        """``{document: Assessment}`` of those no release covers; files and documents are locked until the end.

        :param counted: whether our own figures contain the documents already
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
        """The verdict on a document that is held, or ``None``; files and document are locked until the end."""
        return self._judge_locked().get(self)

    def _hold_for_credit(self, assessment, **values):
        """Hold a document, with a note on it.

        :param values: of the hold, in place of what the assessment says
        :return: the hold
        """
        is_new = not self.sudo().credit_hold_ids._get_pending()
        hold = self.env["credit.hold"].sudo()._hold(self.sudo(), assessment, **values)
        self._note_hold(hold, is_new)
        return hold

    def _check_credit_passed(self, counted=False):
        """The second line: a document that goes through by another way than the gate is judged here.

        :raise CreditHeldError: where the gate would have held it
        """
        verdicts = self._filter_unpassed()._judge_locked(counted)
        held = {document: found for document, found in verdicts.items() if found.verdict == "hold"}
        if held:
            sentences = (document._get_refusal_sentence(found) for document, found in held.items())
            raise CreditHeldError("\n\n".join(sentences), held)

    def _filter_unpassed(self):
        """Those that did not pass the gate in this transaction, for this customer and no less than they ask now."""
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

        What was released before somebody held it by hand does not cover it any more.
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
        """What the one who pressed the button of a document that is held is told; the page is read again."""
        return self.env["credit.hold"]._get_notification(
            self.env._("On credit hold"), self._get_held_sentence()
        )

    # === ACTIONS === #

    @api.readonly
    def action_request_credit_release(self):
        """Ask for the release of the hold, with what speaks for it."""
        self.ensure_one()
        self.check_access("write")
        # who may not read the figures of a hold asks for its release all the same
        return self.sudo().credit_hold_ids._get_pending_of(self).action_open_request()
