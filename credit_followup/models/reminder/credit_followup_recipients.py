from odoo import api, models
from odoo.tools import SQL

from ...rules.recipients import Contact, Recipients, choose_lang
from ...sql_array import sql_array
from ...sql_relation import sql_relation

#: fields read from contacts
_CONTACT_FIELDS = ["active", "city", "commercial_partner_id", "email", "lang", "street", "street2"]


class CreditFollowupRecipients(models.AbstractModel):
    """The recipients of a customer's notices, and the customer's collector.

    Chosen when a run is prepared and again when a notice is sent, with the same queries.
    """

    _name = "credit.followup.recipients"
    _description = "Recipients of Follow-up Notices"

    @api.model
    def _read(self, customer_ids, company):
        """Recipients: those in the credit file, otherwise the oldest invoice address, otherwise the customer.

        :param company: a root company
        :return: ``{customer id: rules.recipients.Recipients}``
        """
        self._flush_facts()
        rows = self.env.execute_query(self._rows_sql(customer_ids, company))
        contacts = self._read_contacts({contact for row in rows for contact in row[1]})
        found = {}
        for customer_id, contact_ids, user_id, lang in rows:
            reached = tuple(contacts[contact_id] for contact_id in contact_ids)
            lang = choose_lang(reached, lang, company.partner_id.lang)
            found[customer_id] = Recipients(reached, lang, user_id)
        return found

    def _flush_facts(self):
        self.env["credit.profile"].flush_model(
            ["analyst_id", "company_id", "followup_contact_ids", "partner_id"]
        )
        self.env["res.company"].flush_model(["credit_management_analyst_id"])
        self.env["res.users"].flush_model(["active"])

    def _rows_sql(self, customer_ids, company):
        """Rows ``(customer, recipients, analyst of the file or the company, language)``; archived contacts and users
        are excluded.
        """
        recipients = self.env["credit.profile"]._fields["followup_contact_ids"]
        relation, file, contact = sql_relation(recipients)
        return SQL(
            """SELECT k.id, COALESCE(chosen.ids, ARRAY[COALESCE(invoice.id, k.id)]), COALESCE(own.id, usual.id), k.lang
                 FROM res_partner k
                 JOIN res_company c ON c.id = %(company)s
                 LEFT JOIN credit_profile f ON f.partner_id = k.id AND f.company_id = c.id
                 LEFT JOIN res_users own ON own.id = f.analyst_id AND own.active
                 LEFT JOIN res_users usual ON usual.id = c.credit_management_analyst_id AND usual.active
                 LEFT JOIN LATERAL (
                      SELECT ARRAY_AGG(x.id ORDER BY x.id) AS ids
                        FROM %(relation)s r JOIN res_partner x ON x.id = r.%(contact)s AND x.active
                       WHERE r.%(file)s = f.id
                 ) chosen ON TRUE
                 LEFT JOIN LATERAL (
                      SELECT x.id FROM res_partner x
                       WHERE x.commercial_partner_id = k.id AND x.type = 'invoice' AND x.active
                       ORDER BY x.id <> k.id, x.id LIMIT 1
                 ) invoice ON TRUE
                WHERE k.id = ANY(%(customers)s::int[])""",
            company=company.id,
            customers=sql_array(customer_ids),
            relation=relation,
            file=file,
            contact=contact,
        )

    @api.model
    def _read_contacts(self, contact_ids):
        """How contacts can be reached: ``{contact id: rules.recipients.Contact}``; a postal address needs a street
        and a city.
        """
        self.env["res.partner"].flush_model(_CONTACT_FIELDS)
        rows = self.env.execute_query(
            SQL(
                """SELECT id, lang, COALESCE(email_normalized, '') <> '',
                          COALESCE(street, '') || COALESCE(street2, '') <> '' AND COALESCE(city, '') <> ''
                     FROM res_partner WHERE id = ANY(%s::int[])""",
                sql_array(contact_ids),
            )
        )
        return {row[0]: Contact(*row) for row in rows}

    @api.model
    def _get_substitute(self, *users):
        """The first of these users who can take a customer without a collector, if any. OdooBot is never active."""
        return next((user for user in users if user.active), self.env["res.users"])
