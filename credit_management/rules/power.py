"""What an authority lets somebody decide. Amounts: the company's currency."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Power:
    """Ceilings of an authority; ``classes`` empty: every risk class, ``company`` 0: every company."""

    is_unlimited: bool = False
    excess: float = 0.0
    exposure: float = 0.0
    overdue_days: int = 0
    limit: float = 0.0
    classes: frozenset = frozenset()
    company: int = 0
    own: bool = False
    own_limits: bool = False
    two_signatures: bool = False
    #: further ceilings, by name
    others: tuple = ()

    @property
    def ceilings(self):
        """Without one, infinite."""
        others = (amount for _name, amount in sorted(self.others))
        found = self.excess, self.exposure, self.overdue_days, self.limit, *others
        return tuple(float("inf") for _each in found) if self.is_unlimited else found

    def contains(self, other):
        """Who has this gains nothing by the other.

        >>> clerk, head = Power(limit=500.0, company=1), Power(is_unlimited=True)
        >>> head.contains(clerk), clerk.contains(head), clerk.contains(Power(limit=500.0))
        (True, False, False)
        >>> Power(classes=frozenset({1})).contains(Power()), Power().contains(Power(own=True))
        (False, False)
        >>> Power(two_signatures=True).contains(Power()), Power().contains(Power(two_signatures=True))
        (False, True)
        >>> Power(others=(("waiver", 5.0),)).contains(Power(others=(("waiver", 6.0),)))
        False
        """
        return (
            all(mine >= theirs for mine, theirs in zip(self.ceilings, other.ceilings, strict=True))
            and (not self.classes or (bool(other.classes) and other.classes <= self.classes))
            and self.company in (0, other.company)
            and self.own >= other.own
            and self.own_limits >= other.own_limits
            and self.two_signatures <= other.two_signatures
        )
