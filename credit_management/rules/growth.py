"""What a confirmed order asks for when it grows. Amounts: root company's currency, taxes included."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Size:
    """What an order may come to, and for whom: ``(partner_id, company_id)``.

    ``schedule``: when it is delivered, ``((day, amount), …)``, where some policy has a horizon.
    """

    customer: tuple
    amount: float
    schedule: tuple = ()

    def due_until(self, day):
        """What is delivered until a day.

        >>> Size((1, 1), 50.0, ((1, 20.0), (9, 30.0))).due_until(5)
        20.0
        """
        return sum(amount for due, amount in self.schedule if due <= day)

    def growth(self, before, rounding=0.01):
        """How much larger it became for the same customer; 0.0 when it shrank or changed by less than ``rounding``.

        >>> Size((1, 1), 130.0).growth(Size((1, 1), 100.0))
        30.0
        >>> Size((1, 1), 90.0).growth(Size((1, 1), 100.0))
        0.0
        """
        growth = self.amount - before.amount
        return growth if growth >= rounding / 2 else 0.0


def surplus_quantity(ordered, invoiced, delivered):
    """What was invoiced or delivered beyond the order, and is owed although the order does not contain it any more.

    >>> surplus_quantity(ordered=4, invoiced=10, delivered=0)
    6
    >>> surplus_quantity(ordered=4, invoiced=1, delivered=4), surplus_quantity(-2, 0, 0)
    (0, 0)
    """
    return max(invoiced - ordered, delivered - ordered, 0) if ordered >= 0 else 0


def of_whole_order(assessment, total):
    """The same verdict on the growth of an order, told for the whole order: its total, and the exposure without it.

    >>> from .assessment import Assessment, Demand, Standing
    >>> growth = Assessment(Demand(1, 1, 30.0), Standing("limited", credit_limit=150.0, exposure=140.0))
    >>> whole = of_whole_order(growth, 120.0)
    >>> whole.demand.amount, whole.standing.exposure, (whole.excess, growth.excess)
    (120.0, 50.0, (20.0, 20.0))
    """
    demand, standing = assessment.demand, assessment.standing
    return replace(
        assessment,
        demand=demand.part(total),
        standing=standing.plus(demand.amount - total),
    )
