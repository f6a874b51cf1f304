"""Why something is not reminded of: one object says all that anybody asks of a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL


@dataclass(frozen=True)
class LeftOut:
    """A reason to leave an item, or a customer, out of the reminders.

    ``label`` and ``advice`` are in the language of the user: what lists show, and what to do about it.

    ``rows`` gives the items that the reason holds back on a day: a query of ``item_id`` and ``until``, the last day of it, ``NULL``
    without an end. An item may appear more than once. A condition on ``item_id`` must be able to sink into it: joins
    and ``WHERE`` only, no window, no aggregate. Without ``rows`` the run itself finds the reason.

    ``keeps_credits``: a credit with this reason is deducted from what is due all the same.
    """

    label: str
    rows: Callable[[date], SQL] | None = None
    advice: str = ""
    keeps_credits: bool = False
