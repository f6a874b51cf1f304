from odoo import models


class MailTemplate(models.Model):
    _inherit = "mail.template"

    def _get_text_languages(self):
        """Languages into which both the subject and the body are translated."""
        self.ensure_one()
        versions = [set(self._get_stored_codes(name)) for name in ("subject", "body_html")]
        return sorted(set.intersection(*versions))

    def _get_stored_codes(self, name):
        """Languages in which a field is stored, drafts excluded.

        ``_get_stored_translations`` is private to Odoo: public methods fall back to English and hide what is missing.
        """
        stored = self._fields[name]._get_stored_translations(self) or {}
        return [code for code, value in stored.items() if value and not code.startswith("_")]
