"""What add-ons show on the home page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tile:
    """Documents that wait for somebody, counted on the home page and opened from it.

    ``section``: ``decide``, ``late`` or ``due``; ``label``: in the reader's language; ``model`` and ``domain``: the documents, as the
    reader may read them; ``action``: XML id of the window that shows them; ``amount``: field that is summed, if any;
    ``groups``: shown to these alone.
    """

    section: str
    label: str
    model: str
    domain: tuple
    action: str
    amount: str = ""
    groups: str = "credit_management.group_credit_user"
    is_urgent: bool = False
