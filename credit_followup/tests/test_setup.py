from odoo.tests import tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestFollowupSetup(FollowupCommon):
    def _steps(self):
        steps = self.env["credit.setup"].with_user(self.manager)._get_steps(self.company)
        return {
            action: done for done, _sentence, action in steps if "credit_management" not in action
        }

    def test_reminders_have_their_steps_among_the_first_ones(self):
        servers = self.env["ir.mail_server"].sudo()
        servers.search([]).active = False
        self.company.sudo().credit_followup_procedure_id = False
        self.assertEqual(set(self._steps().values()), {False})
        self.company.sudo().credit_followup_procedure_id = self.env.ref(
            "credit_followup.procedure_systematic"
        )
        servers.create({"name": "Test", "smtp_host": "localhost"})
        self.assertEqual(set(self._steps().values()), {True})
        self.assertEqual(len(self._steps()), 2)
