"""Chains of transfers: a debt moved by entries, once or several times, until it is paid or settled without money.

An entry without money is a *transfer*. A reconciliation is a step: the entry of one item settles the debt of the other. A chain begins at a document, passes through transfers and ends at a payment, a factor or a loss. Each transfer allocates its settlements to what it settled, in proportion to amounts; it occurs only once per chain, which rules out loops. Amounts are in the company's currency.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple


class Item(NamedTuple):
    """An item of an entry.

    :param sign: 1 for a debit, -1 for a credit
    :param is_passing: on an account used to transfer debts; ``is_factor``: on a factor's account
    :param is_document: the receivable of an invoice or the credit of a credit note
    """

    id: int
    move: int
    sign: int
    is_passing: bool = False
    is_factor: bool = False
    is_document: bool = False


class Step(NamedTuple):
    """A reconciliation; the last two amounts are in the currency of each item."""

    id: int
    debit: int
    credit: int
    amount: Decimal
    debit_currency: Decimal
    credit_currency: Decimal
    date: date

    def settled(self, sign):
        """The settled item: the debit of a receivable, the credit of a credit note."""
        return self.debit if sign > 0 else self.credit

    def settling(self, sign):
        """The item that settles it."""
        return self.credit if sign > 0 else self.debit


class Chain(NamedTuple):
    """From an item of a document to the entry that finally settles it.

    :param steps: ids, in order
    :param weight: the part of the first step that follows this chain
    :param amount: amount of the first step; ``amount_currency``: the same in the document's currency
    :param is_factored: whether the chain passes through a factor's account
    """

    sign: int
    item: int
    other: int
    entry: int
    steps: tuple[int, ...]
    weight: Fraction
    amount: Decimal
    amount_currency: Decimal
    date: date
    is_factored: bool


class Money(NamedTuple):
    """The composition of an entry.

    :param passed_share: the part that is money if it settles a transferred debt
    :param factor_share: the part assigned to a factor
    :param lost_debit: the part of its debits transferred to nobody; ``lost_credit``: of its credits
    """

    has_money: bool
    is_bank: bool = False
    passed_share: Decimal = Decimal(0)
    factor_share: Decimal = Decimal(0)
    lost_debit: Decimal = Decimal(0)
    lost_credit: Decimal = Decimal(0)


class _Way(NamedTuple):
    """Part of a chain, going up from a step to documents or down to payments."""

    item: int
    step: Step
    weight: Fraction
    steps: tuple[int, ...]
    moves: tuple[int, ...]
    date: date
    is_factored: bool


class Graph:
    """Items and reconciliations around transfers.

    :param transfers: ``{transfer: (sum of its debits, of its credits)}``

    An invoice of 1 200 (item 1) is moved to a doubtful account (3), where 300 are paid:

    >>> day = date(2026, 1, 5)
    >>> items = Item(1, 10, 1, True, False, True), Item(2, 20, -1, True), Item(3, 20, 1, True), Item(4, 30, -1, True)
    >>> first = Step(7, 1, 2, *[Decimal(1200)] * 3, day)
    >>> second = Step(8, 3, 4, *[Decimal(300)] * 3, day)
    >>> graph = Graph(items, {20: (Decimal(1200), Decimal(1200))}, (first, second))
    >>> [(chain.item, chain.entry, chain.steps, str(chain.weight)) for chain in graph.find({8})]
    [(1, 30, (7, 8), '1/4')]
    """

    def __init__(self, items, transfers, steps):
        self.items = {item.id: item for item in items}
        self.transfers = {
            move: {1: Fraction(debit), -1: Fraction(credit)}
            for move, (debit, credit) in transfers.items()
        }
        self.steps = {step.id: step for step in steps}
        self._of_move = defaultdict(list)
        for item in items:
            self._of_move[item.move].append(item)
        self._of_item = defaultdict(list)
        for step in steps:
            self._of_item[step.debit].append(step)
            self._of_item[step.credit].append(step)

    def find(self, new):
        """Chains with a new step; each is found from its first new step.

        :param new: ids of steps
        """
        for id_ in sorted(new & self.steps.keys()):
            step = self.steps[id_]
            for sign in (1, -1):
                ends = None
                for top in self._go_up(step, sign, new):
                    ends = ends if ends is not None else list(self._go_down(step, sign))
                    for end in ends:
                        if not set(top.moves) & set(end.moves):
                            yield self._join(top, end, sign)

    def _join(self, top, end, sign):
        """The chain of a way up to a document and a way down to a payment."""
        step = top.step
        currency = step.debit_currency if sign > 0 else step.credit_currency
        return Chain(
            sign,
            top.item,
            end.item,
            end.moves[-1],
            top.steps + end.steps,
            top.weight * end.weight,
            step.amount,
            currency,
            max(top.date, end.date),
            top.is_factored or end.is_factored,
        )

    def _go_up(self, step, sign, new):
        """Documents from which a step is reached without passing a new step."""
        ways = [_Way(step.settled(sign), step, Fraction(1), (step.id,), (), step.date, False)]
        while ways:
            way = ways.pop()
            item = self.items[way.item]
            if item.is_document:
                yield way
            if not item.is_passing or item.sign != sign or item.move in way.moves:
                continue
            if not (total := self._get_total(item.move, sign)):
                continue
            weight = way.weight * Fraction(way.step.amount) / total
            for other in self._of_move[item.move]:
                for before in self._of_item[other.id]:
                    if before.settling(sign) == other.id != item.id and before.id not in new:
                        ways.append(
                            _Way(
                                before.settled(sign),
                                before,
                                weight,
                                (before.id, *way.steps),
                                (item.move, *way.moves),
                                max(way.date, before.date),
                                way.is_factored or item.is_factor,
                            )
                        )

    def _go_down(self, step, sign):
        """Entries reached from a step, to the end."""
        item = self.items[step.settling(sign)]
        ways = [_Way(item.id, step, Fraction(1), (), (item.move,), step.date, False)]
        while ways:
            way = ways.pop()
            yield way
            move = way.moves[-1]
            if not (total := self._get_total(move, sign)):
                continue
            for item in self._of_move[move]:
                if item.is_passing and item.sign == sign and item.id != way.item:
                    ways += self._get_next(way, item, sign, total)

    def _get_next(self, way, item, sign, total):
        """The steps that settle an item of a transfer."""
        for step in self._of_item[item.id]:
            other = self.items[step.settling(sign)]
            if step.settled(sign) == item.id and other.move not in way.moves:
                yield _Way(
                    other.id,
                    step,
                    way.weight * Fraction(step.amount) / total,
                    (*way.steps, step.id),
                    (*way.moves, other.move),
                    max(way.date, step.date),
                    way.is_factored or item.is_factor,
                )

    def _get_total(self, move, sign):
        """The total of a transfer's items with a sign; 0 for other entries."""
        return self.transfers[move][sign] if move in self.transfers else 0


def outcome(chain: Chain, money: Money) -> tuple[str, Decimal, Decimal]:
    """The end of a chain: its nature, the part that is money or assigned to a factor, and the part settled without money.

    >>> chain = Chain(1, 1, 4, 30, (7, 8), Fraction(1), Decimal(300), Decimal(300), date.min, False)
    >>> [str(part) for part in outcome(chain, Money(True, True, Decimal(1)))]
    ['money', '1', '0']
    >>> [str(part) for part in outcome(chain, Money(False, lost_debit=Decimal(1)))]
    ['loss', '0', '1']
    """
    zero, is_first = Decimal(0), len(chain.steps) == 1
    if money.has_money:
        share = zero if is_first else money.passed_share
        lost = zero if is_first else 1 - money.passed_share
        return "factored" if chain.is_factored else "money", share, lost
    share = zero if chain.is_factored else money.factor_share
    lost = money.lost_debit if chain.sign > 0 else money.lost_credit
    return "factor" if share else "loss", share, zero if is_first else lost
