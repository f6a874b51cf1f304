"""Each competitor at work: its check in use, with limits that every measured document keeps."""

from ..raw import COMPARED
from .commission import TABLES, forget
from .copying import copy

SETUPS = {}
PERCENT = 5.0
#: names of generated invoices
GENERATED = "%/0______"
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
    env.company.credit_management_policy_id = policy


@setup
def collection(env):
    """The same, and what customers answered: promises, plans and disputes, of which there are none."""
    suite(env)


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
    env.company.credit_management_policy_id = env["credit.control.policy"].create(
        {
            "name": "Benchmark",
            "account_ids": [(6, 0, accounts.ids)],
            "level_ids": [(0, 0, values) for values in levels],
        }
    )


@setup
def commission(env):
    """A plan of five percent for salespeople; the rows that it makes are kept for raw SQL."""
    _country(env)
    plan = env["credit.commission.plan"].create(
        {
            "name": "Benchmark",
            "date_from": "2000-01-01",
            "rule_ids": [(0, 0, {"name": "All sales", "percent": PERCENT})],
            "agent_ids": [(0, 0, {})],
        }
    )
    plan.action_activate()
    if env["account.partial.reconcile"].search_count([], limit=COMPARED + 1) > COMPARED:
        env["credit.commission.cursor"]._lock()
        return
    today = env.cr.now().date()
    env["credit.commission.statement"]._prepare_period(env.company, today.replace(day=1), today)
    env.flush_all()
    _keep_earned(env.cr)


def _keep_earned(cr):
    """Move the rows away, as if nothing had been read yet."""
    cr.execute("CREATE SCHEMA bench")
    for name, table in TABLES.items():
        cr.execute(f"CREATE UNLOGGED TABLE bench.{name} AS SELECT * FROM {table} ORDER BY id")
    forget(cr)


@setup
def ocacommission(env):
    """An agent for each customer, paid for what is paid; the lines of its invoices by SQL, from one that OCA wrote."""
    _country(env)
    terms = {"name": "Benchmark", "fix_qty": PERCENT, "invoice_state": "paid"}
    commission = env["commission"].create(terms)
    users = env["res.users"].search([("login", "=like", "salesperson%")], order="id")
    users.partner_id.write({"agent": True, "commission_id": commission.id, "settlement": "monthly"})
    env.flush_all()
    env.cr.execute(
        """INSERT INTO partner_agent_rel (partner_id, agent_id)
           SELECT p.id, u.partner_id FROM (
                  SELECT commercial_partner_id AS id, MIN(invoice_user_id) AS user_id FROM account_move
                   WHERE move_type = 'out_invoice' AND name LIKE %s GROUP BY 1) p
             JOIN res_users u ON u.id = p.user_id""",
        [GENERATED],
    )
    _fill_agent_lines(env)


def _fill_agent_lines(env):
    invoice = env["account.move"].search(
        [
            ("move_type", "=", "out_invoice"),
            ("payment_state", "=", "paid"),
            ("name", "=like", GENERATED),
        ],
        limit=1,
    )
    invoice.recompute_lines_agents()
    env.flush_all()
    template = env["account.invoice.line.agent"].search([])
    template.ensure_one()
    values = {
        "id": f"{template.id} + b.n",
        "object_id": "b.id",
        "agent_id": "b.agent_id",
        "invoice_id": "b.move_id",
        "invoice_date": "b.invoice_date",
        "amount": "ROUND(b.price_subtotal * 0.05, 2)",
    }
    env.cr.execute(
        """CREATE TEMPORARY TABLE paid AS
           SELECT row_number() OVER (ORDER BY l.id) AS n, l.id, l.move_id, l.invoice_date, l.price_subtotal, r.agent_id
             FROM account_move m
             JOIN account_move_line l ON l.move_id = m.id AND l.display_type = 'product'
             JOIN partner_agent_rel r ON r.partner_id = m.partner_id
            WHERE m.move_type = 'out_invoice' AND m.payment_state = 'paid' AND m.id <> %s""",
        [template.invoice_id.id],
    )
    copy(env.cr, "account_invoice_line_agent", "paid b", str(template.id), values)


def _email(env):
    """Of the generated customers, by SQL: ten thousand at once."""
    env.cr.execute(
        """UPDATE res_partner SET email = 'a@example.com', email_normalized = 'a@example.com'
            WHERE name LIKE 'Customer 0%%' OR email IS NULL"""
    )


def _country(env):
    """After the installation: with a country, it brings what the country asks for."""
    env.company.country_id = env.ref("base.fr")
