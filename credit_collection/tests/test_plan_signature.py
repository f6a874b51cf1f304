from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_portal import SIGNATURE, PortalCommon


@tagged("post_install", "-at_install")
class TestPlanSignature(PortalCommon):
    """The customer signs its plan in the portal; who signed, when, from where and the document are kept."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(90, days_late=40)
        self.plan = self._answer("credit.payment.plan", [self.invoice], number=3)

    def _sign(self, token=None, **values):
        url = f"/my/payment-plans/{self.plan.id}/sign"
        if token:
            url += f"?access_token={token}"
        answer = self.make_jsonrpc_request(
            url, {"name": "Ana Lopes", "signature": SIGNATURE, **values}
        )
        self.env.invalidate_all()
        return answer

    def test_a_signed_plan_is_agreed_and_its_document_kept(self):
        self.plan.action_propose()
        self._enter()
        self.assertIn(self.plan.name, self.url_open("/my/statement").text)
        self.assertIn(
            "portal.signature_form", self.url_open(f"/my/payment-plans/{self.plan.id}").text
        )
        self.assertTrue(self._sign().get("force_refresh"))
        plan = self.plan.sudo()
        self.assertEqual(
            (plan.state, plan.agreed_by, plan.signed_by), ("agreed", self.collector, "Ana Lopes")
        )
        self.assertTrue(plan.signed_on and plan.signed_ip and plan.signature)
        self.assertEqual(plan.instalment_ids.mapped("cumulative"), [30, 60, 90])
        message = plan.message_ids.filtered("attachment_ids")
        self.assertEqual(message.author_id, self.buyer.partner_id)
        self.assertEqual((self._logs().plan_id, self._logs().to_read), (plan, True))
        self.assertIn("does not wait for a signature", self._sign(name="Another")["error"])
        self.assertIn("Signed by", self.url_open(f"/my/payment-plans/{self.plan.id}").text)

    def test_a_plan_beyond_the_margin_waits_for_a_manager_after_the_signature(self):
        self.env["credit.negotiation.margin"].with_user(self.manager).create(
            {"max_days": 90, "max_instalments": 2}
        )
        self.plan.action_propose()
        self._enter()
        self._sign()
        self.assertEqual((self.plan.state, self.plan.sudo().signed_by), ("proposed", "Ana Lopes"))
        self.plan.with_user(self.manager).action_agree()
        self.assertEqual(self.plan.state, "agreed")

    def test_the_link_of_the_plan_works_without_a_login_and_no_other_does(self):
        self.assertIn("not available", self._sign()["error"])
        self.plan.action_propose()
        token = self.plan.sudo()._portal_ensure_token()
        other = self._answer("credit.payment.plan", [self._invoice(50)], number=2)
        other.action_propose()
        for wrong in (None, "x", token[:-1], other.sudo()._portal_ensure_token()):
            self.assertIn("not available", self._sign(wrong)["error"])
        self.assertTrue(self._sign(token).get("force_refresh"))
        self.assertEqual(
            self.plan.sudo().message_ids.filtered("attachment_ids").author_id, self.customer
        )

    def test_another_customer_neither_sees_nor_signs_it(self):
        self.plan.action_propose()
        self._enter(self._portal_user("credit_other", self._customer("Another")))
        page = self.url_open(f"/my/payment-plans/{self.plan.id}", allow_redirects=False)
        self.assertIn(page.status_code, (302, 303))
        self.assertIn("not available", self._sign()["error"])
        self.assertEqual(self.plan.state, "proposed")

    def test_a_signature_that_cannot_be_taken_gets_a_sentence(self):
        self.plan.action_propose()
        self._enter()
        self.assertIn("Enter your name", self._sign(name=" ")["error"])
        self.assertIn("Enter your name", self._sign(signature="")["error"])
        self.assertTrue(self._sign(signature="no picture")["error"])
        self._pay(self.invoice, 10)
        self.assertIn("What you owe has changed", self._sign()["error"])
        self.assertFalse(self.plan.sudo().signature)

    def test_nobody_types_a_signature(self):
        self.plan.action_propose()
        for values in ({"signed_by": "Me"}, {"signature": SIGNATURE}, {"signed_ip": "1.2.3.4"}):
            with self.assertRaises(AccessError):
                self.plan.with_user(self.manager).write(values)
        with self.assertRaises(UserError):
            self._answer("credit.payment.plan", [self._invoice(50)], number=2).action_share_plan()
