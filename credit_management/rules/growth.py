"""Requests of a confirmed order that increases. Amounts: root company's currency, taxes included."""

from dataclasses import dataclass

#: percentages that differ by less are the same: sums of floats
_SAME_PERCENT = 0.005


@dataclass(frozen=True)
class Size:
    """The amount an order may lead to, and its customer ``(partner_id, company_id)``.

    ``schedule``: deliveries, ``((day, amount), …)``, if some policy has a horizon; ``terms``: instalments, ``((days,
    percent), …)``.
    """

    customer: tuple
    amount: float
    schedule: tuple = ()
    terms: tuple = ()

    def due_until(self, day):
        """Amount delivered up to a day.

        >>> Size((1, 1), 50.0, ((1, 20.0), (9, 30.0))).due_until(5)
        20.0
        """
        return sum(amount for due, amount in self.schedule if due <= day)

    def growth(self, before, rounding=0.01):
        """Increase for the same customer; 0.0 if it decreased or changed by less than ``rounding``.

        >>> Size((1, 1), 130.0).growth(Size((1, 1), 100.0))
        30.0
        >>> Size((1, 1), 90.0).growth(Size((1, 1), 100.0))
        0.0
        """
        growth = self.amount - before.amount
        return growth if growth >= rounding / 2 else 0.0

    def is_asked_whole(self, before):
        """Whether everything open must be checked, not just the increase: another customer, or later payment.

        >>> order = Size((1, 1), 100.0, terms=((30, 50.0), (60, 50.0)))
        >>> [Size((1, 1), 100.0, terms=terms).is_asked_whole(order)
        ...  for terms in (((30, 40.0), (60, 60.0)), ((30, 100.0),), ((0, 20.0), (61, 80.0)))]
        [True, False, True]
        >>> Size((2, 1), 100.0).is_asked_whole(Size((1, 1), 100.0))
        True
        """
        return self.customer != before.customer or postpones(self.terms, before.terms)


def postpones(terms, before):
    """Whether on some day a smaller share is due than under the previous terms.

    :param terms: ``((days, percent), …)``; empty: all at once

    >>> postpones(((0, 30.0), (60, 70.0)), ((60, 100.0),)), postpones(((30, 100.0),), ())
    (False, True)
    """
    terms, before = terms or ((0, 100.0),), before or ((0, 100.0),)
    return any(
        _due(terms, day) < _due(before, day) - _SAME_PERCENT
        for day in {day for day, _percent in before}
    )


def _due(terms, day):
    """The percentage due by a day."""
    return sum(percent for due, percent in terms if due <= day)


def surplus_quantity(ordered, invoiced, delivered):
    """Quantity invoiced or delivered beyond the order, which is owed although no longer ordered.

    >>> surplus_quantity(ordered=4, invoiced=10, delivered=0)
    6
    >>> surplus_quantity(ordered=4, invoiced=1, delivered=4), surplus_quantity(-2, 0, 0)
    (0, 0)
    """
    return max(invoiced - ordered, delivered - ordered, 0) if ordered >= 0 else 0


def free_quantity(allowed, allowed_total, quantity, total, rounding=0.01):
    """Quantity of a line approved before the increase; none once its price rose.

    :param allowed: approved quantity, 0.0 for a new line
    :param allowed_total: its amount
    :param rounding: smallest unit of the currency; less than half of it is no higher price

    >>> free_quantity(2.0, 20.0, 5.0, 50.0), free_quantity(2.0, 20.0, 2.0, 20.0)
    (2.0, 2.0)
    >>> free_quantity(2.0, 20.0, 2.0, 30.0), free_quantity(0.0, 0.0, 1.0, 9.0), free_quantity(2.0, 20.0, 2.0, 10.0)
    (0.0, 0.0, 2.0)
    >>> [free_quantity(2.0, 20.0, 2.0, total, rounding) for total, rounding in ((20.004, 0.01), (20.004, 0.001), (20.4, 1.0))]
    [2.0, 0.0, 2.0]
    """
    half = rounding / 2
    if total <= allowed_total + half and quantity <= allowed:
        return quantity
    dearer = allowed and total * allowed > allowed_total * quantity + half * max(quantity, allowed)
    return 0.0 if dearer else min(allowed, quantity)
