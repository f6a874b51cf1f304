from odoo import models


class CreditProfile(models.Model):
    """A customer's answers: what promises, plans and disputes share on its credit file and on its page."""

    _inherit = "credit.profile"

    def _read_answers(self, model):
        """``{credit file: answers of that model}``, empty where there are none."""
        answers = self.env[model].search([("partner_id", "in", self.partner_id.ids)])
        by_customer = answers.grouped(lambda answer: (answer.partner_id, answer.company_id))
        return {
            file: by_customer.get((file.partner_id, file.company_id), answers.browse())
            for file in self
        }

    def _action_view_answers(self, xmlid):
        """The window of an answer's model, with those of this customer alone."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(xmlid),
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": self._get_answer_defaults(),
        }

    def _action_new_answer(self, model):
        """The empty form of an answer of this customer, in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(model).name,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": self._get_answer_defaults(),
        }

    def _get_answer_companies(self):
        """The user's companies that one answer may concern: a branch invoices, its root company is owed."""
        own = self.env.user.company_ids.filtered(
            lambda company: company.root_id == self.company_id.root_id
        )
        return self.env.companies | own

    def _get_answer_defaults(self):
        return {
            "allowed_company_ids": self._get_answer_companies().ids,
            "default_partner_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
        }
