from odoo import models


class CreditStatement(models.AbstractModel):
    """The QR code on a statement of account pays all that it names."""

    _inherit = "credit.statement"

    def _get_joint_payments(self, page, company, bank):
        """``[(payment, picture)]`` of what is open today; nothing for another day or the movements of a period.

        All is taken from the statement: the code costs no query for each customer.
        """
        statement = page.statement
        if statement.date_from or statement.date_to != company._get_credit_today():
            return []
        joint = self.env["credit.joint.payment"].sudo()
        found = [
            joint._read_statement(page.partner.sudo(), company.sudo(), account, bank)
            for account in statement.accounts
        ]
        pictures = [(one, joint._get_qr_uri(one)) for one in found if one.amount > 0]
        return [(one, picture) for one, picture in pictures if picture]
