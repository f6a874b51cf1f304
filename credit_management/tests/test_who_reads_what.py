import re

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import file_path, mute_logger

from .common import CreditCommon

#: groups of the roles of the table in CONFIGURE.md
ROLES = {
    "Portal customer": "base.group_portal",
    "User without rights": "base.group_user",
    "Warehouse": "base.group_user,stock.group_stock_user",
    "Salesperson, own documents": "sales_team.group_sale_salesman",
    "Salesperson, all documents": "sales_team.group_sale_salesman_all_leads",
    "Credit user": "credit_management.group_credit_user",
    "Credit manager": "credit_management.group_credit_manager",
    "Accountant": "account.group_account_user",
    "Auditor (accounting, read only)": "base.group_user,account.group_account_readonly",
    "Commission manager": "credit_commission.group_commission_manager",
    "Agent with a portal login": "base.group_portal",
}
FIGURES = ("7531", "6420", "1111", "1889")


def read_table():
    """``{role: {column: cell}}`` of the table in CONFIGURE.md."""
    with open(file_path("credit_management/readme/CONFIGURE.md"), encoding="utf-8") as file:
        text = file.read().partition("### Who reads what")[2]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    head, _rule, *body = rows
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}


@tagged("post_install", "-at_install")
class TestWhoReadsWhat(CreditCommon):
    """The table of CONFIGURE.md, cell by cell."""

    def setUp(self):
        super().setUp()
        self.users = {
            role: self._user(f"reader{number}", groups)
            for number, (role, groups) in enumerate(ROLES.items())
            if all(self.env.ref(group, raise_if_not_found=False) for group in groups.split(","))
        }
        self.colleague = self._user("colleague", "sales_team.group_sale_salesman")

    def _held(self, seller, owner):
        """An order over the limit of a customer whose salesperson is ``owner``, and its hold."""
        customer = self._customer(f"Customer of {owner.login}", user_id=owner.id)
        self._limit(7531.0, customer)
        self._invoice(6420.0, customer=customer)
        order = self._order(3000.0, customer, user=seller)
        order.action_confirm()
        return order, self.assertHeld(order)

    def _figures_in(self, value):
        text = re.sub(r"[,\s\u00a0\u202f]", "", str(value))
        return any(figure in text for figure in FIGURES)

    def _word(self, own, others):
        """The word of the table for what is read of an order of an own customer, and of a colleague's.

        ``None``: refused; ``False`` or a text without figures; else figures.
        """
        seen = [self._figures_in(value) for value in (own, others)]
        if all(seen):
            return "all"
        if seen[0]:
            return "own customers"
        return "sentence" if own else "nothing"

    def _try(self, read):
        try:
            return read()
        except AccessError:
            return None

    def _read(self, record, user, name):
        return self._try(lambda: record.with_user(user).read([name])[0][name])

    def _notes(self, order, user):
        domain = [("model", "=", "sale.order"), ("res_id", "=", order.id)]
        messages = self.env["mail.message"].with_user(user)
        return self._try(lambda: " ".join(messages.search(domain).mapped("body")))

    def _count(self, user, *models):
        """Whether records of all these models are read."""
        return {
            bool(self._try(lambda model=model: self.env[model].with_user(user).search([])))
            for model in models
        }

    def _cells(self, user):
        pairs = [self._held(user, user), self._held(user, self.colleague)]
        orders, holds = zip(*pairs, strict=True)

        def of(records, read):
            return self._word(*(read(record) for record in records))

        def every(*models):
            counts = self._count(user, *models)
            self.assertEqual(len(counts), 1, f"{user.login} reads some of {models}")
            return "all" if counts.pop() else "nothing"

        company = self.company.with_user(user)
        return {
            "Verdict on orders": of(orders, lambda o: self._read(o, user, "credit_verdict")),
            "Available credit": of(orders, lambda o: self._read(o, user, "credit_available")),
            "Notes on orders": of(orders, lambda o: self._notes(o, user)),
            "Holds": of(holds, lambda hold: self._read(hold, user, "exposure")),
            "Credit files": every("credit.profile", "credit.limit", "credit.exposure"),
            "Rules and authorities": every(
                "credit.policy", "credit.policy.rule", "credit.authority", "credit.risk.class"
            ),
            "Settings": "all"
            if self._try(lambda: company.read([self._setting(user)]))
            else "nothing",
            "Commissions": self._get_commissions(user),
        }

    def _setting(self, user):
        """A setting of credit, or of commission for who pays it."""
        if user == self.users.get("Commission manager"):
            return "credit_commission_period"
        return "credit_management_policy_id"

    def _get_commissions(self, user):
        """Read as access rights and rules say; what is there is made by the add-on's own tests."""
        if "credit.commission.statement" not in self.env:
            return None
        statements = self.env["credit.commission.statement"].sudo()
        dates = {"date_from": "2026-01-01", "date_to": "2026-01-31", "company_id": self.company.id}
        own, other = (
            statements.search([("person_id", "=", partner.id)], limit=1)
            or statements.create({"person_id": partner.id, **dates})
            for partner in (user.partner_id, self.colleague.partner_id)
        )
        mine, theirs = (self._read(record, user, "person_id") for record in (own, other))
        return "all" if theirs else "own" if mine else "nothing"

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_the_table_is_what_people_read(self):
        table = read_table()
        self.assertEqual(set(table), set(ROLES))
        for role, user in self.users.items():
            cells = self._cells(user)
            for column, cell in table[role].items():
                if cells[column] is not None:
                    with self.subTest(role, column=column):
                        self.assertEqual(cells[column], cell)

    def test_an_onchange_tells_no_more_than_the_order(self):
        """Whoever fills in a quotation reads of a colleague's customer whether it would be held, and no figure."""
        user = self.users["Salesperson, own documents"]
        hidden = self._held(self.colleague, self.colleague)[0].partner_id
        shown = self._held(user, user)[0].partner_id
        names = ("credit_verdict", "credit_available", "credit_state", "credit_has_limit")
        orders = self.env["sale.order"].with_user(user)
        values = {"user_id": user.id, "company_id": self.company.id, "order_line": []}
        spec = {name: {} for name in ("partner_id", "partner_invoice_id", *names)}
        for customer, figures in ((hidden, False), (shown, True)):
            result = orders.onchange({**values, "partner_id": customer.id}, ["partner_id"], spec)
            with self.subTest(customer.name):
                self.assertEqual(self._figures_in(result["value"]), figures)

    def test_a_request_shows_of_a_hold_what_its_user_may_read(self):
        _order, hold = self._held(self.colleague, self.colleague)
        user = self.users["Salesperson, own documents"]
        request = (
            self.env["credit.hold.request"]
            .with_user(user)
            .create({"hold_id": hold.id, "argument": "x"})
        )
        self.assertFalse(request.reason_summary)
        with self.assertRaises(AccessError):
            request.action_ask()

    def test_a_salesperson_asks_for_the_release_of_an_own_order_without_its_figures(self):
        user = self.users["Salesperson, own documents"]
        order, hold = self._held(user, self.colleague)
        action = order.with_user(user).action_request_credit_release()
        request = (
            self.env["credit.hold.request"]
            .with_user(user)
            .with_context(**action["context"])
            .create({"argument": "They pay on Friday"})
        )
        request.action_ask()
        self.assertEqual(hold.argument, "They pay on Friday")

    def test_a_branch_salesperson_sees_the_holds_of_the_branch(self):
        branch = (
            self.env["res.company"].sudo().create({"name": "Branch", "parent_id": self.company.id})
        )
        seller = self._user("branch_seller", "sales_team.group_sale_salesman_all_leads")
        seller.sudo().write({"company_ids": [(6, 0, branch.ids)], "company_id": branch.id})
        _order, hold = self._held(self.colleague, self.colleague)
        self.assertFalse(self.env["credit.hold"].with_user(seller).search([("id", "=", hold.id)]))
        analyst = self._user("branch_analyst", "credit_management.group_credit_user")
        analyst.sudo().write({"company_ids": [(6, 0, branch.ids)], "company_id": branch.id})
        self.assertTrue(self.env["credit.hold"].with_user(analyst).search([("id", "=", hold.id)]))
