from datetime import date

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules import Share
from ..percent import format_percent


class CreditCommissionAgent(models.Model):
    """A share of the commission on certain sales, for the salesperson of the sale or a named person."""

    _name = "credit.commission.agent"
    _inherit = ["credit.commission.plan.part"]
    _description = "Share of a Commission"
    _order = "plan_id, is_override, sequence, id"

    company_id = fields.Many2one(related="plan_id.company_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    sequence = fields.Integer(default=10)
    person_kind = fields.Selection(
        [("salesperson", "Salesperson of the sale"), ("named", "Named person")],
        "Who",
        required=True,
        default="salesperson",
    )
    person_id = fields.Many2one("res.partner", index="btree_not_null", ondelete="restrict")
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
        "Share (%)", digits=(16, 4), default=100.0, help="Percentage of the commission on the sale."
    )
    is_override = fields.Boolean(
        "On Top", help="Paid in addition to the other shares, for example to a manager."
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

    _share_in_range = models.Constraint(
        "CHECK (share > 0 AND share <= 100)",
        "A share must be above 0 % and no more than 100 %. Correct it.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_from IS NULL OR date_to IS NULL OR date_to >= date_from)",
        "A share must end after it begins. Correct its dates.",
    )
    _target_positive = models.Constraint(
        "CHECK (target_amount IS NULL OR target_amount >= 0)",
        "A target cannot be negative. Enter zero or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends("person_kind", "person_id", "share")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["person_kind"]._description_selection(self.env))
        for share in self:
            who = share.person_id.display_name or labels.get(share.person_kind, "")
            percent = format_percent(self.env, share.share)
            share.display_name = f"{who}, {percent} %"

    # === CONSTRAINTS === #

    @api.constrains("person_kind", "person_id")
    def _check_person(self):
        for share in self:
            if share.person_kind == "named" and not share.person_id:
                raise ValidationError(
                    self.env._(
                        "Choose the person who gets %(share)s %% under the plan %(plan)s. A share without a person cannot be paid.",
                        share=format_percent(self.env, share.share),
                        plan=share.plan_id.name,
                    )
                )

    @api.constrains("person_id", "plan_id")
    def _check_person_company(self):
        for share in self:
            company = share.person_id.company_id
            if company and company.root_id != share.company_id:
                raise ValidationError(
                    self.env._(
                        "%(person)s belongs to %(other)s. Choose a contact of %(company)s for its plan.",
                        person=share.person_id.display_name,
                        other=company.name,
                        company=share.company_id.name,
                    )
                )

    # === ONCHANGE METHODS === #

    @api.onchange("person_kind")
    def _onchange_person_kind(self):
        if self.person_kind == "salesperson":
            self.person_id = False

    # === BUSINESS METHODS === #

    def _to_share(self):
        """:rtype: ..rules.Share"""
        return Share(
            self.id,
            self.share,
            self.is_override,
            self.scope_user_id.id or 0,
            self.scope_team_id.id or 0,
            self.scope_partner_id.commercial_partner_id.id or 0,
            self.date_from or date.min,
            self.date_to or date.max,
        )

    def _pays_same(self, others):
        """Whether any of these shares and any of the others pay the same person for the same sale.

        The rules of their plans are ignored.
        """
        return any(
            one._meets(other) and one._get_payee() == other._get_payee()
            for one in self
            for other in others
        )

    def _meets(self, other):
        """Whether a sale may match both: each scope is equal or open on one side."""
        scopes = ("scope_user_id", "scope_team_id", "scope_partner_id")
        return all(self[name] == other[name] or not (self[name] and other[name]) for name in scopes)

    def _get_payee(self):
        """The named person; empty for the salesperson of the sale, even if named with their own sales."""
        own = self.scope_user_id.partner_id == self.person_id
        return self.person_id.browse() if own else self.person_id
