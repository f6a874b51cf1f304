from odoo import fields, models
from odoo.tools import formatLang

from ..rules import assess, excess_over


class AccountMove(models.Model):
    _inherit = "account.move"

    _credit_exposure_idx = models.Index(
        "(commercial_partner_id) INCLUDE (company_id, amount_total_signed, invoice_date_due, id)"
        " WHERE state = 'draft' AND move_type IN ('out_invoice', 'out_receipt') AND amount_total_signed > 0"
    )

    # EXTENDS 'account': the form of an invoice counts its payments, which salespeople may not read; without the number
    # it does not open for them, neither from our lists nor from an order
    payment_count = fields.Integer(compute_sudo=True)

    def _post(self, soft=True):
        # EXTENDS 'account': held invoices stay drafts; payments and credit notes may free a hold, invoices do not
        today = self.company_id._get_credit_today()
        due = self.filtered(lambda move: not soft or (move.date or today) <= today)
        posted = super(AccountMove, self - due._hold_failing())._post(soft)
        credits_ = posted.filtered(lambda move: move.move_type in ("entry", "out_refund"))
        if customers := credits_.line_ids.filtered(lambda line: line.balance < 0).partner_id:
            self.env["credit.hold"]._reassess_soon(customers.commercial_partner_id)
        return posted

    def _build_credit_warning_message(
        self, record, current_amount=0.0, exclude_current=False, exclude_amount=0.0
    ):
        # EXTENDS 'account': without a policy Odoo's warning stays. Orders show their own verdict, and a saved draft
        # invoice already counts as exposure
        customer = record.partner_id.commercial_partner_id
        company = record.company_id.root_id
        position = customer and self._get_credit_summary(customer, company)
        if not customer or not position.policy.rules:
            return super()._build_credit_warning_message(
                record, current_amount, exclude_current, exclude_amount
            )
        if record._has_own_verdict():
            return ""
        amount = 0.0 if record._origin else current_amount - exclude_amount
        if not excess_over(position.credit_limit, position.exposure, amount, position.rounding):
            return ""
        return self.env._(
            "%(customer)s is over its credit limit of %(limit)s.",
            customer=customer.name,
            limit=formatLang(self.env, position.credit_limit, currency_obj=company.currency_id),
        )

    def _get_alerts(self):
        # EXTENDS 'account': the verdict of the credit policy on a draft invoice
        alerts = super()._get_alerts()
        if self.state == "draft" and self.move_type == "out_invoice" and self.commercial_partner_id:
            if warning := self._get_credit_warning():
                alerts["credit_management"] = {"level": "warning", "message": warning}
        return alerts

    def _get_credit_warning(self):
        """Reasons of the policy's invoice rules; a warning only, as what was delivered is invoiced in any case."""
        company = self.company_id.root_id
        position = self._get_credit_summary(self.commercial_partner_id, company)
        if not any(rule.checkpoint == "invoice" for rule in position.policy.rules):
            return ""
        profiles = self.env["credit.profile"].sudo()
        request = profiles._request(
            self.commercial_partner_id,
            company,
            self.amount_total_signed,
            checkpoint="invoice",
            payment_days=self.invoice_payment_term_id._get_credit_days(),
        )
        counted = self._origin and "draft_invoice" in position.policy.sources
        assessment = assess(request, position.less(request) if counted else position)
        return profiles._explain_verdict(assessment, company)

    def _get_credit_summary(self, customer, company):
        """:rtype: Position"""
        key = (customer._origin.id or customer.id, company.id)
        today = self.company_id._get_credit_today()
        return self.env["credit.position"].sudo()._read_positions({key}, today)[key]
