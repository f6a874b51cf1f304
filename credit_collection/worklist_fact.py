"""A fact that counts for whom to call first: one object says all that anybody asks of it."""

from collections.abc import Callable
from dataclasses import dataclass

from odoo.tools import SQL


@dataclass(frozen=True)
class WorklistFact:
    """What a criterion of a strategy looks at.

    ``label`` and ``sentence`` are in the language of the user: the name in lists, and a function of the figure and the customer's
    currency that says why a customer stands where it does. ``column`` is the figure in SQL, of the joins of
    ``credit.worklist._get_joins``; ``join`` the one that a strategy without this fact does not need.
    """

    label: str
    sentence: Callable
    column: SQL
    join: str = ""
