from odoo import http
from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.exceptions import ValidationError
from odoo.http import request

#: a payment that is on its way
_UNDER_WAY = ("pending", "authorized", "done")


class JointPaymentPage(PaymentPortal, PortalAccount):
    """All that a reminder, a statement or the portal names is paid at once, by the providers of Odoo or by a transfer.

    Odoo's own page of overdue invoices asks for a login, takes the invoices of one contact, and asks for their full amount.
    """

    @http.route(
        "/credit/pay/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        multilang=False,
    )
    def pay_jointly(self, token, currency_id=None, **_options):
        """What is left to pay, and the forms of the providers."""
        joint = request.env["credit.joint.payment"].sudo()
        customer, company, joints = joint._find(token)
        if customer.lang and request.env.user._is_public():
            request.update_context(lang=customer.lang)
            customer, company, joints = request.env["credit.joint.payment"].sudo()._find(token)
        chosen = self._choose_joint_payment(joints, currency_id)
        values = {
            "url": f"/credit/pay/{token}",
            "customer": customer,
            "company": company or request.env.company.sudo(),
            "is_valid": bool(customer),
            "joints": joints,
            "joint": chosen,
            "under_way": chosen and self._is_joint_payment_under_way(chosen),
        }
        if chosen:
            values["qr"] = joint._get_qr_uri(chosen)
            values |= self._get_joint_payment_values(chosen, token)
        page = request.render("credit_collection.joint_payment", values)
        page.headers["Referrer-Policy"] = "no-referrer"
        page.headers["X-Robots-Tag"] = "noindex"
        return page

    @http.route("/credit/pay/<string:token>/qr.png", type="http", auth="public", sitemap=False)
    def show_joint_code(self, token, **_options):
        """The QR code in an e-mail; of what is left to pay now."""
        joint = request.env["credit.joint.payment"].sudo()
        pictures = [joint._get_qr(one) for one in joint._find(token)[2]]
        picture = next(filter(None, pictures), b"")
        if not picture:
            raise request.not_found()
        headers = [("Content-Type", "image/png"), ("Cache-Control", "no-store")]
        return request.make_response(picture, headers)

    @http.route("/credit/pay/<string:token>/transaction", type="jsonrpc", auth="public")
    def start_joint_payment(self, token, currency_id, **kwargs):
        """Begin the payment of the whole; the amount is what is left to pay, whatever the browser says."""
        joints = request.env["credit.joint.payment"].sudo()._find(token)[2]
        chosen = next((one for one in joints if str(one.currency.id) == str(currency_id)), None)
        if not chosen:
            raise ValidationError(
                request.env._("Nothing is left to pay here. Reload the page to see your account.")
            )
        self._validate_transaction_kwargs(kwargs)
        kwargs["amount"] = chosen.amount
        kwargs["landing_route"] = f"/credit/pay/{token}"
        return self._process_transaction(
            self._get_joint_payer(chosen).id,
            chosen.currency.id,
            chosen.items.move_id.ids,
            chosen.reference.replace(" ", ""),
            **kwargs,
        )

    def _choose_joint_payment(self, joints, currency_id):
        """The payment in the currency that was asked for, else the first."""
        asked = [one for one in joints if str(one.currency.id) == str(currency_id)]
        return next(iter(asked + joints), None)

    def _get_joint_payer(self, chosen):
        user = request.env.user
        return chosen.customer if user._is_public() else user.partner_id

    def _is_joint_payment_under_way(self, chosen):
        """Whether a payment of one of them has begun, so that nobody pays twice."""
        transactions = chosen.items.move_id.transaction_ids
        return any(
            one.state in _UNDER_WAY and not one.payment_id.is_matched for one in transactions
        )

    def _get_joint_payment_values(self, chosen, token):
        """What Odoo's form of payment needs."""
        url = f"/credit/pay/{token}"
        values = self._get_common_page_view_values(
            {
                "partner": chosen.customer,
                "company": chosen.items.company_id[:1],
                "total_amount": chosen.amount,
                "currency": chosen.currency,
                "amount_residual": chosen.amount,
                "payment_reference": chosen.reference,
                "landing_route": url,
                "transaction_route": f"{url}/transaction?currency_id={chosen.currency.id}",
            }
        )
        return values | {"amount": chosen.amount}
