"""One user for each role. They are called by their role: nobody is invented."""

from demo_plan.identity import email
from demo_plan.tables import rows

from .names import create, named, remember


def load(env, logins):
    """Users in French, with the groups of their role; each password is the one that is printed.

    The administrator keeps Odoo's first password: to change it would send a mail.
    """
    password = {login: word for login, word, _role in logins}
    create(
        env,
        "res.users",
        "user",
        {row["login"]: _values(env, row, password[row["login"]]) for row in rows("users")},
    )
    admin = env.ref("base.user_admin")
    admin.write({"lang": "en_US", "tz": "Europe/Paris"})
    remember(env, "user", {"admin": admin})


def _values(env, row, password):
    companies = [named(env, "company", code) for code in row["places"].split()]
    return {
        "name": row["name"],
        "login": row["login"],
        "password": password,
        "email": email("lumiere-main", row["login"]),
        "lang": "fr_FR",
        "tz": "Europe/Paris",
        "notification_type": "inbox",
        "company_id": companies[0].id,
        "company_ids": [(6, 0, [company.id for company in companies])],
        "group_ids": [(6, 0, _groups(env, row).ids)],
    }


def _groups(env, row):
    groups = env.ref("base.group_user")
    for name in row["groups"].split():
        groups |= env.ref(name)
    return groups
