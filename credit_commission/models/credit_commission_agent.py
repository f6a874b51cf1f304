from odoo import fields, models


class CreditCommissionAgent(models.Model):
    """A share of the commission of certain sales: of whoever made the sale, or of one named person."""

    _name = "credit.commission.agent"
    _description = "Share of a Commission"
    _order = "plan_id, is_override, sequence, id"

    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    sequence = fields.Integer(default=10)
    person_kind = fields.Selection(
        [("salesperson", "Salesperson of the sale"), ("named", "Named person")],
        "Who",
        required=True,
        default="salesperson",
    )
    person_id = fields.Many2one(
        "res.partner", "Person", index="btree_not_null", ondelete="restrict"
    )
    role = fields.Selection(
        [
            ("salesperson", "Salesperson"),
            ("support", "Support"),
            ("manager", "Manager"),
            ("agent", "External agent"),
            ("introducer", "Introducer"),
        ],
        required=True,
        default="salesperson",
    )
    share = fields.Float(
        "Share (%)", digits=(16, 4), default=100.0, help="Percent of the commission of the sale."
    )
    is_override = fields.Boolean(
        "On Top", help="Paid on top of the shares of the others, such as a manager's."
    )
    date_from = fields.Date("Sales From")
    date_to = fields.Date("Sales Until")
    scope_user_id = fields.Many2one("res.users", "Sales Of", index="btree_not_null")
    scope_team_id = fields.Many2one("crm.team", "Sales of the Team", index="btree_not_null")
    scope_partner_id = fields.Many2one(
        "res.partner", "Sales to the Customer", index="btree_not_null"
    )
    target_amount = fields.Monetary(
        "Target per Period",
        help="Net to be collected in a period, for tiers in percent of the target.",
    )
