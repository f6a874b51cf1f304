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
        mine = (("can_decide", "=", True),)
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
                (("state", "=", "pending"),),
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
        files = ("credit.profile",)
        action = "credit_management.action_credit_profile"
        return {
            "over_limit": Tile(
                "late",
                self.env._("Customers over the limit"),
                *files,
                (("available", "<", 0),),
                action,
                is_urgent=True,
            ),
            "overdue": Tile(
                "late",
                self.env._("Overdue customers"),
                *files,
                (("overdue", ">", 0),),
                action,
                amount="overdue",
            ),
            "reviews_due": Tile(
                "due", self.env._("Reviews due"), *files, (("review_date", "<=", today),), action
            ),
            "limits_ending": Tile(
                "due",
                self.env._("Limits ending within 30 days"),
                "credit.limit",
                (
                    ("state", "=", "approved"),
                    ("date_to", ">=", today),
                    ("date_to", "<=", today + timedelta(30)),
                ),
                "credit_management.action_credit_limit",
            ),
        }

    def _get_tiles_of_sellers(self):
        return {
            "my_holds": Tile(
                "decide",
                self.env._("My held orders"),
                "credit.hold",
                (("state", "=", "pending"), ("salesperson_id", "=", self.env.uid)),
                "credit_management.action_credit_hold",
                amount="amount",
                groups=_SELLER,
            ),
            "my_overdue": Tile(
                "late",
                self.env._("Overdue of my customers"),
                "credit.exposure.salesperson",
                (("salesperson_id", "=", self.env.uid), ("overdue", ">", 0)),
                "credit_management.action_my_exposure",
                amount="overdue",
                groups=_SELLER,
            ),
        }
