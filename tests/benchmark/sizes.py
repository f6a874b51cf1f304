"""How large the generated database is. No database here."""

from dataclasses import asdict, dataclass

#: the customers that are measured, with the number each has among the generated ones
MEASURED = {"few": 1, "thousand": 2, "many": 3, "history": 4}


@dataclass(frozen=True)
class Sizes:
    """Numbers of rows. What is not given to a measured customer is scattered over the others.

    >>> Sizes().specials
    {'few': (50, 0), 'thousand': (1000, 0), 'many': (20000, 0), 'history': (50, 40000)}
    >>> Sizes(60, 1200, 360).specials
    {'few': (5, 0), 'thousand': (18, 0), 'many': (120, 0), 'history': (5, 280)}
    """

    customers: int = 10_000
    invoices: int = 1_000_000
    open: int = 300_000
    orders: int = 2
    lines: int = 3
    batch: int = 300

    @property
    def settled(self) -> int:
        """Invoices that were paid."""
        return self.invoices - self.open

    @property
    def specials(self) -> dict[str, tuple[int, int]]:
        """``{measured customer: (open, settled)}``; smaller in a small database, so that others have some too."""
        few = min(50, max(5, self.open // 100))
        return {
            "few": (few, 0),
            "thousand": (min(1_000, self.open // 20), 0),
            "many": (min(20_000, self.open // 3), 0),
            "history": (few, min(40_000, self.settled // 3)),
        }

    @property
    def others(self) -> tuple[int, int]:
        """Open and settled invoices of everybody else."""
        special = self.specials.values()
        return self.open - sum(s[0] for s in special), self.settled - sum(s[1] for s in special)

    @property
    def drafts(self) -> int:
        """Draft invoices: one for every tenth customer."""
        return self.customers // 10

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return asdict(self)
