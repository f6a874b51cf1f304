"""Two companies and a branch, with the French chart, two currencies and two languages."""

import base64
from pathlib import Path

from demo_plan.dates import month_start
from demo_plan.identity import email, french_vat, iban, siret
from demo_plan.tables import rows

from .names import create, named, remember, settle

LOGO = Path(__file__).parent.parent / "data" / "logo.png"

FEATURES = (
    "product.group_product_pricelist",
    "base.group_multi_currency",
    "account.group_delivery_invoice_address",
)

# A company's country would install Peppol, in the middle of loading: this key of Odoo's own prevents it.
NO_INSTALLATION = {"install_mode": True}


def load(env, today):
    """Languages, currencies, companies and their accounts."""
    _languages(env)
    _currencies(env, today)
    for row in rows("companies"):
        _company(env, row)
    if "stock.warehouse" in env:
        _warehouses(env)
    _features(env)


def places(env):
    """The companies by their code."""
    return {row["code"]: named(env, "company", row["code"]) for row in rows("companies")}


def _languages(env):
    for code in ("en_US", "fr_FR"):
        env["res.lang"]._activate_lang(code)


def _currencies(env, today):
    euro, dollar = env.ref("base.EUR"), env.ref("base.USD")
    (euro + dollar).active = True
    (euro + dollar).rate_ids.unlink()
    first = month_start(today, int(rows("rates")[0]["months_ago"]) + 1)
    env["res.currency.rate"].create(
        {"currency_id": euro.id, "name": first, "rate": 1, "company_id": False}
    )
    env["res.currency.rate"].create([_rate(dollar, row, today) for row in rows("rates")])


def _rate(dollar, row, today):
    day = month_start(today, int(row["months_ago"]))
    return {"currency_id": dollar.id, "name": day, "rate": float(row["usd"]), "company_id": False}


def _company(env, row):
    """The installation's company becomes the main one; a branch takes its parent's chart."""
    env = env(context=dict(env.context, **NO_INSTALLATION))
    if row["code"] == "main":
        main = env.ref("base.main_company")
        main.write(_company_values(env, row))
        remember(env, "company", {"main": main})
    else:
        create(env, "res.company", "company", {row["code"]: _company_values(env, row)})
    named(env, "company", row["code"]).partner_id.tz = "Europe/Paris"
    if not row["parent"]:
        env["account.chart.template"].try_loading("fr", named(env, "company", row["code"]))
        _payment_methods(env, row["code"])
    settle(env)  # the chart of a branch is loaded before the commit: now, while it is the right one


def _company_values(env, row):
    """A branch is another establishment of the same SIREN."""
    root = row["parent"] or row["code"]
    values = {key: row[key] for key in ("name", "street", "zip", "city", "phone")}
    values |= {"country_id": env.ref("base.fr").id, "currency_id": env.ref("base.EUR").id}
    values |= {"vat": french_vat(f"lumiere {root}"), "email": email(f"lumiere-{row['code']}")}
    values["company_registry"] = siret(f"lumiere {root}", 2 if row["parent"] else 1)
    values["logo"] = base64.b64encode(LOGO.read_bytes())
    if "iap_enrich_auto_done" in env["res.company"]._fields:
        values["iap_enrich_auto_done"] = (
            True  # nobody is asked over the network about a fictional company
        )
    if row["parent"]:
        values["parent_id"] = named(env, "company", row["parent"]).id
    return values


def _payment_methods(env, code):
    """A transfer goes to the bank at once; a cheque waits to be cashed."""
    company = named(env, "company", code)
    chart = env["account.chart.template"].with_company(company)
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    bank.set_bank_account(iban(code))
    transfer = bank.inbound_payment_method_line_ids[:1]
    cheque = transfer.copy(
        {"sequence": 20, "payment_account_id": chart.ref("pcg_5112").id, "name": "Chèque"}
    )
    transfer.write({"payment_account_id": bank.default_account_id.id, "name": "Virement"})
    remember(env, "transfer", {code: transfer})
    remember(env, "cheque", {code: cheque})


def _warehouses(env):
    """Odoo makes one for the first company only."""
    for code, company in places(env).items():
        warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
        values = {"name": company.name, "code": code[:5].upper(), "company_id": company.id}
        if warehouse:
            warehouse.write(values)
        else:
            env["stock.warehouse"].create(values)


def _features(env):
    """What the settings would switch on, and every company for the administrator."""
    env.ref("base.user_admin").company_ids = env["res.company"].search([])
    for group in FEATURES:
        env.ref("base.group_user")._apply_group(env.ref(group))
