from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules.summary import is_blocked, judge_customers, may_buy, still_to_order


class ResPartner(models.Model):
    """A customer's credit as salespeople see it: may it buy, for how much, and why not.

    Not stored, without exposure or overdue amounts, and read for many customers at once.
    """

    _inherit = "res.partner"

    credit_summary = fields.Text(
        string="Credit",
        compute="_compute_credit_summary",
        help="May this customer buy, and for how much?",
    )
    credit_may_buy = fields.Selection(
        [("yes", "Yes"), ("warning", "With care"), ("blocked", "Blocked")],
        string="May Buy",
        compute="_compute_credit_summary",
        search="_search_credit_may_buy",
    )
    credit_may_buy_text = fields.Char(
        string="May Buy, in Words",
        compute="_compute_credit_summary",
        help="In words: a used-up limit is not the same as a blocked customer",
    )
    credit_has_ceiling = fields.Boolean(
        compute="_compute_credit_summary", help="An amount may still be ordered"
    )
    credit_to_order = fields.Monetary(
        string="May Still Order",
        compute="_compute_credit_summary",
        currency_field="credit_company_currency_id",
        help="Amount left within the credit limit, taxes included; nothing while the customer is blocked",
    )
    credit_company_currency_id = fields.Many2one(
        "res.currency", compute="_compute_credit_company_currency_id"
    )
    credit_pending_hold_count = fields.Integer(
        string="Orders Waiting",
        compute="_compute_credit_pending_hold_count",
        help="Held documents waiting for a decision, among those you may see",
    )
    credit_is_my_customer = fields.Boolean(
        string="Is My Customer",
        compute="_compute_is_my_customer",
        search="_search_is_my_customer",
        help="You follow this customer or have an order for it",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company", "uid", "lang")
    @api.depends("commercial_partner_id", "user_id")
    def _compute_credit_summary(self):
        company = self.env.company.root_id
        visible = self.filtered(
            lambda partner: partner.commercial_partner_id and partner._may_see_credit_summary()
        )
        verdicts = visible.commercial_partner_id._origin._get_smallest_verdicts(company)
        for partner in self:
            verdict = verdicts.get(partner in visible and partner.commercial_partner_id._origin.id)
            partner.update(
                self._get_position_values(verdict, company)
                if verdict
                else dict.fromkeys(self._get_position_fields(), False)
            )

    @api.depends_context("company")
    def _compute_credit_company_currency_id(self):
        self.credit_company_currency_id = self.env.company.root_id.currency_id

    @api.depends_context("company", "uid")
    def _compute_credit_pending_hold_count(self):
        counts = {}
        holds = self.env["credit.hold"]
        if holds.has_access("read"):
            domain = self._get_pending_hold_domain()
            counts = dict(holds._read_group(domain, ["partner_id"], ["__count"]))
        for partner in self:
            partner.credit_pending_hold_count = counts.get(partner.commercial_partner_id._origin, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_is_my_customer(self):
        mine = self.search([("id", "in", self.ids), ("credit_is_my_customer", "=", True)])
        for partner in self:
            partner.credit_is_my_customer = partner._origin in mine

    def _search_is_my_customer(self, operator, value):
        """Customers the user follows, or who are invoiced for one of the user's orders or quotations."""
        if operator != "in":
            return NotImplemented
        self.env["sale.order"].flush_model(["user_id", "partner_invoice_id", "company_id"])
        self.env["res.partner"].flush_model(["user_id", "commercial_partner_id"])
        return Domain.custom(to_sql=lambda model, alias, query: self._is_my_customer_sql(alias))

    def _is_my_customer_sql(self, alias):
        return SQL(
            """%(alias)s.id IN (
                 SELECT own.commercial_partner_id FROM res_partner own WHERE own.user_id = %(user)s
                 UNION
                 SELECT own.commercial_partner_id FROM sale_order o
                   JOIN res_partner own ON own.id = o.partner_invoice_id
                  WHERE o.user_id = %(user)s AND o.company_id IN %(companies)s
               )""",
            alias=SQL.identifier(alias),
            user=self.env.uid,
            companies=tuple(self.env.companies.ids),
        )

    def _search_credit_may_buy(self, operator, value):
        """Searches only the user's own customers and those with a credit file."""
        if operator != "in" or False in value or not self._may_see_any_credit_summary():
            return Domain.FALSE if operator == "in" else NotImplemented
        files = self.env["credit.profile"].sudo()
        with_file = files._search([("company_id", "=", self.env.company.root_id.id)])
        customers = self.search(
            Domain("credit_is_my_customer", "=", True)
            | Domain("id", "in", with_file.subselect("partner_id"))
        )
        found = customers.filtered(lambda customer: customer.credit_may_buy in value)
        return Domain("commercial_partner_id", "in", found.ids)

    # === ACTIONS === #

    @api.readonly
    def action_view_credit_holds(self):
        """Open this customer's pending holds that the user may see."""
        self.ensure_one()
        self.env["credit.hold"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_hold"
        )
        return {**action, "domain": self._get_pending_hold_domain(), "context": {}}

    # === BUSINESS METHODS === #

    def _may_see_any_credit_summary(self):
        return self.env.user._has_group("credit_management.group_credit_user") or (
            self.env.user._has_group("sales_team.group_sale_salesman")
        )

    def _may_see_credit_summary(self):
        """Credit users see every customer; salespeople their own, those without a salesperson, and all if they see all
        orders."""
        user = self.env.user
        if user._has_group("credit_management.group_credit_user"):
            return True
        if user._has_group("sales_team.group_sale_salesman_all_leads"):
            return True
        owner = self.commercial_partner_id.user_id or self.user_id
        return user._has_group("sales_team.group_sale_salesman") and (not owner or owner == user)

    def _get_pending_hold_domain(self):
        return [
            ("partner_id", "in", self.commercial_partner_id._origin.ids),
            ("company_id", "=", self.env.company.root_id.id),
            ("state", "=", "pending"),
        ]

    def _get_smallest_verdicts(self, company):
        """``{customer id: Assessment}`` of the smallest possible document, so that only reasons about the customer
        remain.

        :param company: root company
        """
        today = self.env["res.company"]._get_credit_today()
        customers = {(customer.id, company.id) for customer in self}
        positions = self.env["credit.profile"].sudo()._read_positions(customers, today)
        return {key[0]: verdict for key, verdict in judge_customers(positions).items()}

    def _get_position_fields(self):
        return (
            "credit_summary",
            "credit_may_buy",
            "credit_may_buy_text",
            "credit_has_ceiling",
            "credit_to_order",
        )

    def _get_position_values(self, verdict, company):
        state = may_buy(verdict)
        left = still_to_order(verdict.position)
        return {
            "credit_may_buy": state,
            "credit_may_buy_text": self._get_may_buy_text(state, verdict),
            "credit_summary": self._get_position_sentence(verdict, company),
            "credit_has_ceiling": left is not None,
            "credit_to_order": 0.0 if state == "blocked" else left or 0.0,
        }

    def _get_may_buy_text(self, state, verdict):
        held = {reason.kind for reason in verdict.reasons if reason.action == "hold"}
        used_up = held and held <= {"over_limit", "limit_used"}
        if state == "blocked" and used_up and not is_blocked(verdict.position):
            return self.env._("Limit reached")
        return dict(self._fields["credit_may_buy"]._description_selection(self.env))[state]

    def _get_position_sentence(self, verdict, company):
        """Whether the customer may buy, and why not; the only figure is what may still be ordered."""
        position = verdict.position
        if is_blocked(position):
            return self.env._("Blocked: no order passes without a release.")
        kinds = dict.fromkeys(reason.kind for reason in verdict.reasons)
        if position.credit_mode == "prepaid":
            kinds = {"prepaid_only": None} | kinds
            kinds.pop("over_limit", None)
        if kinds.keys() & {"over_limit", "prepaid_only"}:
            kinds.pop("limit_used", None)
        rules = self.env["credit.policy.rule"].sudo()
        other = self.env._("A rule of the credit policy applies.")
        parts = list(dict.fromkeys(rules._get_public_sentence(kind) or other for kind in kinds))
        if may_buy(verdict) == "blocked":
            parts.append(self.env._("An order needs a release."))
        elif position.credit_mode != "prepaid":
            parts.append(self._get_ceiling_sentence(still_to_order(position), company))
        return " ".join(parts)

    def _get_ceiling_sentence(self, left, company):
        if left is None:
            return self.env._("No limit.")
        return self.env._("Available to order: %s.", company.currency_id.format(left))
