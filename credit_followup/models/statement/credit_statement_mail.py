from markupsafe import Markup
from odoo import models
from odoo.fields import Command


class CreditStatement(models.AbstractModel):
    """Sends statements of account by e-mail, logged on the credit file."""

    _inherit = "credit.statement"

    def _send(self, files, company, date_to):
        """Queue one e-mail per customer with its file.

        :param files: customer, name and content of each file
        :param date_to: date of the statements
        :return: customers skipped for lack of an e-mail address
        :rtype: res.partner
        """
        found = {customer: (name, content) for customer, name, content in files}
        customers = self.env["res.partner"].concat(*found)
        profiles = self._ensure_profiles(customers, company)
        recipients = {profile: self._get_recipients(profile) for profile in profiles}
        reachable = profiles.filtered(lambda profile: recipients[profile])
        mails = self._write_mails(reachable, company, date_to)
        for profile, mail in zip(reachable, mails, strict=True):
            name, content = found[profile.partner_id]
            mail.write(
                {
                    "recipient_ids": [Command.set(recipients[profile].ids)],
                    "email_to": False,
                    "body_html": self._lay_out(profile, mail.body_html),
                    "attachment_ids": [Command.create(self._to_attachment(mail, name, content))],
                }
            )
        if mails:
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return (profiles - reachable).partner_id

    def _ensure_profiles(self, customers, company):
        """The customers' credit files, in the same order; missing ones are created."""
        profiles = self.env["credit.profile"].sudo()._ensure(customers, company.root_id)
        profiles = profiles.sudo(self.env.su).grouped("partner_id")
        return self.env["credit.profile"].concat(*(profiles[customer] for customer in customers))

    def _get_recipients(self, profile):
        """The recipients of a customer who have an e-mail address."""
        customer = profile.partner_id
        invoice = customer.browse(customer.address_get(["invoice"])["invoice"])
        for contacts in (profile.followup_contact_ids, invoice, customer):
            if found := contacts.filtered("email"):
                return found
        return customer.browse()

    def _write_mails(self, profiles, company, date_to):
        """The e-mails without recipients and attachments, in the order of the files."""
        if not profiles:
            return self.env["mail.mail"]
        statements = self._read(profiles.partner_id, company, date_to)
        template = self.env.ref("credit_followup.mail_template_statement").sudo()
        # Odoo hands values to a template only as ctx; the template passes them on as arguments
        template = template.with_context(
            statement_date=date_to,
            statements={customer.id: statement for customer, statement in statements.items()},
        )
        return template.send_mail_batch(profiles.ids)

    def _lay_out(self, profile, text):
        """The text in the layout of reminders, in the customer's language."""
        speaking = self.with_context(lang=profile.partner_id.lang).env
        # an unsaved reminder provides the letterhead
        values = {"partner_id": profile.partner_id.id, "company_id": profile.company_id.id}
        notice = speaking["credit.followup.notice"].sudo().new(values)
        html = speaking["ir.qweb"]._render(
            "credit_followup.notice_email",
            {"notice": notice, "company": notice.company_id, "body": Markup(text)},
            minimal_qcontext=True,
        )
        return self.env["mail.render.mixin"]._replace_local_links(html, profile.get_base_url())

    def _to_attachment(self, mail, name, content):
        return {"name": name, "raw": content, "res_model": mail.model, "res_id": mail.res_id}
