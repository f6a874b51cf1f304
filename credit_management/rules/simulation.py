"""Replays the past day by day: what would a policy have held?

The verdict is the gate's own, :func:`~.assessment.assess`; this module only rebuilds each customer's position on each
day. All amounts are in the root company's currency, taxes included. An order that would have been held was confirmed in
reality, so the replay continues with its actual invoice and payment.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import chain, count

from .assessment import CreditRequest, Position, assess
from .limits import GrantedLimit, limit_in_force

#: facts the replay knows for each day; rules that need others are left out
_REPLAYED = frozenset({"late_sums", "oldest_item_days", "payment_days"})

#: order of events within a day: postings come before that day's orders, except the invoices of these orders themselves,
#: which come with their order
_COMES, _FALLS_DUE, _IS_SETTLED, _IS_BILLED, _IS_ORDERED = range(5)


@dataclass(frozen=True)
class Item:
    """A receivable item: ``amount`` when posted, or still open when the replay begins; credits negative.

    ``settled`` are ``(day, amount)`` that reduced it, with the sign of ``amount``; ``move`` is its document.
    ``uncleared``: money waiting for the bank, which counts as exposure but is not a receivable.
    """

    item_id: int
    day: date
    due: date
    amount: float
    settled: tuple = ()
    move: int = 0
    uncleared: bool = False

    def left_on(self, day):
        """Amount still open at the end of a day.

        >>> item = Item(1, date(2026, 3, 1), date(2026, 3, 31), 100.0, ((date(2026, 3, 9), 60.0),))
        >>> item.left_on(date(2026, 3, 8)), item.left_on(date(2026, 3, 9))
        (100.0, 40.0)
        """
        return self.amount - sum(amount for paid_on, amount in self.settled if paid_on <= day)

    def as_money(self, cleared):
        """The item as money waiting for the bank, until matched or marked as cleared (``cleared``).

        >>> item = Item(1, date(2026, 3, 1), date(2026, 3, 1), 100.0, ((date(2026, 3, 9), 100.0),))
        >>> item.as_money(date(2026, 3, 5)).settled
        ((datetime.date(2026, 3, 5), 100.0),)
        """
        settled = self.settled
        if cleared:
            kept = tuple(part for part in settled if part[0] < cleared)
            settled = (*kept, (cleared, self.amount - sum(amount for _day, amount in kept)))
        return replace(self, uncleared=True, settled=settled)


@dataclass(frozen=True)
class Bill:
    """Amount of one posted invoice of an order, negative for a credit note.

    ``credited``: a credit note settled it, not a payment.
    """

    move: int
    day: date
    amount: float
    credited: bool = False


@dataclass(frozen=True)
class PastOrder:
    """An order as it was confirmed; ``request.amount`` is its total.

    ``paid`` was paid online with it and is not in the ledger as money on account; ``closed`` is the day of its last
    invoice if nothing is left to invoice; ``judged`` is false for orders from before the replay, which only count as
    open; before ``counts_from`` it is beyond the horizon and does not count.
    """

    request: CreditRequest
    at: datetime
    bills: tuple = ()
    closed: date | None = None
    paid: float = 0.0
    judged: bool = True
    counts_from: date = date.min

    @property
    def day(self):
        """The day on which it was confirmed."""
        return self.at.date()

    @property
    def bills_of_its_day(self):
        """Invoices dated on the day of confirmation."""
        return [bill for bill in self.bills if bill.day == self.day]

    def open_on(self, day):
        """Amount not invoiced at the end of a day.

        >>> order = PastOrder(CreditRequest(1, 1, 100.0), datetime(2026, 3, 1, 9), (Bill(7, date(2026, 3, 5), 60.0),))
        >>> order.open_on(date(2026, 3, 4)), order.open_on(date(2026, 3, 5))
        (100.0, 40.0)
        >>> replace(order, closed=date(2026, 3, 5)).open_on(date(2026, 3, 5))
        0.0
        """
        if self.closed and self.closed <= day:
            return 0.0
        billed = sum(bill.amount for bill in self.bills if bill.day <= day)
        return min(max(self.request.amount - billed, 0.0), max(self.request.amount, 0.0))


@dataclass(frozen=True)
class History:
    """The history of one customer. ``position`` holds what stays constant: mode, class, policy, rounding.

    ``limits`` are approved ``(kind, date_from, date_to, amount)``, ``fallback`` applies where there is none; ``None``
    is unlimited. ``status_since`` is the first day of the position's status. ``groups`` are the credit files whose
    exposure includes the customer.
    """

    position: Position
    items: tuple = ()
    orders: tuple = ()
    limits: tuple = ()
    fallback: float | None = None
    status_since: date | None = None
    groups: tuple = ()


class _Account:
    """The running state of one customer; ``members`` are the accounts of each group."""

    def __init__(self, history, late_after, members):
        self.history = history
        self.late_after = late_after
        self.half_unit = history.position.rounding / 2
        self.members = members
        self.ledger = self.uncleared = self.ordered = self.credits = 0.0
        self.late = [0.0] * len(late_after)
        self.left = {}
        self.passed = defaultdict(int)
        self.open = {}
        self.by_move = defaultdict(list)
        for item in history.items:
            if item.amount > 0 and not item.uncleared:
                self.by_move[item.move].append(item)
        self.arrival = {}
        for order in history.orders:
            for bill in order.bills_of_its_day:
                self.arrival[bill.move] = max(self.arrival.get(bill.move, order.at), order.at)
        self.oldest_due, self.oldest_item = [], []

    def comes(self, item):
        """An item is posted."""
        if item.uncleared:
            self.uncleared += item.amount
            return
        self.left[item.item_id] = item.amount
        self.ledger += item.amount
        if item.amount < 0:
            self.credits += item.amount
            return
        heappush(self.oldest_due, (item.due, item.item_id))
        heappush(self.oldest_item, (item.day, item.item_id))

    def falls_due(self, item):
        """An item passes the next threshold of days late."""
        self.late[self.passed[item.item_id]] += self.left[item.item_id]
        self.passed[item.item_id] += 1

    def is_settled(self, payment):
        """``(item, amount)``: part of the item is settled."""
        item, amount = payment
        if item.uncleared:
            self.uncleared -= amount
            return
        self.left[item.item_id] -= amount
        self.ledger -= amount
        if item.amount < 0:
            self.credits -= amount
            return
        for index in range(self.passed[item.item_id]):
            self.late[index] -= amount

    def is_billed(self, event):
        """``(order, day)``: its open amount changes, because it was ordered or invoiced."""
        self._count_open(*event)

    def _count_open(self, order, day, own=0.0):
        """``own``: amount on that day's invoices of the order, not yet posted."""
        amount = order.open_on(day) + own if day >= order.counts_from else 0.0
        self.ordered += amount - self.open.pop(order.request.document, 0.0)
        if amount:
            self.open[order.request.document] = amount

    def is_ordered(self, order):
        """Assess the order, then count it: in reality it was confirmed.

        :return: the assessment, ``None`` if the order is not assessed
        """
        day = order.day
        earlier = sum(self._get_owed(bill, day) for bill in order.bills if bill.day < day)
        # payments on the order's day come after its confirmation, unless known to be paid with it
        own = sum(max(bill.amount, 0.0) for bill in order.bills_of_its_day)
        amount = max(order.open_on(day) + earlier + own - order.paid, 0.0)
        assessment = None
        if order.judged:
            request = replace(order.request, amount=amount)
            assessment = assess(request, self.stand(day, earlier))
        self._count_open(order, day, sum(self._get_owed(b, day) for b in order.bills_of_its_day))
        return assessment

    def _get_owed(self, bill, day):
        """Receivable from the order's own invoice, which the request already contains."""
        left = sum(item.left_on(day) for item in self.by_move[bill.move])
        return max(min(bill.amount, left), 0.0)

    @property
    def exposure(self):
        """Everything that counts: receivables, uncleared money, open orders."""
        return self.ledger + self.uncleared + self.ordered

    def stand(self, day, owed=0.0):
        """The customer's position on a day, without ``owed``, which the request contains.

        :rtype: Position
        """
        history = self.history
        overdue, *late = (max(amount + self.credits, 0.0) for amount in self.late)
        oldest_due = self._find_oldest(self.oldest_due)
        oldest_item = self._find_oldest(self.oldest_item)
        is_late = overdue >= self.half_unit and oldest_due and oldest_due < day
        return replace(
            history.position,
            today=day,
            status=self._get_status(day),
            credit_limit=limit_on(history.limits, day, history.fallback),
            exposure=self.exposure - owed,
            receivable=self.ledger - owed,
            overdue=overdue,
            late=tuple(zip(self.late_after[1:], late, strict=True)),
            oldest_due_days=(day - oldest_due).days if is_late else 0,
            oldest_item_days=(day - oldest_item).days if oldest_item else 0,
            groups=tuple(self._at_group(group, owed) for group in history.position.groups),
        )

    def _at_group(self, group, owed):
        """The group with the exposure of its members on this day, without ``owed``."""
        members = self.members.get(group.profile_id, ())
        return replace(group, exposure=sum(account.exposure for account in members) - owed)

    def _get_status(self, day):
        """The status on a day: normal before the present one began."""
        since = self.history.status_since
        return self.history.position.status if not since or since <= day else "normal"

    def _find_oldest(self, heap):
        """Date of the oldest item still open."""
        while heap and self.left[heap[0][1]] < self.half_unit:
            heappop(heap)
        return heap[0][0] if heap else None

    def events(self, first):
        """``(day, phase, moment, method, argument)`` of everything that happens to the customer."""
        for order in self.history.orders:
            yield order.day, _IS_ORDERED, order.at, self.is_ordered, order
        for item in self.history.items:
            yield from self._item_events(item, max(item.day, first))
        for order in self.history.orders:
            yield from self._bill_events(order)

    def _item_events(self, item, start):
        """Events of an item: posted, passing thresholds of days late, settled; an invoice dated like its order comes
        with it."""
        late_after = self.late_after if item.amount > 0 and not item.uncleared else ()
        events = [
            (start, _COMES, self.comes, item),
            *((item.due + timedelta(n + 1), _FALLS_DUE, self.falls_due, item) for n in late_after),
            *((day, _IS_SETTLED, self.is_settled, (item, amount)) for day, amount in item.settled),
        ]
        arrival = self.arrival.get(item.move)
        for day, phase, method, thing in events:
            if arrival and arrival.date() == start >= day:
                yield start, _IS_ORDERED, arrival, method, thing
            else:
                yield max(day, start), phase, datetime.min, method, thing

    def _bill_events(self, order):
        """Changes of an order's open amount: by its invoices, and when it comes within the horizon."""
        days = {bill.day for bill in order.bills}
        for day in days | {order.closed or order.day, order.counts_from}:
            if day > order.day:
                yield day, _IS_BILLED, order.at, self.is_billed, (order, day)
        if own := order.bills_of_its_day:
            arrival = max(self.arrival[bill.move] for bill in own)
            yield order.day, _IS_ORDERED, arrival, self.is_billed, (order, order.day)


def left_out(policy):
    """Rules of a policy that need facts unavailable for the past.

    >>> from .assessment import Policy, Rule
    >>> from .kinds import KINDS
    >>> asking = replace(KINDS["always"], name="reminded", facts=frozenset({"reminders"}))
    >>> policy = Policy((Rule("overdue_amount"), Rule("reminded")), KINDS | {"reminded": asking})
    >>> [rule.kind for rule in left_out(policy)]
    ['reminded']
    """
    alone = (replace(policy, rules=(rule,)) for rule in policy.rules)
    return [one.rules[0] for one in alone if not one.facts <= _REPLAYED]


def limit_on(limits, day, fallback=None):
    """The amount of the limit in force on a day, else ``fallback``.

    :param limits: approved ``(kind, date_from, date_to, amount)``, the latest decided last; ``None`` is unlimited

    >>> from datetime import date
    >>> limits = [("permanent", date(2026, 1, 1), None, 500.0),
    ...           ("temporary", date(2026, 3, 1), date(2026, 3, 31), 900.0)]
    >>> [limit_on(limits, date(2026, *day), 100.0) for day in ((3, 31), (4, 1))]
    [900.0, 500.0]
    >>> limit_on(limits, date(2025, 12, 31), 100.0)
    100.0
    """
    found = limit_in_force([GrantedLimit(*limit) for limit in limits], day)
    return found.amount if found else fallback


@dataclass(frozen=True)
class Outcome:
    """The actual outcome of an order. ``days_late`` refers to the last payment, or to today if still unpaid.

    ``state`` is ``in_time``, ``late``, ``overdue`` (unpaid past its due date), ``not_due``, ``credited`` or
    ``not_invoiced``; ``unpaid`` is the order's share of what is still open.
    """

    state: str
    days_late: int = 0
    unpaid: float = 0.0


def replay(histories, first, late_after=(0,)):
    """Assess past orders, each with its customer's position on that day.

    :param histories: list of :class:`History`
    :param first: first day of the period; earlier items enter with the amount then open
    :param late_after: days late for which rules need a sum, ascending, starting with 0
    :return: generator of ``(order, assessment)``, by day and time

    A customer with a limit of 150.00 who orders 100.00 and never pays:

    >>> from .kinds import KINDS
    >>> from .assessment import Policy, Rule
    >>> position = Position("limited", policy=Policy((Rule("over_limit"), Rule("overdue_days", threshold=5)), KINDS))
    >>> def order(number, month, day, **values):
    ...     return PastOrder(CreditRequest(1, 1, 100.0, document=("o", number)), datetime(2026, month, day), **values)
    >>> bill, item = Bill(1, date(2026, 1, 2), 100.0), Item(1, date(2026, 1, 2), date(2026, 2, 1), 100.0, move=1)
    >>> past = History(position, (item,), (order(1, 1, 1, bills=(bill,)), order(2, 2, 6), order(3, 2, 7)), fallback=150.0)
    >>> for order, verdict in replay([past], date(2026, 1, 1)):
    ...     order.day.isoformat(), verdict.position.exposure, [reason.kind for reason in verdict.reasons]
    ('2026-01-01', 0.0, [])
    ('2026-02-06', 100.0, ['over_limit'])
    ('2026-02-07', 200.0, ['over_limit', 'overdue_days'])
    """
    members = defaultdict(list)
    accounts = [_Account(history, late_after, members) for history in histories]
    for account in accounts:
        for group in account.history.groups:
            members[group].append(account)
    numbered = count()
    days = [
        (day, phase, moment, next(numbered), method, thing)
        for day, phase, moment, method, thing in chain.from_iterable(
            account.events(first) for account in accounts
        )
    ]
    for _day, _turn, _moment, _number, method, thing in sorted(days):
        if assessment := method(thing):
            yield thing, assessment


def find_outcome(order, items, today, rounding=0.01):
    """The outcome of an order, from the items of its invoices as known today.

    :param items: ``{move: items of its invoice}``, debits only
    :param rounding: smallest unit of the currency; an item with less than half of it open is settled
    :rtype: Outcome

    >>> day = date(2026, 3, 1)
    >>> order = PastOrder(CreditRequest(1, 1, 100.0), datetime(2026, 3, 1, 9), (Bill(7, day, 100.0),))
    >>> def became(*settled, rounding=0.01):
    ...     item = Item(1, day, date(2026, 3, 31), 100.0, settled, 7)
    ...     return find_outcome(order, {7: [item]}, date(2026, 5, 1), rounding)
    >>> became((date(2026, 3, 30), 100.0))
    Outcome(state='in_time', days_late=0, unpaid=0.0)
    >>> became((date(2026, 4, 10), 100.0))
    Outcome(state='late', days_late=10, unpaid=0.0)
    >>> became((date(2026, 4, 10), 60.0))
    Outcome(state='overdue', days_late=31, unpaid=40.0)
    >>> [became((date(2026, 3, 30), paid), rounding=rounding).state for paid, rounding in ((99.6, 1.0), (99.996, 0.001))]
    ['in_time', 'overdue']
    """
    bills = [bill for bill in order.bills if bill.amount > 0]
    found = [item for bill in bills for item in items.get(bill.move, ())]
    if not found:
        return Outcome("not_invoiced")
    if any(bill.credited for bill in bills):
        return Outcome("credited")
    awaited = [item for item in found if item.left_on(today) >= rounding / 2]
    if not awaited:
        days = max((_last_day(item) - item.due).days for item in found)
        return Outcome("late", days) if days > 0 else Outcome("in_time")
    unpaid = sum(
        min(bill.amount, sum(item.left_on(today) for item in items.get(bill.move, ())))
        for bill in bills
    )
    days = max((today - item.due).days for item in awaited)
    return Outcome("overdue", days, unpaid) if days > 0 else Outcome("not_due", 0, unpaid)


def _last_day(item):
    """The day an item was last settled, otherwise its own day."""
    return max((day for day, _amount in item.settled), default=item.day)
