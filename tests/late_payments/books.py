"""A company of its own, its customers, and the invoices and payments of the file as Odoo books them."""

from odoo.fields import Command

BATCH = 500
TABLES = "account_move, account_move_line, account_partial_reconcile, account_payment"


def open_company(env):
    """A company with a chart of accounts, and an environment in it.

    What is received goes to the bank account itself: an invoice is paid on the day of its payment.
    """
    dollar = env.ref("base.USD")
    dollar.active = True
    # without a country, for which Odoo would install modules: it comes with the chart
    company = env["res.company"].create({"name": "Late Payments", "currency_id": dollar.id})
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    env = env(context=_quiet(company))
    bank = _journal(env, "bank")
    bank.inbound_payment_method_line_ids.payment_account_id = bank.default_account_id
    return env


def _quiet(company):
    return {
        "allowed_company_ids": [company.id],
        "tracking_disable": True,
        "mail_activity_quick_update": True,  # no mail about activities
        "mail_create_nosubscribe": True,
        "mail_notrack": True,
        "no_reset_password": True,
    }


def _journal(env, kind):
    return env["account.journal"].search(
        [("company_id", "=", env.company.id), ("type", "=", kind)], limit=1
    )


def add_user(env, login, *groups):
    """Somebody who works in the company."""
    return env["res.users"].create(
        {
            "name": login.capitalize(),
            "login": f"late_{login}",
            "company_id": env.company.id,
            "company_ids": [Command.set(env.company.ids)],
            "group_ids": [Command.set([env.ref(group).id for group in groups])],
        }
    )


def add_customers(env, names):
    """`{name: partner}`."""
    partners = env["res.partner"].create(
        [{"name": name, "ref": name, "company_id": env.company.id} for name in names]
    )
    return dict(zip(names, partners, strict=True))


class Ledger:
    """The invoices and payments of the file in the books of a company."""

    def __init__(self, env, partners):
        self.env = env
        self.partners = partners
        self.sales = _journal(env, "sale")
        self.bank = _journal(env, "bank")
        self.due = {}  # the line to be paid of each invoice

    def book(self, invoices, settled):
        """Post invoices, then the payments of those that are settled; some were posted before."""
        for batch in self._batches(invoices):
            self._bill(batch)
        for batch in self._batches(sorted(settled, key=lambda invoice: invoice.settled)):
            self._pay(batch)

    def _batches(self, items):
        """A batch at a time, then a commit and new statistics: the tables grow from nothing here."""
        for start in range(0, len(items), BATCH):
            yield items[start : start + BATCH]
            self.env.cr.commit()
            self.env.cr.execute(f"ANALYZE {TABLES}")

    def _bill(self, invoices):
        moves = self.env["account.move"].create([self._invoice(invoice) for invoice in invoices])
        moves.action_post()
        self.due |= zip(invoices, map(_receivable, moves), strict=True)

    def _pay(self, invoices):
        """One payment for each invoice, on its day, reconciled with this invoice alone."""
        payments = self.env["account.payment"].create(
            [self._payment(invoice) for invoice in invoices]
        )
        payments.action_post()
        paid = map(_receivable, payments.move_id)
        self.env["account.move.line"]._reconcile_plan(
            [self.due[invoice] | line for invoice, line in zip(invoices, paid, strict=True)]
        )

    def _invoice(self, invoice):
        line = {
            "name": invoice.number,
            "account_id": self.sales.default_account_id.id,
            "price_unit": float(invoice.amount),
            "tax_ids": [Command.clear()],
        }
        return {
            "move_type": "out_invoice",
            "journal_id": self.sales.id,
            "partner_id": self.partners[invoice.customer].id,
            "ref": invoice.number,
            "invoice_date": invoice.issued,
            "invoice_payment_term_id": False,
            "invoice_date_due": invoice.due,
            "invoice_line_ids": [Command.create(line)],
        }

    def _payment(self, invoice):
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.partners[invoice.customer].id,
            "journal_id": self.bank.id,
            "date": invoice.settled,
            "amount": float(invoice.amount),
            "memo": invoice.number,
        }


def _receivable(move):
    return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
