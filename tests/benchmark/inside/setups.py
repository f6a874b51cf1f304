"""Each competitor at work: its check in use, with limits that every measured document keeps."""

SETUPS = {}
STRICTEST_DAYS = 3650


def setup(function):
    """Register by name."""
    SETUPS[function.__name__] = function
    return function


@setup
def odoo(env):
    """Odoo alone."""
    _country(env)


@setup
def suite(env):
    """The standard policy judges everybody; the limits were taken over at the installation."""
    _country(env)
    policy = env.ref("credit_management.credit_policy_standard")
    # half of the open invoices are overdue: all rules are asked, none is to hold
    policy.rule_ids.filtered(lambda rule: rule.kind == "overdue_days").threshold = STRICTEST_DAYS
    env.company.credit_policy_id = policy


@setup
def oca(env):
    """Every part of the risk counts, for everybody."""
    _country(env)
    names = [
        name
        for name in env["res.partner"]._fields
        if name.startswith("risk_") and name.endswith("_include")
    ]
    stored = [name for name in names if env["res.partner"]._fields[name].store]
    # by SQL: ten thousand customers at once, and these columns have nothing that depends on them
    env.cr.execute(f"UPDATE res_partner SET {', '.join(f'{name} = TRUE' for name in stored)}")


def _country(env):
    """After the installation: with a country, it brings what the country asks for."""
    env.company.country_id = env.ref("base.fr")
