"""What was found beside what was expected, as a table for people and for the README."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Table:
    """Rows of a figure: what it is, from Odoo, expected."""

    rows: list[tuple[str, object, object]] = field(default_factory=list)

    def add(self, title, found, expected) -> None:
        """Compare a number, or an amount with the number of its documents."""
        self.rows.append((title, found, expected))

    @property
    def differences(self) -> list[str]:
        """The figures that are not as expected."""
        return [title for title, found, expected in self.rows if found != expected]

    def __str__(self):
        """The table in Markdown.

        >>> table = Table()
        >>> table.add("receivables", (Decimal("5119.85"), 84), (Decimal("5119.85"), 84))
        >>> table.add("customers", 99, 100)
        >>> print(table)
        | Figure      |           Odoo |       Expected |
        |-------------|---------------:|---------------:|
        | receivables | 5 119.85 in 84 | 5 119.85 in 84 |
        | ✗ customers |             99 |            100 |
        """
        lines = [("Figure", "Odoo", "Expected"), *map(_texts, self.rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        head, *body = (_line(line, widths) for line in lines)
        left, *right = widths
        rule = "|".join(["-" * (left + 2), *("-" * (width + 1) + ":" for width in right)])
        return "\n".join([head, f"|{rule}|", *body])


def _texts(row):
    title, found, expected = row
    return title if found == expected else f"✗ {title}", _write(found), _write(expected)


def _line(cells, widths):
    title, *numbers = cells
    right = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
    return f"| {' | '.join([title.ljust(widths[0]), *right])} |"


def _write(value):
    """Thousands set off.

    >>> _write((Decimal("0.00"), 1000))
    '0.00 in 1 000'
    """
    if isinstance(value, tuple):
        return " in ".join(map(_write, value))
    return f"{value:,}".replace(",", " ")


def cents(amount: float) -> Decimal:
    """An amount of Odoo as an exact one.

    >>> cents(0.1 + 0.2)
    Decimal('0.30')
    """
    return Decimal(f"{amount:.2f}")
