from odoo import api, models
from odoo.tools import SQL


class CreditExpectation(models.AbstractModel):
    """What customers said about the day on which they pay: the cash forecast of ``credit_reporting`` reads it."""

    _name = "credit.expectation"
    _description = "Days on Which Customers Said They Pay"

    @api.model
    def _expected_sources(self, today):
        """``{name: SQL}``, the surest first: rows ``(item_id, day, share)`` of open journal items, ``share`` being the part of what
        is open that is expected on that day. Extend with those of an add-on: ``super() | {...}``.

        :rtype: dict[str, SQL]
        """
        return {}

    @api.model
    def _read_expected(self, today):
        """``{journal item id: [(day, share, name)]}`` of the surest source of each."""
        found = {}
        for name, sql in self._expected_sources(today).items():
            rows = {}
            for item, day, share in self.env.execute_query(
                SQL("SELECT item_id, day, share FROM (%s) s", sql)
            ):
                rows.setdefault(item, []).append((day, float(share), name))
            found = rows | found
        return found
