"""What is sold, at which price and on which terms, in both languages."""

from demo_plan.tables import rows

from .companies import places
from .names import create, translate


def load(env):
    """Products, price lists and payment terms."""
    env = env(
        context=dict(
            env.context, allowed_company_ids=[company.id for company in places(env).values()]
        )
    )
    _products(env)
    _pricelists(env)
    _terms(env)


def _products(env):
    made = create(
        env, "product.product", "product", {row["code"]: _product(row) for row in rows("products")}
    )
    translate(made.values(), "name", [row["name_fr"] for row in rows("products")])


def _product(row):
    return {
        "name": row["name"],
        "default_code": row["code"],
        "type": row["type"],
        "list_price": float(row["price"]),
        "standard_price": float(row["cost"]),
        "invoice_policy": "delivery",
        "company_id": False,
    }


def _pricelists(env):
    """The first one is that of a customer who has none."""
    names = {
        "EUR": ("Public prices", "Tarif public"),
        "USD": ("Export in dollars", "Export en dollars"),
    }
    values = {
        code: {
            "name": name,
            "currency_id": env.ref(f"base.{code}").id,
            "company_id": False,
            "sequence": number,
        }
        for number, (code, (name, _french)) in enumerate(names.items(), 1)
    }
    made = create(env, "product.pricelist", "pricelist", values)
    translate(made.values(), "name", [french for _name, french in names.values()])


def _terms(env):
    made = create(
        env, "account.payment.term", "term", {row["code"]: _term(row) for row in rows("terms")}
    )
    for field in ("name", "note"):
        translate(made.values(), field, [row["name_fr"] for row in rows("terms")])


def _term(row):
    """The end of the month is the day 0 of the next one: so Odoo writes it."""
    line = {"value": "percent", "value_amount": 100, "nb_days": int(row["days"])}
    if row["end_of_month"] == "1":
        line |= {"delay_type": "days_end_of_month_on_the", "days_next_month": "0"}
    return {
        "name": row["name"],
        "note": row["name"],
        "line_ids": [(0, 0, line)],
        "company_id": False,
    }
