"""Which rule of a plan catches a line of a sale: the first that matches."""

from dataclasses import dataclass

NOTHING = frozenset()


@dataclass(frozen=True)
class Sale:
    """What a line of an invoice is known by; ids, 0 where unknown.

    :param categories: the category of the product and all those above it
    :param is_first: the first invoice of the customer
    """

    salesperson: int = 0
    team: int = 0
    product: int = 0
    categories: frozenset[int] = NOTHING
    customer: int = 0
    country: int = 0
    is_first: bool = False


@dataclass(frozen=True)
class Rule:
    """A line of a plan. An empty condition matches everything.

    :param earning: ``percent``, ``fixed``, ``tiers`` or ``nothing``
    :param percent: of the net amount or margin
    :param fixed: for a line paid in full, in the company's currency
    :param invoice_rank: ``first`` or ``later`` invoices of a customer, ``""`` for all
    """

    id: int
    earning: str = "percent"
    percent: float = 0.0
    fixed: float = 0.0
    salespeople: frozenset[int] = NOTHING
    teams: frozenset[int] = NOTHING
    products: frozenset[int] = NOTHING
    categories: frozenset[int] = NOTHING
    customers: frozenset[int] = NOTHING
    countries: frozenset[int] = NOTHING
    invoice_rank: str = ""

    def matches(self, sale: Sale) -> bool:
        """Every condition holds.

        >>> consulting = Rule(1, products=frozenset({7}), teams=frozenset({2, 3}))
        >>> consulting.matches(Sale(product=7, team=3)), consulting.matches(Sale(product=7))
        (True, False)

        A category stands for those below it too. A line without product has no category.

        >>> Rule(1, categories=frozenset({5})).matches(Sale(categories=frozenset({1, 5, 9})))
        True
        >>> Rule(1, categories=frozenset({5})).matches(Sale())
        False
        """
        pairs = (
            (self.salespeople, sale.salesperson),
            (self.teams, sale.team),
            (self.products, sale.product),
            (self.customers, sale.customer),
            (self.countries, sale.country),
        )
        return (
            all(not wanted or found in wanted for wanted, found in pairs)
            and (not self.categories or bool(self.categories & sale.categories))
            and self.invoice_rank in ("", "first" if sale.is_first else "later")
        )


def first_match(rules, sale: Sale) -> Rule | None:
    """The rule that catches the line; ``None`` where none does, or where the one that does pays nothing.

    >>> freight = Rule(1, "nothing", products=frozenset({9}))
    >>> new = Rule(2, percent=8.0, invoice_rank="first")
    >>> rest = Rule(3, percent=5.0)
    >>> plan = (freight, new, rest)
    >>> first_match(plan, Sale(is_first=True)).percent, first_match(plan, Sale()).percent
    (8.0, 5.0)
    >>> first_match(plan, Sale(product=9)) is None, first_match((new,), Sale()) is None
    (True, True)
    """
    found = next((rule for rule in rules if rule.matches(sale)), None)
    return found if found and found.earning != "nothing" else None
