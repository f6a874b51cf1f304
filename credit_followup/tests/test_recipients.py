from odoo import SUPERUSER_ID
from odoo.fields import Command
from odoo.tests import tagged

from .common import FollowupCommon


@tagged("post_install", "-at_install")
class TestPeople(FollowupCommon):
    """A notice is sent to the recipients, in the language, by the channel and from the sender as prepared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"].sudo()._activate_lang("fr_FR")
        cls.procedure = cls._procedure([(8, "reminder", "email")])
        cls.level = cls.procedure.level_ids
        cls.clerk = cls._user("clerk", "credit_management.group_credit_user")

    def _contact(self, name, kind="other", email=True, **values):
        return self.env["res.partner"].create(
            {
                "name": name,
                "parent_id": self.customer.id,
                "type": kind,
                "email": email and f"{name}@example.com",
                **values,
            }
        )

    def _choose_in_file(self, *contacts):
        ids = [contact.id for contact in contacts]
        self._profile().sudo().followup_contact_ids = [Command.set(ids)]

    def _prepare(self):
        """The notice of a run as prepared and as sent; both must match."""
        self._invoice(100, days_late=8)
        return self._compare(self._run())

    def _prepare_again(self):
        """The same by a later run."""
        self.env["credit.followup.notice"].sudo().search([("state", "=", "approved")])._cancel("")
        return self._compare(self._run(1))

    def _compare(self, run):
        notice = run.sudo().notice_ids
        prepared = self._get_people(notice)
        notice.state = "approved"
        notice._bring_up_to_date(notice.date)
        self.assertEqual(self._get_people(notice), prepared)
        self.assertEqual((notice.state, notice.amount), ("approved", 100.0))
        return notice

    def _get_people(self, notice):
        return notice.contact_ids, notice.lang, notice.user_id, notice.channel

    # === RECIPIENTS === #

    def test_the_customer_itself(self):
        self.assertEqual(self._prepare().contact_ids, self.customer)

    def test_whom_the_file_names_but_who_has_left(self):
        first, left, second = (self._contact(name) for name in "zyx")
        left.active = False
        self._choose_in_file(first, left, second)
        self.assertEqual(self._prepare().contact_ids, first | second)

    def test_the_oldest_invoice_address_when_the_file_names_nobody_who_is_left(self):
        left = self._contact("left")
        self._choose_in_file(left)
        left.active = False
        oldest, _newer = (self._contact(name, "invoice") for name in ("z", "a"))
        self.assertEqual(self._prepare().contact_ids, oldest)

    def test_an_invoice_address_of_a_contact(self):
        contact = self._contact("contact", "contact")
        invoices = self._contact("invoices", "invoice", parent_id=contact.id)
        self.assertEqual(self._prepare().contact_ids, invoices)

    # === LANGUAGE === #

    def test_the_language_of_the_first_recipient_who_has_one(self):
        dumb, french = self._contact("z"), self._contact("a", lang="fr_FR")
        dumb.lang = False
        self._choose_in_file(french, dumb)
        self.assertEqual(self._prepare().lang, "fr_FR")

    def test_the_language_of_the_customer_when_no_recipient_has_one(self):
        self.customer.lang = "fr_FR"
        self._contact("invoices", "invoice").lang = False
        self.assertEqual(self._prepare().lang, "fr_FR")

    def test_the_language_of_the_company_when_nobody_has_one(self):
        self.customer.lang = False
        self.company.sudo().partner_id.lang = "fr_FR"
        self.assertEqual(self._prepare().lang, "fr_FR")

    # === COLLECTOR === #

    def test_the_analyst_of_the_file_else_of_the_company(self):
        self.company.sudo().credit_management_analyst_id = self.manager
        self._profile().sudo().analyst_id = self.clerk
        self.assertEqual(self._prepare().user_id, self.clerk)
        self.clerk.sudo().active = False
        self.assertEqual(self._prepare_again().user_id, self.manager)

    def test_who_prepared_it_but_never_the_robot(self):
        robot = self.env["res.users"].sudo().browse(SUPERUSER_ID)
        self.company.sudo().credit_management_analyst_id = robot
        self._profile().sudo().analyst_id = robot
        self.assertEqual(self._prepare().user_id, self.collector)

    # === CHANNEL === #

    def test_a_letter_without_an_email_address(self):
        self.level.letter_without_email = True
        self._contact("invoices", "invoice", False, street2="PO box 1", city="Lyon")
        self.assertEqual(self._prepare().channel, "letter")

    def test_no_letter_without_street_and_town(self):
        self.level.channel = "letter"
        invoices = self._contact("invoices", "invoice", street="1 Street", zip="75001")
        self._invoice(100, days_late=8)
        run = self._run()
        self.assertExcluded(run, "no_address")
        invoices.city = "Paris"
        notice = self._run(1).sudo().notice_ids
        self.assertEqual((notice.channel, notice._has_postal_address()), ("letter", True))
        invoices.street = False
        self.assertFalse(notice._has_postal_address())

    def test_the_addressee_is_who_has_an_address(self):
        self.level.channel = "letter"
        mail, post = self._contact("a"), self._contact("z", street="1 Street", city="Paris")
        mail.write({"street": False, "street2": False, "city": "Lyon"})
        self._choose_in_file(mail, post)
        self.assertEqual(self._prepare()._get_addressee(), post)

    def test_an_email_address_that_goes_makes_a_letter_when_it_leaves(self):
        self.level.letter_without_email = True
        notice = self._prepare()
        self.assertEqual(notice.channel, "email")
        self.customer.email = False
        notice._bring_up_to_date(self.today)
        self.assertEqual((notice.channel, notice.contact_ids), ("letter", self.customer))
