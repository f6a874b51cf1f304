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
        """The balance less what was reconciled with it and is posted."""
        paid = line.matched_credit_ids.filtered(lambda m: m.credit_move_id.parent_state == "posted")
        used = line.matched_debit_ids.filtered(lambda m: m.debit_move_id.parent_state == "posted")
        return round(line.balance - sum(paid.mapped("amount")) + sum(used.mapped("amount")), 6)

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
                ("move_type", "in", ("out_invoice", "out_receipt")),
            ]
        )
        for draft in drafts:
            terms = draft.line_ids.filtered(lambda line: line.display_type == "payment_term")
            of_orders = draft.line_ids.filtered(
                lambda line: any(self._counts(order) for order in line.sale_line_ids.order_id)
            )
            ordered = sum(of_orders.mapped("price_total")) / draft.invoice_currency_rate
            amount = sum(terms.mapped("balance")) - draft.company_id.currency_id.round(ordered)
            self._add("draft_invoice", draft.partner_id, draft.company_id, max(amount, 0.0))

    # === ORDERS === #

    def _counts(self, order):
        negative = order.order_line.filtered(
            lambda line: line.price_total < 0 and not line.is_downpayment
        )
        drafts = order.order_line.invoice_lines.filtered(
            lambda line: line.parent_state == "draft" or line.move_id.move_type == "out_refund"
        )
        may_owe = order.amount_total > 0 or negative or drafts
        return order.state == "sale" and bool(may_owe) and not order.credit_closed

    def _is_uncertain(self, line):
        """Negative, and Odoo may never invoice what is not delivered of it."""
        on_delivery = line.product_id.invoice_policy == "delivery"
        return line.price_total < 0 and (line.product_uom_qty < 0 or on_delivery)

    def _read_orders(self):
        orders = self.env["sale.order"].search(
            [("partner_invoice_id", "in", self.partners.ids), ("state", "=", "sale")]
        )
        for order in orders.filtered(self._counts):
            for source, line, amount in self._share_out(order):
                key = self._add(source, order.partner_invoice_id, order.company_id, amount)
                if source == "ordered" and self._get_day(line) > self.horizon:
                    self.beyond[key] += amount

    def _share_out(self, order):
        """``(source, line, amount)`` in company currency: what is open of the order, without what is paid at the front and
        without what is negative at the end."""
        lines = order.order_line.filtered(lambda line: not line.display_type)
        goods = lines.filtered(lambda line: not line.is_downpayment or line.product_uom_qty)
        paid = {line: self._sum_posted(line, "price_total") for line in lines - goods}
        weight = sum(abs(line.price_total) for line in lines)
        spread = (order.amount_total - sum(lines.mapped("price_total"))) / weight if weight else 0.0
        parts = [
            (source == "ordered", self._get_day(line), line.id, source, line, amount)
            for line in goods
            for source, amount in self._get_open(line).items()
        ]
        parts += [
            (True, self._get_day(line), line.id, "ordered", line, -amount)
            for line, amount in paid.items()
            if amount < 0
        ]
        front = sum(amount for amount in paid.values() if amount > 0)
        length = sum(part[-1] * (1 + spread) for part in parts if part[-1] > 0)
        length += sum(part[-1] * (1 - spread) for part in parts if part[-1] < 0)
        end, reached = max(length, front), 0.0
        to_company = self._to_company(order)
        for *_rank, source, line, amount in sorted(parts, key=lambda part: part[:3]):
            if amount > 0:
                start, reached = reached, reached + amount * (1 + spread)
                before, after = (to_company(min(max(n, front), end)) for n in (start, reached))
                yield source, line, after - before

    def _to_company(self, order):
        round_ = order.company_id.currency_id.round
        return lambda amount: round_(amount / order.currency_rate)

    def _get_day(self, line):
        order = line.order_id
        promised = order.commitment_date
        return (promised or order.date_order + timedelta(line.customer_lead)).date()

    def _get_open(self, line):
        ordered, delivered = line.product_uom_qty, line.qty_delivered
        invoiced = self._sum_posted(line, "quantity")
        # what was credited is not invoiced again, unless an invoice for it is prepared
        once = sum(
            entry.quantity
            for entry in line.invoice_lines
            if entry.parent_state == "posted" and entry.move_id.move_type == "out_invoice"
        )
        prepared = line.invoice_lines.filtered(
            lambda entry: entry.parent_state == "draft" and entry.move_id.move_type == "out_invoice"
        )
        price = line.price_total / ordered if ordered else 0.0
        if line.product_id.invoice_policy == "order":
            delivered = min(delivered, ordered)
        elif self._is_closed_short(line):
            ordered = min(ordered, delivered)
        gone = max(delivered, invoiced)
        if self._is_uncertain(line):
            ordered = gone
        return {
            "delivered": price * max(delivered - (invoiced if prepared else once), 0.0),
            "ordered": price * max(ordered - gone, 0.0),
        }

    def _is_closed_short(self, line):
        """Goods of which nothing more will come: what was to be shipped is done or cancelled."""
        moves = line.move_ids if "move_ids" in line._fields else line.browse()
        states = set(moves.mapped("state"))
        return "done" in states and states <= {"done", "cancel"}

    def _sum_posted(self, line, name):
        return sum(
            -entry[name] if entry.move_id.move_type == "out_refund" else entry[name]
            for entry in line.invoice_lines
            if entry.parent_state == "posted"
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
