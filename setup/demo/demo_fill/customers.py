"""Customers with numbers that check, their contacts and their terms."""

from demo_plan.identity import email, siret, vat
from demo_plan.tables import rows

from .companies import places
from .names import create, named


def load(env):
    """Companies, their contacts, and what each of our companies agreed with them."""
    create(
        env,
        "res.partner",
        "customer",
        {row["code"]: _values(env, row) for row in rows("customers")},
    )
    create(
        env,
        "res.partner",
        "contact",
        {_contact_code(row): _contact(env, row) for row in rows("contacts")},
    )
    for company in places(env).values():
        _agree(env, company)


def customer(env, code):
    """The partner of a customer."""
    return named(env, "customer", code)


def _values(env, row):
    values = {key: row[key] for key in ("name", "street", "zip", "city", "lang", "phone")}
    values |= {
        "is_company": True,
        "company_id": False,
        "country_id": env.ref(f"base.{row['country'].lower()}").id,
        "email": email(row["code"]),
        "user_id": named(env, "user", row["seller"]).id,
        "vat": vat(row["code"], row["country"]),
        "customer_rank": 1,
    }
    if row["country"] == "FR":
        values["company_registry"] = siret(row["code"])
    return values


def _contact_code(row):
    return f"{row['customer']}_{row['type']}"


def _contact(env, row):
    """A contact without an address of its own shares the company's."""
    parent = customer(env, row["customer"])
    values = {
        "parent_id": parent.id,
        "type": row["type"],
        "name": row["name_en"] if parent.lang == "en_US" else row["name"],
        "lang": parent.lang,
        "email": email(row["customer"], "compta" if row["type"] == "contact" else "site"),
    }
    if row["street"]:
        values |= {key: row[key] for key in ("street", "zip", "city")} | {
            "country_id": parent.country_id.id
        }
    return values


def _agree(env, company):
    """Terms and price list depend on the company: one write for all who share them."""
    for field, kind, column in (
        ("property_payment_term_id", "term", "terms"),
        ("property_product_pricelist", "pricelist", "currency"),
    ):
        for code in {row[column] for row in rows("customers")}:
            sharing = [
                customer(env, row["code"]).id for row in rows("customers") if row[column] == code
            ]
            env["res.partner"].browse(sharing).with_company(company)[field] = named(env, kind, code)
