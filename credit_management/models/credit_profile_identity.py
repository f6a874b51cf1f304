from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list


class CreditProfile(models.Model):
    """Finds files with the same identifier: one customer with two files has twice the limit."""

    _inherit = "credit.profile"

    identifier_warning = fields.Char(related="partner_id.credit_identifier_warning")
    is_duplicate = fields.Boolean(
        compute="_compute_duplicates",
        search="_search_is_duplicate",
        help="Another credit file of the company has the same SIREN, VAT or registration number",
    )
    duplicate_warning = fields.Char(string="Same Identifier As", compute="_compute_duplicates")

    # === COMPUTE METHODS === #

    @api.depends("partner_id.company_registry", "partner_id.vat", "partner_id.country_id")
    @api.depends_context("lang")
    def _compute_duplicates(self):
        found = self._find_duplicates()
        for profile in self:
            twins = found.get(profile._origin.id, {})
            profile.is_duplicate = bool(twins)
            profile.duplicate_warning = " ".join(
                self.env._(
                    "%(number)s is also the number of %(customers)s.",
                    number=number,
                    customers=format_list(self.env, others.mapped("partner_id.display_name")),
                )
                for number, others in twins.items()
            )

    def _search_is_duplicate(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_identity()
        twins = SQL(
            """SELECT unnest(k.profiles) FROM (
                 SELECT array_agg(DISTINCT profile_id) AS profiles FROM (%s) keys
                  GROUP BY company_id, number
               ) k WHERE array_length(k.profiles, 1) > 1""",
            self._identity_sql(),
        )
        return Domain("id", "in", twins)

    # === ACTIONS === #

    @api.readonly
    def action_view_duplicates(self):
        """Open this file and those with the same identifier."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Duplicate Files"),
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", (self | self._get_duplicates()).ids)],
        }

    @api.readonly
    def action_merge_duplicates(self):
        """Open Odoo's contact merge for these customers; their files are merged with them."""
        self.ensure_one()
        customers = (self | self._get_duplicates()).partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge"),
            "res_model": "base.partner.merge.automatic.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"active_model": "res.partner", "active_ids": customers.ids},
        }

    def _get_duplicates(self):
        self.check_access("read")
        twins = self._find_duplicates().get(self.id, {})
        return self.browse().union(*twins.values())

    # === BUSINESS METHODS === #

    def _find_duplicates(self):
        """``{profile id: {number: other profiles}}`` of saved files."""
        if not self._origin:
            return {}
        self._flush_identity()
        rows = self.env.execute_query(
            SQL(
                """WITH keys AS MATERIALIZED (%s)
                   SELECT own.profile_id, own.number, array_agg(DISTINCT other.profile_id)
                     FROM keys own
                     JOIN keys other ON other.number = own.number AND other.company_id = own.company_id
                      AND other.profile_id <> own.profile_id
                    WHERE own.profile_id IN %s
                    GROUP BY own.profile_id, own.number ORDER BY own.number""",
                self._identity_sql(),
                tuple(self._origin.ids),
            )
        )
        found = {}
        for profile, number, others in rows:
            found.setdefault(profile, {})[number.partition(":")[2]] = self.browse(others)
        return found

    def _flush_identity(self):
        self.flush_model(["partner_id", "company_id"])
        self.env["res.partner"].flush_model(["company_registry", "vat", "country_id"])

    def _identity_sql(self):
        """``profile_id, company_id, number``: one row per number of a customer, normalised and prefixed by its type.

        French registration and VAT numbers are reduced to the SIREN; Monaco has none.
        """
        return SQL(
            """SELECT n.profile_id, n.company_id, x.number
                 FROM (SELECT f.id AS profile_id, f.company_id, c.code AS country,
                              regexp_replace(upper(p.company_registry), '[^A-Z0-9]', '', 'g') AS registry,
                              regexp_replace(upper(p.vat), '[^A-Z0-9]', '', 'g') AS vat
                         FROM credit_profile f
                         JOIN res_partner p ON p.id = f.partner_id
                         LEFT JOIN res_country c ON c.id = p.country_id
                        WHERE p.company_registry IS NOT NULL OR p.vat IS NOT NULL) n
                CROSS JOIN LATERAL (VALUES
                      (CASE WHEN n.registry ~ '^\\d{9}(\\d{5})?$' AND COALESCE(n.country, 'FR') = 'FR'
                            THEN 'siren:' || left(n.registry, 9)
                            WHEN length(n.registry) > 3 THEN 'registry:' || COALESCE(n.country, '') || ' ' || n.registry
                       END),
                      (CASE WHEN n.vat ~ '^FR[A-Z0-9]{2}\\d{9}$' AND substr(n.vat, 5, 3) <> '000'
                            THEN 'siren:' || substr(n.vat, 5)
                            WHEN length(n.vat) > 3 THEN 'vat:' || n.vat
                       END)
                ) x(number)
                WHERE x.number IS NOT NULL"""
        )
