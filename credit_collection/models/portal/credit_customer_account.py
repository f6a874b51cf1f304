from dataclasses import dataclass

from odoo import api, models
from odoo.addons.credit_followup.rules.statement import Line
from odoo.tools import format_amount, format_date


@dataclass
class Row:
    """An open item as its customer sees it."""

    line: Line
    item: models.BaseModel
    days_late: int
    url: str
    status: str = ""
    tone: str = "secondary"
    #: whether the customer may still promise it alone, and the part that is not disputed yet
    may_promise: bool = False
    free: float = 0.0


@dataclass
class CurrencyAccount:
    """The open items in a currency, as their customer sees them."""

    currency: models.BaseModel
    rows: list[Row]
    total: float
    overdue: float
    ageing: tuple


class CreditCustomerAccount(models.AbstractModel):
    """The account of a customer as the customer sees it in the portal: open items, what is overdue, and what it answered.

    Called as the system, once the page has found out whose account it is.
    """

    _name = "credit.customer.account"
    _description = "Account as the Customer Sees It"

    @api.model
    def _read_accounts(self, customer, company):
        """The open items of a customer in a company and its branches, one account for each currency.

        :rtype: list[CurrencyAccount]
        """
        company = company.root_id
        today = company._get_credit_today()
        statement = self.env["credit.statement"]._read(customer, company, today)[customer]
        return [
            CurrencyAccount(
                currency=self.env["res.currency"].browse(account.currency_id),
                rows=self._get_rows(account.lines, today),
                total=account.closing,
                overdue=account.ageing.overdue,
                ageing=(*account.ageing.buckets, account.ageing.credits),
            )
            for account in statement.accounts
        ]

    @api.model
    def _count_open(self, customer, companies):
        """Number of open items of a customer."""
        statements = self.env["credit.statement"]
        return sum(
            len(account.lines)
            for company in companies
            for account in statements._read(customer, company, company._get_credit_today())[
                customer
            ].accounts
        )

    @api.model
    def _get_rows(self, lines, today):
        items = self.env["account.move.line"].browse([line.item_id for line in lines])
        engaged = self.env["credit.promise"]._read_engaged(items)
        disputed = self._read_disputed(items)
        spoken = self._read_spoken(items)
        rows = []
        for line, item in zip(lines, items, strict=True):
            row = Row(line, item, line.count_days_late(today), self._get_url(item.move_id))
            row.free = max(line.balance - disputed.get(item.id, 0.0), 0.0)
            row.may_promise = line.balance > 0 and item.id not in engaged and item.id not in spoken
            row.status, row.tone = self._get_status(row, engaged.get(item.id))
            rows.append(row)
        return rows

    @api.model
    def _get_url(self, move):
        """The page of the document, for who is logged in: no token is made by reading."""
        return move.access_url if move.is_sale_document(include_receipts=True) else ""

    @api.model
    def _read_disputed(self, items):
        """``{item id: disputed amount}`` in the currency of the item."""
        groups = self.env["credit.dispute.line"]._read_group(
            [("item_id", "in", items.ids), ("withheld", ">", 0)], ["item_id"], ["withheld:sum"]
        )
        return {item.id: amount for item, amount in groups}

    @api.model
    def _read_spoken(self, items):
        """Ids of the items that were promised before and not paid: the next promise is made with a person."""
        lines = self.env["credit.promise.line"].search_fetch(
            [("item_id", "in", items.ids), ("state", "in", ("broken", "partly"))], ["item_id"]
        )
        return set(lines.item_id.ids)

    @api.model
    def _get_status(self, row, answer):
        """What the customer is told of an item, and the colour of it."""
        if row.line.balance < 0:
            return self.env._("To your credit"), "success"
        if answer and answer._name == "credit.promise":
            day = format_date(self.env, answer.date)
            return self.env._("Promised for %s", day), "info"
        if answer:
            return self.env._("In a payment plan"), "info"
        currency = row.item.currency_id
        if currency.compare_amounts(row.free, row.line.balance) < 0:
            amount = format_amount(self.env, row.line.balance - row.free, currency)
            return self.env._("%s in dispute", amount), "warning"
        return (self.env._("Overdue"), "danger") if row.days_late else ("", "secondary")

    @api.model
    def _get_limit(self, customer, company):
        """``(limit, available)`` of a customer, formatted; empty unless the company shows it and there is one."""
        company = company.root_id
        if not company.credit_collection_portal_limit:
            return ()
        file = self.env["credit.profile"].search(
            [("partner_id", "=", customer.id), ("company_id", "=", company.id)]
        )
        if file.credit_mode != "limited":
            return ()
        amounts = (file.credit_limit, max(file.available, 0.0))
        return tuple(format_amount(self.env, amount, file.currency_id) for amount in amounts)

    @api.model
    def _read_plans(self, customer, company):
        """The payment plans of a customer, without drafts."""
        return self.env["credit.payment.plan"].search(
            [
                ("partner_id", "=", customer.id),
                ("company_id", "=", company.root_id.id),
                ("state", "not in", ("draft", "cancelled")),
            ]
        )
