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


#: days after the due date: everything overdue is at the first level
LEVELS = (1, 15, 30)


@setup
def followup(env):
    """A procedure of three levels for everybody; everybody can be reached."""
    _country(env)
    _email(env)
    text = env["mail.template"].create(
        {"name": "Reminder", "model_id": env["ir.model"]._get_id("credit.followup.notice")}
    )
    levels = [
        (0, 0, {"name": str(days), "days": days, "channel": "email", "mail_template_id": text.id})
        for days in LEVELS
    ]
    env.company.credit_followup_procedure_id = env["credit.followup.procedure"].create(
        {"name": "Benchmark", "level_ids": levels}
    )


@setup
def ocafollowup(env):
    """A policy of three levels for everybody."""
    _country(env)
    _email(env)
    template = env.ref("account_credit_control.email_template_credit_control_base")
    accounts = env["account.account"].search([("account_type", "=", "asset_receivable")])
    texts = {"custom_text": "Reminder", "custom_mail_text": "Reminder"}
    levels = [
        {
            "name": str(days),
            "level": number,
            "computation_mode": "net_days",
            "delay_days": days,
            "channel": "email",
            "email_template_id": template.id,
            **texts,
        }
        for number, days in enumerate(LEVELS, 1)
    ]
    env.company.credit_policy_id = env["credit.control.policy"].create(
        {
            "name": "Benchmark",
            "account_ids": [(6, 0, accounts.ids)],
            "level_ids": [(0, 0, values) for values in levels],
        }
    )


def _email(env):
    """Of the generated customers, by SQL: ten thousand at once."""
    env.cr.execute(
        """UPDATE res_partner SET email = 'a@example.com', email_normalized = 'a@example.com'
            WHERE name LIKE 'Customer 0%%' OR email IS NULL"""
    )


def _country(env):
    """After the installation: with a country, it brings what the country asks for."""
    env.company.country_id = env.ref("base.fr")
