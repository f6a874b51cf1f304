from datetime import timedelta

from odoo import api, models

from ..tile import Tile

_SELLER = "sales_team.group_sale_salesman"


class CreditTile(models.AbstractModel):
    """What waits for people, of all add-ons: the home page of ``credit_reporting`` shows it."""

    _name = "credit.tile"
    _description = "What Waits on the Home Page"

    @api.model
    def _get_tiles(self, today):
        """``{name: Tile}`` in their order. Extend with those of an add-on: ``super() | {...}``.

        :rtype: dict[str, Tile]
        """
        return (
            self._get_tiles_to_decide()
            | self._get_tiles_of_customers(today)
            | self._get_tiles_of_sellers()
        )

    def _get_tiles_to_decide(self):
        mine, pending = (("can_decide", "=", True),), (("state", "=", "pending"),)
        return {
            "holds_to_decide": Tile(
                "decide",
                self.env._("Held orders to decide"),
                "credit.hold",
                mine,
                "credit_management.action_credit_hold",
                amount="amount",
                is_urgent=True,
            ),
            "holds_pending": Tile(
                "decide",
                self.env._("Held orders"),
                "credit.hold",
                pending,
                "credit_management.action_credit_hold",
                amount="amount",
            ),
            "limits_to_decide": Tile(
                "decide",
                self.env._("Limits to decide"),
                "credit.limit",
                mine,
                "credit_management.action_credit_limit",
                amount="amount",
                is_urgent=True,
            ),
        }

    def _get_tiles_of_customers(self, today):
        files, action = "credit.profile", "credit_management.action_credit_profile"
        over, overdue = (("available", "<", 0),), (("overdue", ">", 0),)
        due = (("review_date", "<=", today),)
        last = today + timedelta(30)
        ending = (("state", "=", "approved"), ("date_to", ">=", today), ("date_to", "<=", last))
        return {
            "over_limit": Tile(
                "late",
                self.env._("Customers over the limit"),
                files,
                over,
                action,
                is_urgent=True,
            ),
            "overdue": Tile(
                "late",
                self.env._("Overdue customers"),
                files,
                overdue,
                action,
                amount="overdue",
            ),
            "reviews_due": Tile("due", self.env._("Reviews due"), files, due, action),
            "limits_ending": Tile(
                "due",
                self.env._("Limits ending within 30 days"),
                "credit.limit",
                ending,
                "credit_management.action_credit_limit",
            ),
        }

    def _get_tiles_of_sellers(self):
        mine = (("salesperson_id", "=", self.env.uid),)
        pending = (*mine, ("state", "=", "pending"))
        overdue = (*mine, ("overdue", ">", 0))
        return {
            "my_holds": Tile(
                "decide",
                self.env._("My held orders"),
                "credit.hold",
                pending,
                "credit_management.action_credit_hold",
                amount="amount",
                groups=_SELLER,
            ),
            "my_overdue": Tile(
                "late",
                self.env._("Overdue of my customers"),
                "credit.exposure.salesperson",
                overdue,
                "credit_management.action_my_exposure",
                amount="overdue",
                groups=_SELLER,
            ),
        }
