"""Expected loss on what customers owe: share without taxes, percent by days overdue or by case."""

from decimal import ROUND_HALF_UP, Decimal


def net_share(untaxed: float, total: float) -> float:
    """The part of a document without taxes, which is what may be lost: the tax can be recovered.

    >>> round(net_share(10000.0, 12000.0), 6), net_share(0.0, 0.0)
    (0.833333, 1.0)
    """
    return untaxed / total if total and 0 <= untaxed / total <= 1 else 1.0


def percent_at(days: int, brackets: tuple[tuple[int, float], ...]) -> float:
    """The percent of the last bracket that begins on or before a number of days overdue.

    :param brackets: pairs ``(from how many days overdue, percent)``

    >>> matrix = ((31, 25.0), (91, 50.0), (181, 100.0))
    >>> [percent_at(days, matrix) for days in (0, 30, 31, 180, 181, 900)]
    [0.0, 0.0, 25.0, 50.0, 100.0, 100.0]
    >>> percent_at(120, matrix)
    50.0
    """
    return max((start, percent) for start, percent in ((-1, 0.0), *brackets) if start <= days)[1]


def provision(open_amount: float, share: float, percent: float, decimals: int = 2) -> float:
    """The expected loss on an open amount, taxes included, in one currency; rounded once, half up.

    >>> share = net_share(10000.0, 12000.0)
    >>> provision(12000.0, share, 60.0), provision(12000.0, share, 80.0), provision(8400.0, share, 80.0) # D 4.7
    (6000.0, 8000.0, 5600.0)
    >>> buckets = ((300000, 2), (140000, 4), (60000, 200 / 23), (23000, 25), (5000, 100))
    >>> sum(provision(amount, 1.0, percent) for amount, percent in buckets) # the published matrix of D 1.9
    27567.39
    """
    amount = Decimal(repr(open_amount * share * percent / 100))
    return float(amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
