import pytz
from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..rules import default_limit

CREDIT_MODES = [("limited", "Limited"), ("unlimited", "Unlimited"), ("prepaid", "Prepaid")]

#: groups that may read the settings
_READERS = "credit_management.group_credit_user,account.group_account_invoice,base.group_system"


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "credit.number.mixin"]

    _numbers_prefix = "credit_"

    credit_management_policy_id = fields.Many2one(
        "credit.policy",
        string="Credit Policy",
        ondelete="restrict",
        help="Applies to every customer without a policy of its own. Leave empty to hold no orders.",
        groups=_READERS,
    )
    credit_management_default_mode = fields.Selection(
        CREDIT_MODES,
        string="Credit Default Mode",
        default="unlimited",
        required=True,
        help="Credit mode of customers without a credit decision",
        groups=_READERS,
    )
    credit_management_default_limit = fields.Monetary(
        string="Credit Default Limit",
        help="Limit of customers in limited mode who have none of their own, nor from their risk class or policy",
        groups=_READERS,
    )
    credit_management_analyst_id = fields.Many2one(
        "res.users",
        string="Credit Analyst",
        help="Analyst for customers who have none of their own",
        groups=_READERS,
    )
    credit_management_limit_method = fields.Selection(
        [
            ("need", "Need"),
            ("peak", "Highest balance"),
            ("work_in_hand", "Orders and invoices in hand"),
        ],
        string="Recommended Limit",
        default="need",
        required=True,
        help="Method whose result is recommended; the others are shown next to it",
        groups=_READERS,
    )
    credit_management_alert_days = fields.Integer(
        string="Credit Alert Days",
        default=30,
        help="Days before expiry when the analyst is notified",
        groups=_READERS,
    )

    # === CONSTRAINTS === #

    @api.constrains("credit_management_default_limit")
    def _check_credit_default_limit(self):
        if any(company.credit_management_default_limit < 0 for company in self):
            raise ValidationError(
                self.env._("A credit limit cannot be negative. Enter 0 to grant no credit.")
            )

    @api.constrains("credit_management_alert_days")
    def _check_credit_alert_days(self):
        if any(company.credit_management_alert_days < 0 for company in self):
            raise ValidationError(
                self.env._(
                    "Enter how many days before a limit expires the analyst is notified: 0 or more."
                )
            )

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        companies = super().create(vals_list)
        self.env.registry.clear_cache()
        companies.filtered("parent_id").root_id._mirror_default_limit()
        return companies

    def write(self, vals):
        # EXTENDS 'base'
        before = self.env["credit.journal"]._snapshot(
            self, self._get_credit_settings() & vals.keys()
        )
        result = super().write(vals)
        self._log_credit_settings(before)
        if vals.keys() & {"parent_id", "partner_id", "currency_id", "transfer_account_id"}:
            self.env.registry.clear_cache()
        if vals.keys() & {
            "credit_management_default_mode",
            "credit_management_default_limit",
            "credit_management_policy_id",
        }:
            self.root_id._mirror_default_limit()
            self.env["credit.hold"]._reassess_soon()
        return result

    @api.model
    def _get_credit_settings(self):
        """Names of the credit settings, which share a prefix."""
        return {
            name
            for name, field in self._fields.items()
            if name.startswith("credit_") and field.store
        }

    def _log_credit_settings(self, before):
        """Log changes of the settings for credit users."""
        journal = self.env["credit.journal"]
        title = self.env._("Changes of Settings")
        self.env["credit.setting.change"].sudo().create(
            [
                {"company_id": company.id, "change": journal._to_body(title, lines)}
                for company, lines in journal._get_changes(before).items()
            ]
        )

    # === BUSINESS METHODS === #

    @api.model
    @ormcache()
    def _get_credit_roots(self):
        """``{company id: (root company id, its currency id, that currency's decimals)}``."""
        everything = [("id", "!=", False)]
        companies = self.sudo().with_context(active_test=False).search(everything)
        return {
            company.id: (
                company.root_id.id,
                company.root_id.currency_id.id,
                company.root_id.currency_id.decimal_places,
            )
            for company in companies
        }

    def _get_credit_today(self, moment=None):
        """Today in the time zone of the first of these companies, otherwise of the current one, whoever the user is.

        :param moment: a moment other than now, in UTC
        """
        zone = self._get_credit_zone((self or self.env.company).ids[0])
        return fields.Date.context_today(self.with_context(tz=zone), moment)

    @api.model
    @ormcache("company_id")
    def _get_credit_zone(self, company_id):
        """The time zone of the root company's own contact, else the only one of its country, else UTC."""
        contact = self.sudo().browse(company_id).root_id.partner_id
        zones = pytz.country_timezones.get(contact.country_id.code or "", ())
        return contact.tz or (zones[0] if len(zones) == 1 else "UTC")

    def _get_credit_tree(self):
        """The company and all its branches, including archived ones."""
        self.ensure_one()
        return self.sudo().with_context(active_test=False).search([("id", "child_of", self.id)])

    def _get_default_limit(self):
        """Limit of customers of this root company without a credit file; ``None`` if unlimited.

        The class-less case of ``credit.position._limit_sql``; tests compare the two.
        """
        self.ensure_one()
        if self.credit_management_default_mode == "unlimited":
            return None
        if self.credit_management_default_mode == "prepaid":
            return 0.0
        policy = self.sudo().credit_management_policy_id
        return default_limit([policy], self.credit_management_default_limit)

    def _mirror_default_limit(self):
        """Update Odoo's own default limit, which applies to partners without a decision."""
        for root in self:
            limit = root._get_default_limit() or 0.0
            for company in root._get_credit_tree():
                self.env["ir.default"].sudo().set(
                    "res.partner", "credit_limit", limit, company_id=company.id
                )
        self.env["credit.profile"].sudo().search([("company_id", "in", self.ids)])._mirror_limit()
