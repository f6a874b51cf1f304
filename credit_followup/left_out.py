"""Reasons to leave an item or a customer out of the reminders: everything about a reason in one object."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL


@dataclass(frozen=True)
class LeftOut:
    """A reason to leave an item, or a customer, out of the reminders.

    ``label`` and ``advice`` are in the user's language: the text shown in lists, and what to do about it.

    ``rows`` returns the items held back on a day: a query of ``item_id`` and ``until`` (the last day, ``NULL`` if
    there is no end). An item may appear more than once. PostgreSQL must be able to push a condition on ``item_id``
    down into it: joins and ``WHERE`` only, no window, no aggregate. Without ``rows``, the run itself finds the
    reason.

    ``keeps_credits``: credits with this reason are still deducted from the amount due.
    """

    label: str
    rows: Callable[[date], SQL] | None = None
    advice: str = ""
    keeps_credits: bool = False
