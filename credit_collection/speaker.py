from dataclasses import dataclass

from odoo import models


@dataclass(frozen=True)
class Speaker:
    """Who answers, as whom and where: a portal user, or the recipient of a reminder who follows its link.

    ``channel`` is that of the contact log (``portal`` or ``link``); ``notice`` is the reminder that is answered, if any.
    """

    customer: models.BaseModel
    company: models.BaseModel
    contact: models.BaseModel
    channel: str
    notice: models.BaseModel | None = None
