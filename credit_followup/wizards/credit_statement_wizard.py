import io
import re
import zipfile

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

_MIMETYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


class CreditStatementWizard(models.TransientModel):
    """Statements of account to download, or to e-mail to each customer."""

    _name = "credit.statement.wizard"
    _description = "Statement of Account Options"

    partner_ids = fields.Many2many(
        "res.partner",
        string="Customers",
        required=True,
        default=lambda self: self._default_partners(),
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
    )
    kind = fields.Selection(
        [("open", "Open items"), ("movements", "Movements of a period")],
        required=True,
        default="open",
    )
    date_from = fields.Date(
        string="From",
        default=lambda self: (
            self.env["res.company"]._get_credit_today() - relativedelta(months=3, day=1)
        ),
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
        help="Later entries, including payments, are excluded",
    )
    file_format = fields.Selection(
        [("pdf", "PDF"), ("xlsx", "Excel (XLSX)")], string="Format", required=True, default="pdf"
    )
    files = fields.Selection(
        [("one", "One file for all"), ("each", "One file per customer, in a ZIP")],
        required=True,
        default="one",
    )
    customer_count = fields.Integer(compute="_compute_customer_count")

    # === COMPUTE METHODS === #

    def _default_partners(self):
        """The customers of the list or form that opened the wizard."""
        model = self.env.context.get("active_model")
        if model not in ("res.partner", "credit.profile"):
            return False
        records = self.env[model].browse(self.env.context.get("active_ids"))
        partners = records if model == "res.partner" else records.partner_id
        return partners.commercial_partner_id

    @api.depends("partner_ids")
    def _compute_customer_count(self):
        for wizard in self:
            wizard.customer_count = len(wizard.partner_ids.commercial_partner_id)

    # === ACTIONS === #

    def action_download(self):
        """Download the file, or a ZIP with one file per customer."""
        self.ensure_one()
        arguments = self._check()
        name, content = self._to_file(arguments)
        attachment = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": _MIMETYPES[name.rpartition(".")[2]],
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }

    def action_send(self):
        """Queue an e-mail with the statement for each customer."""
        self.ensure_one()
        customers, *rest = self._check()
        unreachable = self.env["credit.statement"]._send(
            self._to_files(customers, *rest), self.company_id, rest[1]
        )
        return self._notify_sent(len(customers) - len(unreachable), unreachable)

    def _notify_sent(self, count, unreachable):
        message = (
            self.env._("The statement is being sent.")
            if count == 1
            else self.env._("%(count)s statements are being sent.", count=count)
        )
        if unreachable:
            names = ", ".join(unreachable.mapped("display_name"))
            missing = self.env._(
                "Not sent, enter an e-mail address first: %(customers)s.", customers=names
            )
            message = f"{message} {missing}"
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "warning" if unreachable else "success",
                "sticky": bool(unreachable),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    # === FILES === #

    def _check(self):
        """Check the input; return customers, company, last and first day."""
        if not self.env.user.has_group("credit_management.group_credit_user"):
            raise AccessError(
                self.env._(
                    "Statements of account need the access right Credit / User. Ask a colleague in credit control."
                )
            )
        customers = self.partner_ids.commercial_partner_id
        if not customers:
            raise UserError(self.env._("Choose at least one customer."))
        date_from = self.date_from if self.kind == "movements" else None
        if self.kind == "movements" and (not date_from or date_from > self.date_to):
            raise UserError(self.env._("The period must begin before it ends. Correct the dates."))
        return customers, self.company_id, self.date_to, date_from

    def _to_file(self, arguments):
        """Name and content of the combined file."""
        customers = arguments[0]
        statements = self.env["credit.statement"]
        if self.files == "each" and len(customers) > 1:
            return f"{self._get_title()}.zip", self._zip(self._to_files(*arguments))
        title = self._get_title(customers if len(customers) == 1 else None)
        render = (
            statements._render_one_pdf if self.file_format == "pdf" else statements._render_xlsx
        )
        return f"{title}.{self.file_format}", render(*arguments)

    def _to_files(self, *arguments):
        """Customer, name and content of each file."""
        statements = self.env["credit.statement"]
        pdf = self.file_format == "pdf"
        render = statements._render_pdfs if pdf else statements._render_xlsxs
        for customer, content in render(*arguments):
            yield customer, f"{self._get_title(customer)}.{self.file_format}", content

    def _get_title(self, customer=None):
        """File name in the customer's language."""
        lang = customer.lang if customer else None
        words = self.with_context(lang=lang) if lang else self
        title = words.env._("Statement of Account")
        parts = [title, customer.name if customer else "", fields.Date.to_string(self.date_to)]
        return re.sub(r"[^\w .,()'&+-]+", "-", " ".join(filter(None, parts))).strip(". ")

    def _zip(self, files):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            names = set()
            for customer, name, content in files:
                if name in names:
                    stem, _dot, suffix = name.rpartition(".")
                    name = f"{stem} ({customer.id}).{suffix}"
                names.add(name)
                archive.writestr(name, content)
        return stream.getvalue()
