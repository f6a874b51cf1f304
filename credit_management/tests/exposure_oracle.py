"""Exposure recomputed in plain Python from the documents themselves: slow, obvious, without a line of our SQL."""

from collections import defaultdict
from datetime import timedelta


class Oracle:
    """What customers owe and will owe today, by source; ``customers`` are commercial partners.

    ``horizon``: what is delivered after this day is no exposure yet.
    """

    def __init__(self, customers, today, horizon):
        self.env = customers.env
        self.customers = customers
        self.today = today
        self.horizon = horizon
        self.beyond = defaultdict(float)
        self.amounts = defaultdict(lambda: defaultdict(float))
        self.receivables = defaultdict(list)
        domain = [("commercial_partner_id", "in", customers.ids)]
        self.partners = self.env["res.partner"].with_context(active_test=False).search(domain)
        self._read_ledger()
        self._read_drafts()
        self._read_orders()

    def _add(self, source, partner, company, amount):
        root = company.root_id
        key = partner.commercial_partner_id.id, root.id
        self.amounts[key][source] += root.currency_id.round(amount)
        return key

    # === LEDGER === #

    def _read_ledger(self):
        lines = self.env["account.move.line"].search(
            [("partner_id", "in", self.partners.ids), ("parent_state", "=", "posted")]
        )
        for line in lines:
            account = line.account_id
            if account.account_type == "asset_receivable" or account.doubtful_customers:
                left = self._get_left(line)
                key = self._add("receivable", line.partner_id, line.company_id, left)
                self.receivables[key].append((line.date_maturity or line.date, left))
            elif self._is_uncleared(line):
                self._add("uncleared", line.partner_id, line.company_id, self._get_left(line))

    def _get_left(self, line):
        """The balance less what was reconciled with it."""
        paid = sum(line.matched_credit_ids.mapped("amount"))
        used = sum(line.matched_debit_ids.mapped("amount"))
        return round(line.balance - paid + used, 6)

    def _is_uncleared(self, line):
        payment = line.move_id.origin_payment_id
        return (
            payment.payment_type == "inbound"
            and payment.partner_type == "customer"
            and payment.outstanding_account_id == line.account_id
            and line.account_id.reconcile
            and line.account_id.account_type != "asset_cash"
            and not payment.credit_cleared_date
        )

    def _read_drafts(self):
        drafts = self.env["account.move"].search(
            [
                ("partner_id", "in", self.partners.ids),
                ("state", "=", "draft"),
                ("move_type", "in", ("out_invoice", "out_refund")),
            ]
        )
        for draft in drafts:
            terms = draft.line_ids.filtered(lambda line: line.display_type == "payment_term")
            amount = sum(terms.mapped("balance"))
            self._add("draft_invoice", draft.partner_id, draft.company_id, amount)

    # === ORDERS === #

    def _read_orders(self):
        orders = self.env["sale.order"].search(
            [("partner_invoice_id", "in", self.partners.ids), ("state", "=", "sale")]
        )
        for order in orders.filtered(lambda order: order.amount_total > 0):
            for line in order.order_line.filtered(lambda line: not line.display_type):
                for source, amount in self._get_open(line).items():
                    amount = order.company_id.currency_id.round(amount / order.currency_rate)
                    key = self._add(source, order.partner_invoice_id, order.company_id, amount)
                    if source == "ordered" and self._get_day(line) > self.horizon:
                        self.beyond[key] += amount

    def _get_day(self, line):
        """When it is delivered; a down payment is taken off what comes last."""
        order = line.order_id
        lines = order.order_line if line.is_downpayment and not line.product_uom_qty else line
        promised = order.commitment_date
        return (promised or order.date_order + timedelta(max(lines.mapped("customer_lead")))).date()

    def _get_open(self, line):
        if line.is_downpayment and not line.product_uom_qty:
            still_open = line.order_id.invoice_status != "invoiced"
            return {"ordered": -self._sum_invoiced(line, "price_total") if still_open else 0.0}
        ordered, delivered = line.product_uom_qty, line.qty_delivered
        invoiced = self._sum_invoiced(line, "quantity")
        price = line.price_total / ordered if ordered else 0.0
        if line.product_id.invoice_policy == "order":
            delivered = min(delivered, ordered)
        elif self._is_closed_short(line) and delivered == invoiced:
            ordered = delivered
        gone = max(delivered, invoiced)
        return {
            "delivered": price * max(delivered - invoiced, 0.0),
            "ordered": price * max(ordered - gone, 0.0),
        }

    def _is_closed_short(self, line):
        """Goods of which nothing more will come: what was to be shipped is done or cancelled."""
        moves = line.move_ids if "move_ids" in line._fields else line.browse()
        states = set(moves.mapped("state"))
        return "done" in states and states <= {"done", "cancel"}

    def _sum_invoiced(self, line, name):
        return sum(
            -invoiced[name] if invoiced.move_id.move_type == "out_refund" else invoiced[name]
            for invoiced in line.invoice_lines
            if invoiced.move_id.state != "cancel"
        )

    # === RESULT === #

    def get_sources(self):
        """``{(partner id, company id): {source: amount}}`` without what is nothing."""
        found = {
            key: {
                source: round(amount, 2)
                for source, amount in sources.items()
                if abs(amount) > 0.004
            }
            for key, sources in self.amounts.items()
        }
        return {key: sources for key, sources in found.items() if sources}

    def get_figures(self, key):
        """Exposure, overdue and the days of its oldest item, of one customer."""
        exposure = sum(self.amounts[key].values()) - self.beyond[key]
        items = [(due, left) for due, left in self.receivables[key] if abs(left) > 0.004]
        overdue = sum(left for due, left in items if due < self.today or left < 0)
        oldest = min((due for due, left in items if due < self.today and left > 0), default=None)
        days = (self.today - oldest).days if oldest and overdue > 0.004 else 0
        return round(exposure, 2), round(max(overdue, 0.0), 2), days
