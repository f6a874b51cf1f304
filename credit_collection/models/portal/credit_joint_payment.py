from base64 import b64encode
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from odoo import api, models
from odoo.addons.account.tools import (
    format_structured_reference_iso,
    is_valid_structured_reference,
)
from odoo.tools.image import image_data_uri
from odoo.tools.misc import hash_sign, verify_hash_signed

from ...qr_picture import draw
from ...rules import epc

_SCOPE = "credit_collection.joint_payment"


@dataclass(frozen=True)
class JointPayment:
    """Items in one currency that are paid at once, credits deducted."""

    customer: models.BaseModel
    company: models.BaseModel
    currency: models.BaseModel
    items: models.BaseModel
    amount: float
    reference: str
    bank: models.BaseModel


class CreditJointPayment(models.AbstractModel):
    """One payment for all that a reminder or a statement names: its link, its reference and its QR code.

    Called as the system. Late charges are invoiced by themselves and not part of it. Amounts are in the currency of the items.
    """

    _name = "credit.joint.payment"
    _description = "Payment of Several Items at Once"

    # === WHAT IS PAID === #

    @api.model
    def _read_notice(self, notice):
        """What is still open of a reminder: what it claims, less what was paid since.

        :rtype: list[JointPayment]
        """
        lines = notice.line_ids.filtered(lambda line: not line.cancelled and line.item_id)
        disputed = self.env["credit.customer.account"]._read_disputed(lines.item_id)
        parts = {}
        for line in lines:
            claimed, left = line.amount_currency, line.item_id.amount_residual_currency
            free = max(left - disputed.get(line.item_id.id, 0.0), 0.0)
            parts[line.item_id] = min(claimed, free) if claimed > 0 else max(claimed, left)
        banks = notice._get_bank_accounts()[:1]
        return self._join(notice.partner_id, notice.company_id, parts, banks, f"N{notice.id}")

    @api.model
    def _read_account(self, customer, company, overdue=False):
        """What is open on the account of a customer, or overdue and not disputed alone; credits deducted.

        :rtype: list[JointPayment]
        """
        company = company.root_id
        today = company._get_credit_today()
        statements = self.env["credit.statement"]
        lines = [
            line
            for account in statements._read(customer, company, today)[customer].accounts
            for line in account.lines
            if not overdue or line.balance < 0 or line.count_days_late(today)
        ]
        items = self.env["account.move.line"].browse([line.item_id for line in lines])
        disputed = self.env["credit.customer.account"]._read_disputed(items) if overdue else {}
        parts = {
            item: max(line.balance - disputed.get(item.id, 0.0), min(line.balance, 0.0))
            for item, line in zip(items, lines, strict=True)
        }
        banks = statements._get_bank_accounts(company)
        return self._join(customer, company, parts, banks, f"C{customer.id}")

    @api.model
    def _read_statement(self, customer, company, account, bank):
        """What a statement names in a currency, without reading anything again.

        :param account: of the statement
        :rtype: JointPayment
        """
        currency = self.env["res.currency"].browse(account.currency_id)
        items = self.env["account.move.line"].browse([line.item_id for line in account.lines])
        reference = format_structured_reference_iso(f"C{customer.id}").strip()
        amount = currency.round(account.closing)
        return JointPayment(customer, company, currency, items, amount, reference, bank)

    @api.model
    def _join(self, customer, company, parts, bank, number):
        """One payment for each currency in which something is left to pay.

        :param parts: ``{item: amount}``
        """
        found = defaultdict(dict)
        for item, part in parts.items():
            if not item.currency_id.is_zero(part):
                found[item.currency_id][item] = part
        joined = []
        for currency, mine in found.items():
            amount = currency.round(sum(mine.values()))
            if currency.compare_amounts(amount, 0) > 0:
                items = self.env["account.move.line"].union(*mine)
                reference = self._get_reference(items, number)
                joined.append(
                    JointPayment(customer, company, currency, items, amount, reference, bank)
                )
        return joined

    @api.model
    def _get_reference(self, items, number):
        """The structured reference of the only invoice, which the bank statement is matched by; else one of the whole."""
        single = items.move_id.payment_reference if len(items.move_id) == 1 else ""
        if single and is_valid_structured_reference(single):
            return single
        return format_structured_reference_iso(number).strip()

    # === QR CODE === #

    @api.model
    def _get_qr_text(self, joint):
        """What the code says (EPC069-12); empty where a SEPA transfer cannot pay it."""
        if not joint.bank or not epc.is_payable(joint.amount) or joint.currency.name != "EUR":
            return ""
        bank = joint.bank.sudo()
        asked = ("sct_qr", joint.amount, joint.currency, joint.customer, "", joint.reference)
        if bank._get_error_messages_for_qr("sct_qr", joint.customer, joint.currency):
            return ""
        if bank._check_for_qr_code_errors(*asked[:3], joint.customer, "", joint.reference):
            return ""
        return epc.payload(bank._get_qr_vals(*asked), joint.amount)

    @api.model
    def _get_qr(self, joint):
        """The picture of the code; empty where there is none."""
        text = self._get_qr_text(joint)
        return draw(text) if text else b""

    @api.model
    def _get_qr_uri(self, joint):
        """The picture as part of a document."""
        picture = self._get_qr(joint)
        return image_data_uri(b64encode(picture)) if picture else ""

    # === LINK === #

    @api.model
    def _get_link(self, company, *named):
        """The link to pay what is named: ``("notice", id)``, ``("account", customer id, company id)`` or ``("overdue", …)``.

        Empty where the company does not use links.
        """
        days = company.root_id.credit_collection_link_days
        if not days:
            return ""
        token = hash_sign(self.env, _SCOPE, named, expiration=timedelta(days))
        return f"{company.get_base_url()}/credit/pay/{token}"

    @api.model
    def _find(self, token):
        """The customer, the company and what is left to pay of a link; all empty if the link is not valid any more."""
        try:
            named = verify_hash_signed(self.env, _SCOPE, token)
        except ValueError:  # not a link of ours, or not copied completely
            named = None
        if not named:
            return self.env["res.partner"], self.env["res.company"], []
        if named[0] == "notice":
            notice = self.env["credit.followup.notice"].browse(named[1]).exists()
            joints = self._read_notice(notice) if notice else []
            return notice.partner_id, notice.company_id, joints
        customer = self.env["res.partner"].browse(named[1]).exists().commercial_partner_id
        company = self.env["res.company"].browse(named[2]).exists()
        if not customer or not company:
            return customer, company, []
        return customer, company, self._read_account(customer, company, named[0] == "overdue")
