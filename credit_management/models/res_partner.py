from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "credit.derived.mixin"]

    credit_profile_ids = fields.One2many(
        "credit.profile",
        "partner_id",
        string="Credit Files",
        groups="credit_management.group_credit_user",
    )
    credit_profile_id = fields.Many2one(
        "credit.profile",
        string="Credit File",
        compute="_compute_credit_profile_id",
        search="_search_credit_profile_id",
        groups="credit_management.group_credit_user",
        help="Credit file of the commercial entity in the current company",
    )
    credit_profile_status = fields.Selection(
        related="credit_profile_id.status",
        string="Credit Status",
        groups="credit_management.group_credit_user",
    )
    credit_profile_mode = fields.Selection(
        related="credit_profile_id.credit_mode",
        string="Credit Mode",
        groups="credit_management.group_credit_user",
    )
    credit_profile_currency_id = fields.Many2one(
        related="credit_profile_id.currency_id",
        string="Credit Currency",
        groups="credit_management.group_credit_user",
    )
    credit_profile_limit = fields.Monetary(
        related="credit_profile_id.credit_limit",
        currency_field="credit_profile_currency_id",
        string="Limit in Force",
        groups="credit_management.group_credit_user",
    )
    credit_profile_exposure = fields.Monetary(
        related="credit_profile_id.exposure",
        currency_field="credit_profile_currency_id",
        string="Exposure",
        groups="credit_management.group_credit_user",
    )
    credit_profile_available = fields.Monetary(
        related="credit_profile_id.available",
        currency_field="credit_profile_currency_id",
        string="Available",
        groups="credit_management.group_credit_user",
    )
    credit_profile_overdue = fields.Monetary(
        related="credit_profile_id.overdue",
        currency_field="credit_profile_currency_id",
        string="Overdue",
        groups="credit_management.group_credit_user",
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id.credit_profile_ids")
    @api.depends_context("company")
    def _compute_credit_profile_id(self):
        company = self.env.company.root_id
        profiles = self.env["credit.profile"].search(
            [("partner_id", "in", self.commercial_partner_id.ids), ("company_id", "=", company.id)]
        )
        by_customer = {profile.partner_id: profile for profile in profiles}
        for partner in self:
            partner.credit_profile_id = by_customer.get(partner.commercial_partner_id)

    def _search_credit_profile_id(self, operator, value):
        if operator not in ("in", "any", "any!"):
            return NotImplemented
        company = Domain("company_id", "=", self.env.company.root_id.id)
        if operator == "in" and False in value:
            found = self.env["credit.profile"]._search(company)
            without = Domain("commercial_partner_id.credit_profile_ids", "not in", found)
            return without | Domain("credit_profile_id", "in", set(value) - {False})
        found = self.env["credit.profile"]._search(
            company
            & (Domain("id", "in", value) if operator == "in" else Domain("id", operator, value))
        )
        return Domain("commercial_partner_id.credit_profile_ids", "in", found)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        amounts = [vals.get("credit_limit") for vals in vals_list]
        partners = super().create(
            [
                {name: value for name, value in vals.items() if name != "credit_limit"}
                for vals in vals_list
            ]
            if any(amounts)
            else vals_list
        )
        for partner, amount in zip(partners, amounts, strict=True):
            if amount:
                partner.write({"credit_limit": amount})
        return partners

    def write(self, vals):
        # EXTENDS 'base'
        if vals.keys() & {"tz", "country_id"}:  # they determine a company's date
            self.env.registry.clear_cache()
        if "credit_limit" in vals:
            self._check_field_access(self._fields["credit_limit"], "write")
            customers = self.filtered(lambda partner: partner.commercial_partner_id == partner)
            result = super().write(
                {name: value for name, value in vals.items() if name != "credit_limit"}
            )
            super(ResPartner, self - customers).write({"credit_limit": vals["credit_limit"]})
            customers._decide_limit_written(vals["credit_limit"] or 0.0)
            return result
        if not vals.keys() & {"parent_id", "is_company"}:
            return super().write(vals)
        customers = self._get_customers_within()
        result = super().write(vals)
        self._follow_customers(customers)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit_history(self):
        profiles = self.env["credit.profile"].sudo().search([("partner_id", "in", self.ids)])
        profiles._check_no_history()
        profiles.unlink()

    # === ACTIONS === #

    @api.readonly
    def action_view_credit_profile(self):
        """Open the credit file of the customer in the current company."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit File"),
            "res_model": "credit.profile",
            "res_id": self.credit_profile_id.id,
            "views": [(False, "form")],
        }

    def action_open_credit_profile(self):
        """Open the credit file, creating it if the customer has none."""
        self.ensure_one()
        self.env["credit.profile"].check_access("read")
        self.env["credit.profile"].sudo()._ensure(
            self.commercial_partner_id, self.env.company.root_id
        )
        self.invalidate_recordset(["credit_profile_id"])
        return self.action_view_credit_profile()

    # === BUSINESS METHODS === #

    def _get_customers_within(self):
        """The customers among these partners and their contacts at every level, including archived ones."""
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        within = partners.search([("id", "child_of", self.ids)])
        return within.filtered(lambda partner: partner.commercial_partner_id == partner)

    def _follow_customers(self, before):
        """Move credit to the customer who buys now, after these partners changed company.

        :param before: customers among them and their contacts until now
        """
        after = self._get_customers_within()
        files = self.env["credit.profile"].sudo()
        joined, left = before - after, after - before
        resting = files.search([("partner_id", "in", joined.ids)])
        if not self.env.su:
            resting._check_may_rest()
        resting._rest()
        files.search([("partner_id", "in", left.ids)])._mirror_limit()
        (self & joined)._give_records_to_customer()

    def _give_records_to_customer(self):
        """Called when customers become contacts of another. Extend to move the records of an add-on to the new
        customer."""

    def _merge_files_of(self, merged):
        """Merge the credit files of other partners into this one's, before the partners themselves are merged.

        Odoo's own field is made equal first, or Odoo would write the merged partners' value on this one.
        """
        customer = self.commercial_partner_id
        files = self.env["credit.profile"].sudo()
        files.search([("partner_id", "in", merged.ids)])._move_to(customer)
        if not files.search_count([("partner_id", "=", customer.id)], limit=1):
            return
        self.env["res.partner"].flush_model(["credit_limit"])
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p SET credit_limit = kept.credit_limit FROM res_partner kept
                    WHERE kept.id = %s AND p.id IN %s""",
                self.id,
                tuple(merged.ids),
            )
        )
        self.env["res.partner"].invalidate_model(["credit_limit"])

    def _decide_limit_written(self, amount):
        """Turn a value written to Odoo's own field into a limit request, approved at once if the user has the
        authority.

        :param amount: in the company's currency; for Odoo, 0 means "no limit"
        """
        self.env["credit.limit"]._refuse_no_number({"amount": amount})
        if amount < 0:
            raise ValidationError(
                self.env._("A credit limit cannot be negative. Enter 0 to grant no credit.")
            )
        company = self.env.company.root_id
        for customer in self.filtered(
            lambda partner: company.currency_id.compare_amounts(partner.credit_limit, amount)
        ):
            profile = self.env["credit.profile"].sudo()._ensure(customer, company)
            if not amount:
                profile.with_user(self.env.user)._decide_unlimited()
                continue
            limit = (
                self.env["credit.limit"]
                .sudo()
                .create(
                    {
                        "profile_id": profile.id,
                        "amount": amount,
                        "reason": self.env._("Entered on the customer record"),
                    }
                )
            )
            limit.action_request()
            if not limit._get_refusal_of_decision():
                limit.action_approve()
            elif not profile.effective_policy_id:
                # no policy is in use yet: keep it as Odoo does; it becomes the opening limit later
                limit._decide("approved")
                limit._begin(self.env["res.company"]._get_credit_today())
