"""Which rule of a plan matches a line of a sale: the first match applies."""

from dataclasses import dataclass

EMPTY = frozenset()


@dataclass(frozen=True)
class Sale:
    """The facts of an invoice line; ids, 0 if unknown.

    :param categories: the product's category and its ancestors
    :param is_first: whether it is the customer's first invoice
    """

    salesperson: int = 0
    team: int = 0
    product: int = 0
    categories: frozenset[int] = EMPTY
    customer: int = 0
    country: int = 0
    is_first: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule of a plan. An empty condition matches everything.

    :param earning: ``percent``, ``fixed``, ``tiers`` or ``nothing``
    :param percent: percentage of the net amount or margin
    :param fixed: amount for a fully paid line, in the company's currency
    :param invoice_rank: ``first`` or ``later`` invoices of a customer; ``""`` for all
    """

    id: int
    earning: str = "percent"
    percent: float = 0.0
    fixed: float = 0.0
    salespeople: frozenset[int] = EMPTY
    teams: frozenset[int] = EMPTY
    products: frozenset[int] = EMPTY
    categories: frozenset[int] = EMPTY
    customers: frozenset[int] = EMPTY
    countries: frozenset[int] = EMPTY
    invoice_rank: str = ""

    def matches(self, sale: Sale) -> bool:
        """Whether every condition holds.

        >>> consulting = Rule(1, products=frozenset({7}), teams=frozenset({2, 3}))
        >>> consulting.matches(Sale(product=7, team=3)), consulting.matches(Sale(product=7))
        (True, False)

        A category includes its descendants. A line without a product has no category.

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
    """The first rule that matches the line; ``None`` if there is none, or if it pays nothing.

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
