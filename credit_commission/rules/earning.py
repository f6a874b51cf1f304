"""Rounding: what the lines of a document have earned in total by share, and what the next collection adds.

Amounts are in the company's currency. Everything is cumulative: the total earned so far is rounded once for the whole document and allocated to its lines, less what was entered before. So rounding never drifts, small lines earn what their sum earns, and undoing takes back exactly what was earned.
"""

from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

ZERO, HUNDRED = Decimal(0), Decimal(100)
#: decimals for storing and for comparing amounts, so that division noise has no effect
KEPT, CLEAN = Decimal("1e-12"), Decimal("1e-8")
#: smallest unit by number of decimals of a currency
_CENTS = [Decimal(1).scaleb(-places) for places in range(9)]


def to_cents(amount: Decimal, places: int = 2) -> Decimal:
    """Round half away from zero, ignoring division noise beyond the eighth decimal.

    >>> to_cents(Decimal("0.1249999999999")), to_cents(Decimal("-0.125"))
    (Decimal('0.13'), Decimal('-0.13'))
    """
    clean = amount.quantize(CLEAN, ROUND_HALF_UP)
    return clean.quantize(_CENTS[places], ROUND_HALF_UP)


def part(earned: Decimal, begin=ZERO, share=HUNDRED, places: int = 2) -> Decimal:
    """The rounded amount of a share starting at ``begin`` percent of the whole; all shares add up to the whole.

    >>> thirds = (0, "33.3333"), ("33.3333", "33.3333"), ("66.6666", "33.3334")
    >>> [str(part(Decimal("10.00"), Decimal(begin), Decimal(share))) for begin, share in thirds]
    ['3.33', '3.34', '3.33']
    """
    if not begin:
        return to_cents(earned if share is HUNDRED else earned * share / HUNDRED, places)
    end = to_cents(earned * (begin + share) / HUNDRED, places)
    return end - to_cents(earned * begin / HUNDRED, places)


def share_out(total: Decimal, exact: list[Decimal], places: int = 2) -> list[Decimal]:
    """Allocate a rounded total to lines by exact amounts: largest remainder first, then line order.

    Ten lines of 0.0045 are worth 0.05 together:

    >>> [str(cents) for cents in share_out(Decimal("0.05"), [Decimal("0.0045")] * 10)]
    ['0.01', '0.01', '0.01', '0.01', '0.01', '0.00', '0.00', '0.00', '0.00', '0.00']

    Amounts taken back are allocated in the same way, so that each line returns what it got:

    >>> [str(cents) for cents in share_out(Decimal("-0.05"), [Decimal("-0.026"), Decimal("-0.02")])]
    ['-0.03', '-0.02']
    """
    if len(exact) == 1:
        return [total]
    if total < 0:
        return [-cents for cents in share_out(-total, [-amount for amount in exact], places)]
    cent = _CENTS[places]
    clean = [amount.quantize(CLEAN, ROUND_HALF_UP) for amount in exact]
    cents = [amount.quantize(cent, ROUND_FLOOR) for amount in clean]
    each, more = divmod(int((total - sum(cents)).scaleb(places)), len(exact))
    order = sorted(range(len(exact)), key=lambda n: cents[n] - clean[n])
    for place, number in enumerate(order):
        cents[number] += cent * (each + (place < more))
    return cents


class Ledger:
    """What the lines of documents have earned so far by share: exact, and as entered.

    A third of 1 000 net (1 055 gross) at 3 %, three times, and the first one undone:

    >>> ledger = Ledger()
    >>> third = Decimal(1000) / 3
    >>> [str(ledger.post(1, 7, {"line": (third, third * 3 / 100)})["line"][1]) for _n in range(3)]
    ['10.00', '10.00', '10.00']
    >>> str(ledger.post(1, 7, {"line": (-third, -third * 3 / 100)})["line"][1])
    '-10.00'
    """

    def __init__(self, places: int = 2):
        self.places = places
        self.documents = {}

    def load(self, document, share, line, base, amount, entered_base, entered):
        """Load earlier entries."""
        sums = self.documents.setdefault((document, share), {})
        sums[line] = (base, amount, entered_base, entered)

    def post(self, document, share, changes, begin=ZERO, percent=HUNDRED, on_top=False):
        """Add exact amounts of the whole sale to lines of a document; return the rounded increase for the share.

        :param changes: ``{line: (base, amount)}``
        :param begin: start of the share within the whole, of which it is ``percent``
        :param on_top: in addition to the other shares, with the whole base
        :return: ``{line: (base, amount)}``
        """
        sums = self.documents.setdefault((document, share), {})
        for line, (base, amount) in changes.items():
            before = sums.get(line)
            if before:
                base, amount = base + before[0], amount + before[1]
            sums[line] = (base, amount, *(before[2:] if before else (ZERO, ZERO)))
        begin = ZERO if on_top else begin
        bases = self._share_out(sums, changes, 0, begin, HUNDRED if on_top else percent)
        amounts = self._share_out(sums, changes, 1, begin, percent)
        result = {}
        for line, base, amount in zip(changes, bases, amounts, strict=True):
            exact_base, exact, entered_base, entered = sums[line]
            result[line] = (base - entered_base, amount - entered)
            sums[line] = (exact_base, exact, base, amount)
        return result

    def _share_out(self, sums, lines, place, begin, percent):
        """What the lines have earned now: the document's rounded total, less that of its other lines."""
        if len(sums) == 1:
            [one] = sums.values()
            return [part(one[place], begin, percent, self.places)]
        total = part(sum(line[place] for line in sums.values()), begin, percent, self.places)
        if len(lines) < len(sums):
            total -= sum(line[place + 2] for key, line in sums.items() if key not in lines)
        exact = [sums[line][place] * percent / HUNDRED for line in lines]
        return share_out(total, exact, self.places)
