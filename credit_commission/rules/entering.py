"""From collections on document lines to entries: who earned how much.

Facts come in as :class:`Part`, entries go out as :class:`Entry`; nothing is read or written here. The same call serves real entries, expected commission on open invoices, and simulations.
"""

import datetime
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from .earning import CLEAN, HUNDRED, KEPT, ZERO, Ledger
from .periods import period_start
from .terms import Term, Terms

RATE = Decimal("0.0001")


class Part(NamedTuple):
    """One line of a document with one collection. Ids; line amounts in the company's currency.

    :param partial_id: the reconciliation, shared by both sides of a credit note and its invoice
    :param days_late: ``None`` if it is not a payment
    :param collected: part of the document's ``total``, taxes included, in its currency
    :param deal_id: the sale: the invoice of a credit note, otherwise the document itself
    :param is_own: a credit note on its own invoice, from either side
    :param part_id: order line paid by a down payment, or 0
    :param net: the line's amount without taxes, or its margin
    :param portion: number of fixed amounts the line earns
    :param facts: the facts that rules and shares use
    """

    collection_id: int
    date: datetime.date
    partial_id: int
    is_credit: bool
    days_late: int | None
    collected: Decimal
    total: Decimal
    move_id: int
    deal_id: int
    is_refund: bool
    is_own: bool
    sold_on: datetime.date
    partner_id: int
    seller_id: int | None
    line_id: int
    part_id: int
    net: Decimal
    portion: Decimal
    facts: tuple

    @property
    def ratio(self) -> Decimal:
        """The collected part of the document."""
        return self.collected / self.total


class Entry(NamedTuple):
    """What one person earned, or returned, through one collection on one line."""

    collection_id: int
    person_id: int
    rule_id: int
    agent_id: int
    partner_id: int
    move_id: int | None
    line_id: int | None
    order_part: int
    date: datetime.date
    period_start: datetime.date
    base: Decimal
    percent: Decimal
    share: Decimal
    share_begin: Decimal
    is_override: bool
    tier_factor: Decimal | None
    amount: Decimal
    exact_base: Decimal
    exact_amount: Decimal
    origin_id: int | None = None


class Earned(NamedTuple):
    """What a part earns under a term, exactly."""

    part: Part
    term: Term
    base: Decimal
    amount: Decimal
    tier_factor: Decimal | None
    period: datetime.date | None


class Original:
    """What an invoice earned under a rule, which sets rate, tier and period of its credit notes."""

    def __init__(self):
        self.base, self.amount, self.tier_base, self.period = ZERO, ZERO, None, None

    def add(self, base, amount, tier_base, period):
        """Add a payment of the invoice."""
        self.base += base
        self.amount += amount
        if tier_base is not None:
            self.tier_base = (self.tier_base or ZERO) + tier_base
        self.period = max(self.period or period, period)


class Entering:
    """Creates the entries of one plan.

    5 % of 10 000 net: three fifths paid, then the rest:

    >>> from .matching import Rule
    >>> from .shares import Share
    >>> making = Entering(Terms((Rule(1, percent=5.0),), (Share(4),), {4: 77}))
    >>> day, net, facts = datetime.date(2026, 1, 5), Decimal(10000), (0, 0, 0, 0, 0, 0, False)
    >>> def money(number, amount):
    ...     document = Decimal(amount), Decimal(12000), 9, 9, False, False, day, 3, None
    ...     return Part(number, day, number, False, 0, *document, 11, 0, net, Decimal(1), facts)
    >>> first, second = making.enter([money(1, 7200), money(2, 4800)])
    >>> str(first.base), str(first.amount), str(second.amount), first.person_id
    ('6000.00', '300.00', '200.00', 77)

    The first payment is undone:

    >>> [str(entry.amount) for entry in making.undo([(3, day, first, 501)])]
    ['-300.00']

    :param terms: what the plan pays
    :param length: length of its periods: ``month``, ``quarter`` or ``year``
    :param safety_days: days between the payment and the entry
    :param places: decimals of the company's currency
    """

    def __init__(self, terms: Terms, length="month", safety_days=0, places=2):
        self.terms = terms
        self.length = length
        self.wait = datetime.timedelta(safety_days)
        self.places = places
        self.ledger = Ledger(places)
        #: ``{(invoice, share, rule, reconciliation with a credit note or None): Original}``
        self.originals = defaultdict(Original)
        #: ``{invoice: part settled with money}``, if not all
        self.kept = {}
        self._starts = {}

    def enter(self, parts) -> list[Entry]:
        """Create the entries of collections, given in order. Reductions of a sale are processed first, so that they
        do not shift rounding. In each group, invoices come before the credit notes that take back what they earned.
        """
        groups = {(own, refund): [] for own in (True, False) for refund in (False, True)}
        for part in parts:
            if part.collected and part.total:
                groups[part.is_own, part.is_refund].append(part)
        refunds = groups[True, True] + groups[False, True]
        credited = {part.deal_id for part in refunds}
        earned = {
            key: [one for part in group for one in self._earn(part, credited)]
            for key, group in groups.items()
        }
        own = self._without_cancelled(earned[True, False] + earned[True, True])
        return self._post(own) + self._post(earned[False, False]) + self._post(earned[False, True])

    # === EXACT AMOUNTS === #

    def _earn(self, part, credited):
        """What a part earns for each person, exactly; stored for the credit notes of an invoice."""
        ratio, result = part.ratio, []
        base = (part.net * ratio).quantize(KEPT, ROUND_HALF_UP)
        for term in self.terms.of(part.facts, part.sold_on, part.days_late):
            if not (term.person or part.seller_id):
                continue
            if part.is_refund and part.deal_id != part.move_id:
                result.append(self._credit_back(part, term, base))
                continue
            amount = term.earned(part.net, part.portion, ratio).quantize(KEPT, ROUND_HALF_UP)
            result.append(Earned(part, term, base, amount, term.tier_factor, None))
            if part.move_id in credited:
                key = (
                    part.move_id,
                    term.share_id,
                    term.rule,
                    part.partial_id if part.is_credit else None,
                )
                tier_base = None if term.tier_factor is None else base * term.tier_factor
                self.originals[key].add(base, amount, tier_base, self._get_period(part.date))
        return result

    def _credit_back(self, part, term, base):
        """Take back a credit note at the rate and in the period of its invoice. If the invoice was partly settled
        without money, take back proportionally less.
        """
        partial = part.partial_id if part.is_own else None
        original = self.originals.get((part.deal_id, term.share_id, term.rule, partial))
        if not (original and original.base):
            amount = term.earned(part.net, part.portion, part.ratio).quantize(KEPT, ROUND_HALF_UP)
            return Earned(part, term, base, amount, term.tier_factor, None)
        if not part.is_own and part.deal_id in self.kept:
            base = (base * self.kept[part.deal_id]).quantize(KEPT, ROUND_HALF_UP)
        amount = (base * original.amount / original.base).quantize(KEPT, ROUND_HALF_UP)
        tier = original.tier_base
        factor = None if tier is None else tier / original.base
        return Earned(part, term, base, amount, factor, original.period)

    def _without_cancelled(self, earned):
        """Drop a credit note on its own invoice if both sides cancel out: nothing was earned or lost."""
        sums = defaultdict(lambda: [ZERO, ZERO])
        for one in earned:
            pair = sums[one.part.partial_id, one.term.share_id]
            pair[0] += one.base
            pair[1] += one.amount
        open_ = {
            key
            for key, pair in sums.items()
            if any(amount.quantize(CLEAN, ROUND_HALF_UP) for amount in pair)
        }
        return [one for one in earned if (one.part.partial_id, one.term.share_id) in open_]

    # === CENTS === #

    def _post(self, earned):
        """Create entries document by document, in the order of the collections."""
        groups = defaultdict(list)
        for one in earned:
            groups[one.part.collection_id, one.term.share_id].append(one)
        return [entry for group in groups.values() for entry in self._post_share(group)]

    def _post_share(self, group):
        """Create the entries of one collection for one share."""
        first, term = group[0].part, group[0].term
        lines = [(one.part.line_id, one.part.part_id) for one in group]
        changes = {line: (one.base, one.amount) for line, one in zip(lines, group, strict=True)}
        cents = self.ledger.post(
            first.move_id, term.share_id, changes, term.begin, term.share, term.on_top
        )
        return [self._make_entry(one, *cents[line]) for line, one in zip(lines, group, strict=True)]

    def _make_entry(self, one, base, amount):
        """The entry of one part, with its rounded base and amount."""
        part, term, exact_base, exact, tier_factor, period = one
        return Entry(
            part.collection_id,
            term.person or part.seller_id,
            term.rule,
            term.share_id,
            part.partner_id,
            part.move_id,
            part.line_id,
            part.part_id,
            part.date + self.wait,
            period or self._get_period(part.date),
            base,
            _rate(exact_base, exact, term),
            term.share,
            term.begin,
            term.on_top,
            tier_factor,
            amount,
            exact_base,
            exact,
        )

    def _get_period(self, day):
        """First day of the period of a payment, after the safety days."""
        start = self._starts.get(day)
        if not start:
            start = self._starts[day] = period_start(day + self.wait, self.length)
        return start

    # === WHAT IS UNDONE === #

    def undo(self, undone) -> list[Entry]:
        """Create entries that reverse others.

        :param undone: ``(id, date, entry, entry id)`` of each undone entry, in order; the ledger knows what was entered
        """
        groups = defaultdict(list)
        for id_, day, entry, origin in undone:
            key = id_, entry.move_id, entry.agent_id, entry.collection_id
            groups[key].append((day, entry, origin))
        return [
            entry for (id_, *_key), rows in groups.items() for entry in self._undo_share(id_, rows)
        ]

    def _undo_share(self, id_, rows):
        """What undoing one collection takes back from a share; a deleted line returns everything."""
        cents = {}
        if kept := [entry for _day, entry, _origin in rows if entry.line_id]:
            first = kept[0]
            cents = self.ledger.post(
                first.move_id,
                first.agent_id,
                {
                    (entry.line_id, entry.order_part): (-entry.exact_base, -entry.exact_amount)
                    for entry in kept
                },
                first.share_begin,
                first.share,
                first.is_override,
            )
        result = []
        for day, entry, origin in rows:
            gone = -entry.base, -entry.amount
            base, amount = cents.get((entry.line_id, entry.order_part), gone)
            result.append(
                entry._replace(
                    collection_id=id_,
                    date=max(day, entry.date),
                    base=base,
                    amount=amount,
                    exact_base=-entry.exact_base,
                    exact_amount=-entry.exact_amount,
                    origin_id=origin,
                )
            )
        return result


def _rate(base, amount, term):
    """The rate by which the base is multiplied."""
    if not base:
        return ZERO
    rate = HUNDRED * amount / base
    return (rate * term.share / HUNDRED if term.on_top else rate).quantize(RATE, ROUND_HALF_UP)
