"""A company of its own, its customers, and the invoices and payments of the file as Odoo books them."""

from itertools import groupby

from odoo.fields import Command

BATCH = 500
TABLES = "account_move, account_move_line, account_partial_reconcile"


def open_company(env):
    """A company with a chart of accounts, and an environment in it."""
    dollar = env.ref("base.USD")
    dollar.active = True
    # without a country, for which Odoo would install modules: it comes with the chart
    company = env["res.company"].create({"name": "Late Payments", "currency_id": dollar.id})
    env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
    return env(context=_quiet(company))


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
        """One entry of the bank for each day; each payment is reconciled with its invoice alone."""
        days = [list(paid) for _day, paid in groupby(invoices, lambda invoice: invoice.settled)]
        entries = self.env["account.move"].create([self._entry(paid) for paid in days])
        entries.action_post()
        lines = {line.name: line for line in entries.line_ids}
        self.env["account.move.line"]._reconcile_plan(
            [self.due[invoice] | lines[invoice.number] for invoice in invoices]
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

    def _entry(self, invoices):
        """What the bank received on a day."""
        received = {
            "name": "Received",
            "account_id": self.bank.default_account_id.id,
            "debit": float(sum(invoice.amount for invoice in invoices)),
        }
        lines = [received, *map(self._payment, invoices)]
        return {
            "move_type": "entry",
            "journal_id": self.bank.id,
            "date": invoices[0].settled,
            "line_ids": [Command.create(line) for line in lines],
        }

    def _payment(self, invoice):
        return {
            "name": invoice.number,
            "account_id": self.due[invoice].account_id.id,
            "partner_id": self.partners[invoice.customer].id,
            "credit": float(invoice.amount),
        }


def _receivable(move):
    return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
