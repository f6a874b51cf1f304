"""Tiles that are no documents: figures of today and first steps."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FigureTile:
    """A figure of today of the receivables that the reader may see, and what explains it.

    ``figure``: name in ``credit.figure``; ``unit``: ``amount``, ``percent`` or ``days``; ``detail``: another figure or amount.
    """

    section: str
    label: str
    figure: str
    unit: str
    detail: str = ""
    groups: str = "credit_management.group_credit_user,sales_team.group_sale_salesman"


@dataclass(frozen=True)
class StepTile:
    """A first step that nobody has taken yet; ``action``: XML id of the window where it is taken."""

    section: str
    label: str
    action: str
    groups: str = "credit_management.group_credit_manager"
