from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import float_is_zero, formatLang

_ON_ACCOUNT = "credit_management_pos.on_account"


class PosOrder(models.Model):
    """Sales on a customer's account are checked by the gate; credit control is alerted if the till could not check."""

    _inherit = "pos.order"

    @api.model
    def get_credit_refusal(self, session_id, partner_id, amount):
        """Why the till may not charge an amount to a customer's account, without figures, or an empty text. Read-only.

        :param amount: in the currency of the session
        """
        session = self.env["pos.session"].browse(session_id)
        partner = self.env["res.partner"].browse(partner_id)
        session.check_access("read")
        partner.check_access("read")
        if not isinstance(amount, (int, float)) or not abs(amount) < float("inf"):
            raise UserError(self.env._("Enter the amount as a number."))
        company = session.company_id
        today = company._get_credit_today()
        amount = session.currency_id._convert(amount, company.root_id.currency_id, company, today)
        profiles = self.env["credit.profile"].sudo()
        days = self._get_credit_days(partner, company)
        request = profiles._request(partner.sudo(), company, amount, payment_days=days)
        if profiles._assess([request], today)[request].verdict != "hold":
            return ""
        return self.env._(
            "%s has no credit left for this sale. Take another form of payment, or ask credit control to raise the limit.",
            partner.sudo().commercial_partner_id.name,
        )

    @api.model
    def _get_credit_days(self, partner, company):
        """Days until payment, by the customer's own terms."""
        customer = partner.sudo().with_company(company)
        return customer.property_payment_term_id._get_credit_days()

    def action_pos_order_paid(self):
        # EXTENDS 'point_of_sale': checked at the end of the transaction, once it is known which orders it settles
        result = super().action_pos_order_paid()
        if self._get_amount_on_account() > 0:
            precommit = self.env.cr.precommit
            if _ON_ACCOUNT not in precommit.data:
                precommit.add(self.env["pos.order"].sudo()._alert_on_account)
            precommit.data.setdefault(_ON_ACCOUNT, set()).add(self.id)
        return result

    def _get_amount_on_account(self):
        """Amount charged to the customer's account, in the order's currency; 0.0 without a customer."""
        payments = self.sudo().payment_ids.filtered(
            lambda p: p.payment_method_id.type == "pay_later"
        )
        return sum(payments.mapped("amount")) if self.partner_id else 0.0

    @api.model
    def _alert_on_account(self):
        """Alert credit control if the gate would have held the sale: the till could not check, or was not stopped."""
        ids = self.env.cr.precommit.data.pop(_ON_ACCOUNT, ())
        profiles = self.env["credit.profile"]
        for order in self.browse(ids).exists():
            today = order.company_id._get_credit_today()
            amount = order._get_amount_on_account() / (order.currency_rate or 1.0)
            request = profiles._request(
                order.partner_id,
                order.company_id,
                amount,
                source=order._get_credit_source(),
                payment_days=self._get_credit_days(order.partner_id, order.company_id),
            )
            assessment = profiles._assess([request], today)[request]
            if assessment.verdict == "hold":
                order._alert_credit_control(assessment, amount)

    def _get_credit_source(self):
        """The exposure source that contains it: open session or invoice."""
        return "receivable" if self.account_move else "till_account"

    def _alert_credit_control(self, assessment, amount):
        company = self.company_id.root_id
        if float_is_zero(amount, precision_rounding=company.currency_id.rounding):
            return
        note = self.env._(
            "The till sold %(amount)s on account to %(customer)s (%(order)s). Credit control would have held this sale.",
            amount=formatLang(self.env, amount, currency_obj=company.currency_id),
            customer=self.partner_id.commercial_partner_id.name,
            order=self.name,
        )
        verdict = self.env["credit.profile"]._explain_verdict(assessment, company)
        summary = self.env._("Review the sale on account %s", self.name)
        self.env["credit.hold"]._schedule_alert(assessment, summary, note + "\n" + verdict)
