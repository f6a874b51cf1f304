"""A company at work, seen by a program outside: customers, orders and decisions over RPC."""

import json
import time
import urllib.request

import odoorpc


def connect(server, user="admin", password=None):
    """A session of its own for each caller: threads do not share one."""
    client = odoorpc.ODOO("127.0.0.1", port=server.port, timeout=300)
    client.login(server.database, user, password or user)
    return client


class Shop:
    """What the tests ask of Odoo, as one user."""

    def __init__(self, client):
        self.env = client.env

    def ref(self, xmlid):
        """Database id of an XML id."""
        return self.env["ir.model.data"].search_read(
            [("module", "=", xmlid.split(".")[0]), ("name", "=", xmlid.split(".")[1])], ["res_id"]
        )[0]["res_id"]

    def customer(self, name, **values):
        [customer] = self.customers([{"name": name, **values}])
        return customer

    def customers(self, rows):
        return self.env["res.partner"].create([{"is_company": True, **row} for row in rows])

    def product(self):
        return self.env["product.product"].create(
            {"name": "Service", "type": "service", "invoice_policy": "order", "taxes_id": False}
        )

    def order(self, customer, product, amount):
        [order] = self.orders([customer], product, amount)
        return order

    def orders(self, customers, product, amounts):
        """A quotation of one line for each of the customers, in one call; one amount, or one for each."""
        if not isinstance(amounts, list):
            amounts = [amounts] * len(customers)
        line = {"product_id": product, "product_uom_qty": 1, "tax_ids": False}
        return self.env["sale.order"].create(
            [
                {"partner_id": customer, "order_line": [(0, 0, {**line, "price_unit": amount})]}
                for customer, amount in zip(customers, amounts, strict=True)
            ]
        )

    def confirm(self, orders):
        return self.env["sale.order"].action_confirm(orders)

    def states(self, orders):
        read = self.env["sale.order"].read(orders, ["state"])
        return [row["state"] for row in sorted(read, key=lambda row: row["id"])]

    def user(self, login, *groups):
        """A user whose password is the login; over no order at first."""
        company = self.env["res.company"].search([("parent_id", "=", False)], limit=1)
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "password": login,
                "email": f"{login}@example.com",
                "company_ids": [(6, 0, company)],
                "company_id": company[0],
                "group_ids": [(6, 0, [self.ref(group) for group in groups])],
            }
        )

    def use_standard_policy(self):
        """Activate the policy that comes with the add-on."""
        policy = self.ref("credit_management.credit_policy_standard")
        companies = self.env["res.company"].search([("parent_id", "=", False)])
        self.env["res.company"].write(companies, {"credit_management_policy_id": policy})

    def limit(self, customer, amount):
        """A limit, requested and approved by this user."""
        company = self.env["res.company"].search([("parent_id", "=", False)], limit=1)[0]
        found = self.env["credit.profile"].search(
            [("partner_id", "=", customer), ("company_id", "=", company)]
        )
        profile = found[0] if found else self._new_profile(customer, company)
        limit = self.env["credit.limit"].create(
            {"profile_id": profile, "amount": amount, "reason": "Test"}
        )
        self.env["credit.limit"].action_request([limit])
        self.env["credit.limit"].action_approve([limit])
        return profile

    def _new_profile(self, customer, company):
        return self.env["credit.profile"].create({"partner_id": customer, "company_id": company})

    def pending_holds(self, orders):
        return self.env["credit.hold"].search(
            [("order_id", "in", orders), ("state", "=", "pending")]
        )


class Caller:
    """Calls a method as a program does that keeps no session; says how long each call took."""

    def __init__(self, server, user="admin", password=None):
        self.url, self.database = f"{server.url}/jsonrpc", server.database
        self.password = password or user
        self.uid = self._call("common", "login", self.database, user, self.password)

    def __call__(self, model, method, *arguments):
        """`(seconds, result)`; an error of Odoo is a result: its sentence as an exception."""
        start = time.monotonic()
        try:
            found = self._call(
                "object",
                "execute_kw",
                self.database,
                self.uid,
                self.password,
                model,
                method,
                arguments,
            )
        except RuntimeError as error:
            found = error
        return time.monotonic() - start, found

    def _call(self, service, method, *arguments):
        params = {"service": service, "method": method, "args": arguments}
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=300) as response:
            answer = json.load(response)
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]
