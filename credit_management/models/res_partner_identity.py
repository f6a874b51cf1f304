from odoo import api, fields, models
from odoo.fields import Domain

from ..rules.identifiers import check_iban, check_lei, check_registry, check_vat, siren_of


class ResPartner(models.Model):
    """Warns about registration, VAT and account numbers that cannot be valid; they are not refused."""

    _inherit = "res.partner"

    credit_identifier_warning = fields.Char(
        string="Invalid Identifiers",
        compute="_compute_credit_identifier_warning",
        search="_search_credit_identifier_warning",
        groups="base.group_user",
    )

    @api.depends("company_registry", "vat", "country_id", "bank_ids.acc_number")
    @api.depends_context("lang")
    def _compute_credit_identifier_warning(self):
        for partner in self:
            partner.credit_identifier_warning = " ".join(partner._get_identifier_faults()) or False

    def _search_credit_identifier_warning(self, operator, value):
        """Reads and checks every number, as validity cannot be searched in SQL."""
        if operator == "in" and set(value) == {False}:
            return ~Domain("id", "in", self._search_with_identifiers(bool))
        if operator == "ilike":
            text = value.lower()
            return Domain("id", "in", self._search_with_identifiers(lambda w: text in w.lower()))
        return NotImplemented

    def _search_with_identifiers(self, accept):
        """Ids of the customers whose warning the predicate accepts."""
        numbers = [
            Domain(name, "!=", False)
            for name in ("company_registry", "vat", self._get_lei_field(), "bank_ids")
            if name
        ]
        customers = self.with_context(active_test=False).search(
            Domain("parent_id", "=", False) & Domain.OR(numbers)
        )
        return customers.filtered(
            lambda customer: accept(customer.credit_identifier_warning or "")
        ).ids

    @api.model
    def _get_lei_field(self):
        """Another add-on's field for the legal entity identifier, if there is one."""
        return next((name for name in ("lei", "lei_code") if name in self._fields), "")

    def _get_identifier_faults(self):
        """One sentence for each invalid number."""
        country = self.country_id.code or ""
        lei_field = self._get_lei_field()
        checks = [
            (self.company_registry, check_registry(country, self.company_registry)),
            (self.vat, check_vat(country, self.vat)),
            (lei_field and self[lei_field], check_lei(lei_field and self[lei_field])),
        ]
        checks += [
            (f"…{bank.acc_number[-4:]}", check_iban(bank.acc_number))
            for bank in self.sudo().bank_ids
            if bank.acc_number
        ]
        sentences = self._get_fault_sentences()
        faults = [
            sentences[found[1]] % {"name": self._get_number_name(found[0]), "number": number}
            for number, found in checks
            if found
        ]
        sirens = siren_of(self.company_registry, self.vat) if country == "FR" and not faults else []
        if len(sirens) > 1:
            faults.append(
                self.env._(
                    "The VAT number belongs to SIREN %(other)s, the registration to %(own)s.",
                    own=sirens[0],
                    other=sirens[1],
                )
            )
        return faults

    @api.model
    def _get_number_name(self, name):
        return self.env._("Registration number") if name == "registration number" else name

    @api.model
    def _get_fault_sentences(self):
        return {
            "checksum": self.env._("%(name)s %(number)s has a wrong check digit."),
            "length": self.env._("%(name)s %(number)s has a wrong length."),
            "format": self.env._("%(name)s %(number)s has a wrong format."),
        }
