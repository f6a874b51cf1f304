from odoo import fields, models
from odoo.exceptions import UserError, ValidationError


class CreditPaymentPlan(models.Model):
    """A plan that the customer reads and signs in the portal; name, moment, address and document are kept."""

    _name = "credit.payment.plan"
    _inherit = ["credit.payment.plan", "portal.mixin"]

    signature = fields.Image(readonly=True, copy=False, max_width=1024, max_height=1024)
    signed_by = fields.Char(readonly=True, copy=False)
    signed_on = fields.Datetime(readonly=True, copy=False)
    signed_ip = fields.Char(
        string="Signed From", readonly=True, copy=False, help="Internet address of the signatory"
    )

    def _compute_access_url(self):
        # EXTENDS 'portal'
        result = super()._compute_access_url()
        for plan in self:
            plan.access_url = f"/my/payment-plans/{plan.id}"
        return result

    def _get_decided_fields(self):
        # EXTENDS 'credit_collection': only the customer signs, only its action makes the debit note
        signed = {"signature", "signed_by", "signed_on", "signed_ip", "access_token"}
        return super()._get_decided_fields() | signed | {"debit_move_id"}

    def _get_report_base_filename(self):
        """File name of the agreement in the portal."""
        return self.name.replace("/", "-")

    # === ACTIONS === #

    def action_share_plan(self):
        """Send the customer the link to its plan."""
        self.ensure_one()
        self.check_access("write")
        if self.state == "draft":
            raise UserError(self.env._("Propose the plan first; then the customer can see it."))
        action = self.env["ir.actions.act_window"]._for_xml_id("portal.portal_share_action")
        context = {"active_id": self.id, "active_model": self._name}
        return {**action, "context": context}

    # === SIGNATURE === #

    def _has_to_be_signed(self):
        return self.state == "proposed" and not self.signature

    def _sign(self, name, signature, address, speaker):
        """The customer signs: the plan is agreed if a collector may grant it, else a manager still has to agree.

        :param signature: the image, in base 64
        :raise UserError: with a sentence for the customer
        """
        self.ensure_one()
        self._check_signable()
        if not name or not signature:
            raise UserError(self.env._("Enter your name and sign in the box."))
        try:
            self.write({"signature": signature})
        except (ValueError, TypeError) as error:  # not an image
            raise UserError(
                self.env._("The signature cannot be read. Please sign again.")
            ) from error
        self.write({"signed_by": name, "signed_on": fields.Datetime.now(), "signed_ip": address})
        if self._may_be_granted():
            self._agree(self.proposed_by)
        self._keep_agreement(speaker)

    def _check_signable(self):
        if not self._has_to_be_signed():
            raise UserError(self.env._("This plan does not wait for a signature any more."))
        try:
            self._check_adds_up()
        except ValidationError as error:
            raise UserError(
                self.env._(
                    "What you owe has changed since this plan was drawn up. Please ask us for a new one."
                )
            ) from error

    def _may_be_granted(self):
        """Whether a collector may grant the plan alone."""
        return not self._get_figures_beyond_margin()

    def _keep_agreement(self, speaker):
        """The signed document in the discussion of the plan, and the answer on top of the worklist."""
        self.env.flush_all()
        report = self.env["ir.actions.report"].with_context(lang=self.partner_id.lang)
        content, kind = report._render_qweb_pdf("credit_collection.report_payment_plan", self.ids)
        text = self.env._("Signed by %s", self.signed_by)
        self.message_post(
            body=text,
            attachments=[(f"{self._get_report_base_filename()}.{kind}", content)],
            author_id=speaker.contact.id,
            message_type="comment",
            subtype_xmlid="mail.mt_note",
        )
        answers = self.env["credit.customer.answer"]
        answers._log(speaker, answers._get_outcome("plan"), note=text, plan_id=self.id)
