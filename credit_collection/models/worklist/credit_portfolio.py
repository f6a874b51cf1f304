from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class CreditPortfolio(models.Model):
    """Customers that somebody follows: a saved filter, its collector, and who stands in while the collector is away.

    A customer is in the first portfolio whose filter it meets.
    """

    _name = "credit.portfolio"
    _description = "Portfolio of Customers"
    _inherit = ["credit.owned.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(
        default=10, help="A customer belongs to the first portfolio whose filter matches"
    )
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.company.root_id,
        domain=[("parent_id", "=", False)],
    )
    domain = fields.Char(
        string="Customers",
        default="[]",
        required=True,
        tracking=True,
        help="Filter of credit files",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        required=True,
        index=True,
        tracking=True,
        domain=[("share", "=", False)],
    )
    deputy_id = fields.Many2one(
        "res.users",
        string="Stand-in",
        index="btree_not_null",
        tracking=True,
        domain=[("share", "=", False)],
        help="Follows the customers of the portfolio instead of the collector between the two dates",
    )
    absent_from = fields.Date(string="Away from", tracking=True)
    absent_to = fields.Date(string="Away to", tracking=True)
    customer_count = fields.Integer(string="Customers Followed", compute="_compute_customer_count")

    # === COMPUTE METHODS === #

    def _compute_customer_count(self):
        counts = dict(
            self.env["credit.worklist"]._read_group(
                [("portfolio_id", "in", self.ids)], ["portfolio_id"], ["__count"]
            )
        )
        for portfolio in self:
            portfolio.customer_count = counts.get(portfolio, 0)

    # === CONSTRAINTS === #

    @api.constrains("domain")
    def _check_domain(self):
        """A filter that cannot be read would stop everybody's list."""
        for portfolio in self:
            try:
                domain = portfolio._get_domain()
                portfolio._check_fields(domain)
                self.env["credit.profile"].search(domain, limit=1)
            except (ValueError, SyntaxError, TypeError, KeyError) as error:
                raise ValidationError(
                    self.env._(
                        "The filter of %(portfolio)s cannot be read: %(error)s. Choose its conditions again.",
                        portfolio=portfolio.name,
                        error=error,
                    )
                ) from error

    def _check_fields(self, domain):
        """:raise ValidationError: where a filter looks at what is found through portfolios"""
        forbidden = self.env["credit.profile"]._get_worklist_fields()
        names = {condition.field_expr.split(".")[0] for condition in domain.iter_conditions()}
        if found := names & forbidden:
            raise ValidationError(
                self.env._(
                    "Portfolios cannot be filtered by %s, which depends on them. Filter by other fields of the credit file.",
                    ", ".join(sorted(found)),
                )
            )

    @api.constrains("deputy_id", "absent_from", "absent_to")
    def _check_absence(self):
        for portfolio in self:
            dates = (portfolio.absent_from, portfolio.absent_to)
            if not any(dates):
                continue
            if not all((*dates, portfolio.deputy_id)) or dates[0] > dates[1]:
                raise ValidationError(
                    self.env._(
                        "An absence needs a first day, a last day and a stand-in. Fill in all three for %s, in date order.",
                        portfolio.name,
                    )
                )

    @api.constrains("user_id", "deputy_id")
    def _check_people(self):
        group = "credit_management.group_credit_user"
        for portfolio in self:
            for user in portfolio.user_id | portfolio.deputy_id:
                if not user.has_group(group):
                    raise ValidationError(
                        self.env._(
                            "%s has no credit access. Choose another collector, or ask an administrator to grant it.",
                            user.name,
                        )
                    )

    # === ACTIONS === #

    @api.readonly
    def action_view_customers(self):
        """The customers of the portfolio, in the order in which they are called."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_collection.action_credit_worklist_today"
        )
        return {**action, "domain": [("portfolio_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _get_domain(self):
        """The filter.

        :raise ValueError: where it is none
        """
        return Domain(literal_eval((self.domain or "").strip() or "[]"))

    @api.model
    def _portfolio_sql(self):
        """The portfolio of credit file ``f``, the first that fits."""
        files = self.env["credit.profile"].sudo().with_context(active_test=False)
        branches = [
            SQL(
                "WHEN f.company_id = %s AND f.id IN %s THEN %s",
                portfolio.company_id.id,
                files._search(portfolio._get_domain()).subselect(),
                portfolio.id,
            )
            for portfolio in self.sudo().search([])
        ]
        if not branches:
            return SQL("NULL::int")
        return SQL("CASE %s END", SQL(" ").join(branches))

    @api.model
    def _collector_sql(self, today):
        """Who has the customers of portfolio ``w`` on a day; where there is none, the analyst of credit file ``f``."""
        return SQL(
            """COALESCE(CASE WHEN %(today)s BETWEEN w.absent_from AND w.absent_to THEN w.deputy_id END,
                        w.user_id, f.analyst_id)""",
            today=today,
        )
