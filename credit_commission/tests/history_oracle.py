"""Expected commissions by plain arithmetic on the current ledger: slow, and without the add-on's rules."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

SALES = ("out_invoice", "out_refund")


def exact(amount, places=2):
    """An Odoo number as a fraction."""
    return Fraction(Decimal(str(amount)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def cents(amount):
    """A fraction rounded half away from zero."""
    half = Fraction(1, 2) if amount >= 0 else -Fraction(1, 2)
    return Fraction(int(amount * 100 + half), 100)


def net_of(line):
    """A line's amount without taxes in the company's currency; a credit note at the exchange rate of its invoice."""
    move, deal = line.move_id, line.move_id.reversed_entry_id
    if (
        not deal
        or move.currency_id != deal.currency_id
        or move.currency_id == line.company_currency_id
    ):
        return -exact(line.balance)
    return cents(-exact(line.amount_currency) / Fraction(str(deal.invoice_currency_rate)))


class Oracle:
    """:param money: accounts of money; :param bank: those of them where it has arrived
    :param passing: accounts over which a debt may be passed on
    :param percents: rate by product
    """

    def __init__(self, env, money, bank, passing, percents, until):
        self.env = env
        self.money, self.bank, self.passing = money, bank, passing
        self.percents = percents
        self.until = until

    def earned(self, shares, plan, cleared=False):
        """Amount by person: the total of each document's rounded share.

        Credit notes of invoices partly settled without money take back less, by what was known when they counted:
        they are taken as entered.

        :param shares: ``(begin, percent, person of an invoice)`` of each share
        """
        self.given_up = self._find_given_up()
        lines = defaultdict(lambda: defaultdict(Fraction))
        whole = self._counted_whole()
        for item, amount in whole.items():
            move = self.env["account.move.line"].browse(item).move_id
            self._count(lines, move, amount / exact(move.amount_total_in_currency_signed), None)
        for item, ratio, kept in self._settled(whole, cleared):
            self._count(lines, item.move_id, ratio, kept)
        found = self._without_cancelled(lines)
        for line, amount in self._as_entered(plan):
            found[line] = found.get(line, Fraction(0)) + amount
        return self._add_up(found, shares)

    def _count(self, lines, move, ratio, kept):
        """Count a part of a document; credit notes taken as entered come later."""
        if not kept and move.reversed_entry_id in self.given_up:
            return
        for line in move.invoice_line_ids:
            lines[line][kept] += net_of(line) * ratio * self.percents[line.product_id] / 100

    def _settled(self, whole, cleared):
        """``(item, part of its document, partial that a credit note may cancel)`` of both sides of each partial."""
        for partial in self.env["account.partial.reconcile"].search([]):
            pair = partial.debit_move_id, partial.credit_move_id
            for item, other in (pair, pair[::-1]):
                if item.id in whole and not self._came_before(partial, item):
                    continue
                for ratio, kept in self._ratios(partial, item, other, cleared):
                    yield item, ratio, kept

    def _find_given_up(self):
        """Invoices partly settled without money, at least for a while."""
        rows = self.env["credit.commission.collection"].search([])
        return rows.filtered(lambda row: row.amount_lost or row.amount_discount).move_id

    def _as_entered(self, plan):
        """Entries for credit note lines of such invoices, except those on the invoice itself."""
        entries = self.env["credit.commission.entry"].search(
            [("plan_id", "=", plan.id), ("agent_id", "=", plan.agent_ids[0].id)]
        )
        for entry in entries.filtered("line_id"):
            row = entry.collection_id
            own = row.nature == "credit" and row.payment_move_id == entry.move_id.reversed_entry_id
            if entry.move_id.reversed_entry_id in self.given_up and not own:
                yield entry.line_id, exact(entry.exact_amount, 12)

    def _counted_whole(self):
        """``{item: amount}`` of credit notes logged in full while open, after the invoice was paid."""
        rows = self.env["credit.commission.collection"].search([("partial_id", "<", 0)])
        live = rows.filtered(lambda row: row.event != "undone") - rows.origin_id
        return {row.line_id.id: exact(row.amount) for row in live}

    def _came_before(self, partial, item):
        """Whether part of a credit note was used before the rest was logged in full."""
        rows = self.env["credit.commission.collection"]
        return rows.search_count([("partial_id", "=", partial.id), ("line_id", "=", item.id)])

    def _ratios(self, partial, item, other, cleared):
        """``(part of the document collected, partial that a credit note may cancel)`` of one side."""
        move, k = item.move_id, other.move_id
        if move.move_type not in SALES or item.account_id.account_type != "asset_receivable":
            return
        if move.state != "posted" or k.state != "posted":
            return
        total = exact(move.amount_total_in_currency_signed)
        sign = 1 if item.balance > 0 else -1
        in_currency = exact(
            partial.debit_amount_currency if sign > 0 else partial.credit_amount_currency
        )
        if k.move_type in SALES:
            own = move.reversed_entry_id == k or k.reversed_entry_id == move
            yield sign * in_currency / total, partial if own else None
            return
        if share := self._share(k, cleared, item.account_id):
            yield sign * cents(in_currency * share) / total, None
        yield from self._passed_on(partial, item, other, in_currency, sign, total, cleared)

    def _share(self, k, cleared, accounts):
        """The part of an entry that is money."""
        money = k.line_ids.filtered(lambda line: line.account_id in self.money)
        settled = k.line_ids.filtered(lambda line: line.account_id in accounts)
        debt = sum(exact(line.balance) for line in settled)
        if not money or not debt or (cleared and not self._has_arrived(money)):
            return 0
        return min(
            Fraction(1), max(Fraction(0), -sum(exact(line.balance) for line in money) / debt)
        )

    def _has_arrived(self, money):
        if all(line.account_id in self.bank for line in money):
            return True
        waiting = money.filtered(lambda line: line.account_id not in self.bank)
        others = waiting.matched_debit_ids.debit_move_id | waiting.matched_credit_ids.credit_move_id
        return all(line.reconciled for line in waiting) and any(
            line.account_id in self.bank for line in others.move_id.line_ids
        )

    def _passed_on(self, partial, item, other, in_currency, sign, total, cleared):
        """Payments at the end of chains of transfers."""
        for part in self._reached(other, sign, cleared, (), Fraction(1)):
            yield sign * in_currency * part / total, None

    def _reached(self, arrived, sign, cleared, seen, weight):
        """Parts of a debt paid behind the entry of an item; a transfer occurs once per chain."""
        entry = arrived.move_id
        if entry in seen or entry.move_type != "entry" or entry.state != "posted":
            return
        if seen and (share := self._share(entry, cleared, self.passing)):
            yield weight * share
        if any(line.account_id in self.money for line in entry.line_ids):
            return
        same = [line for line in entry.line_ids if line.balance * sign > 0]
        whole = sum(abs(exact(line.balance)) for line in same)
        for line in same:
            if line.account_id not in self.passing or line == arrived:
                continue
            for settled in line.matched_credit_ids if sign > 0 else line.matched_debit_ids:
                payer = settled.credit_move_id if sign > 0 else settled.debit_move_id
                part = weight * exact(settled.amount) / whole
                yield from self._reached(payer, sign, cleared, (*seen, entry), part)

    def _without_cancelled(self, lines):
        """Drop credit notes on their own invoice that cancel out."""
        sums = defaultdict(Fraction)
        for kept in lines.values():
            for partial, amount in kept.items():
                if partial:
                    sums[partial] += amount
        return {
            line: sum(amount for partial, amount in kept.items() if not partial or sums[partial])
            for line, kept in lines.items()
        }

    def _add_up(self, lines, shares):
        """Total of the lines of each document, rounded once per person."""
        documents, people = defaultdict(Fraction), defaultdict(Fraction)
        for line, amount in lines.items():
            documents[line.move_id] += amount
        for move, amount in documents.items():
            for begin, percent, person in shares:
                part = cents(amount * (begin + percent) / 100) - cents(amount * begin / 100)
                people[person(move.reversed_entry_id or move)] += part
        return {person: float(amount) for person, amount in people.items() if amount}
