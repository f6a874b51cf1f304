from odoo import models


class CreditFollowupNotice(models.Model):
    """One payment link and one QR code for all that a reminder names."""

    _inherit = "credit.followup.notice"

    def _get_joint_payments(self):
        """``[(payment, picture)]``, one for each currency: a picture of its own on paper, one to load in an e-mail."""
        if not self.id:
            return []
        joint = self.env["credit.joint.payment"].sudo()
        found = joint._read_notice(self.sudo())
        link = self._get_payment_link()
        return [(one, self._get_picture(joint, one, link)) for one in found]

    def _get_picture(self, joint, one, link):
        """Where the picture of the code is; empty if there is none."""
        if self._is_paper():
            return joint._get_qr_uri(one)
        return f"{link}/qr.png" if link and joint._get_qr_text(one) else ""

    def _get_payment_link(self):
        """The page on which all is paid at once; empty on paper."""
        if self._is_paper() or not self.id:
            return ""
        joint = self.env["credit.joint.payment"].sudo()
        return joint._get_link(self.company_id.sudo(), "notice", self.id)
