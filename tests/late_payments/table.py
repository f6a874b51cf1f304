"""What was found beside what was expected, as a table for people and for the README."""

from dataclasses import dataclass, field


@dataclass
class Table:
    """Rows of a figure: what it is, from Odoo, expected."""

    rows: list[tuple[str, object, object]] = field(default_factory=list)

    def add(self, title, found, expected) -> None:
        """Compare one figure, or an amount with its number of documents."""
        self.rows.append((title, found, expected))

    @property
    def differences(self) -> list[str]:
        """The figures that are not as expected."""
        return [title for title, found, expected in self.rows if found != expected]

    def __str__(self):
        """The table in Markdown.

        >>> from decimal import Decimal
        >>> table = Table()
        >>> table.add("receivables", (Decimal("5119.85"), 84), (Decimal("5119.85"), 84))
        >>> table.add("customers", 99, 100)
        >>> print(table)
        | Figure            |             Odoo |         Expected |
        |-------------------|-----------------:|-----------------:|
        | receivables       | 5 119.85 (of 84) | 5 119.85 (of 84) |
        | ✗ customers       |               99 |              100 |
        """
        lines = [("Figure", "Odoo", "Expected")]
        for title, found, expected in self.rows:
            mark = "" if found == expected else "✗ "
            lines.append((mark + title, _write(found), _write(expected)))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        head, *body = (_line(line, widths) for line in lines)
        rule = f"|{'-' * (widths[0] + 2)}|" + "|".join(
            "-" * (width + 1) + ":" for width in widths[1:]
        )
        return "\n".join([head, rule + "|", *body])


def _line(cells, widths):
    title, *numbers = cells
    right = (number.rjust(width) for number, width in zip(numbers, widths[1:], strict=True))
    return f"| {' | '.join([title.ljust(widths[0]), *right])} |"


def _write(value):
    if isinstance(value, tuple):
        amount, count = value
        return f"{_write(amount)} (of {count})"
    return f"{value:,}".replace(",", " ")
