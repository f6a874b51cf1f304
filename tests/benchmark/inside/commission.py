"""Acts of commissions, with those of OCA's add-ons: see :mod:`.acts`."""

import datetime

from .acts import act
from .followup import Memory

#: what is written, in this order, and how it is called in the schema of the rows kept for raw SQL
TABLES = {
    "log": "credit_commission_collection",
    "entries": "credit_commission_entry",
    "statements": "credit_commission_statement",
}
#: invoices whose commission OCA computes at once; it does so when each is made
OCA_AT_ONCE = 1000


@act
def earn(env, share=1):
    """Read the ledger, enter what is earned, make the statements. Rows of each, amount, megabytes.

    The first two as the scheduled jobs do it, which commit: the statements begin with entries of earlier transactions.

    :param share: of the last reconciliations, one in so many
    """
    _begin_anew(env, share)
    today = datetime.date.today()
    statements = env["credit.commission.statement"].sudo()
    memory = Memory()
    yield
    env["credit.commission.collection"].sudo()._cron_log()
    yield "log"
    env["credit.commission.plan"]._cron_compute()
    yield "entries"
    statements._prepare_period(env.company, today.replace(day=1), today)
    yield "statements"
    grown = memory.grown()
    return lambda: [*_count_earned(env), grown]


@act
def raw_earn(env):
    """The same rows by INSERT … SELECT alone."""
    _begin_anew(env)
    yield
    for step, table in TABLES.items():
        columns = _columns(env.cr, table)
        values = columns.replace('"statement_id"', "NULL") if step == "entries" else columns
        env.cr.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM bench.{step} ORDER BY id"
        )
        if step == "statements":
            env.cr.execute(
                """UPDATE credit_commission_entry e SET statement_id = s.id FROM credit_commission_statement s
                    WHERE s.person_id = e.person_id AND e.statement_id IS NULL"""
            )
        else:
            env.cr.commit()
        yield step
    return lambda: _count_earned(env)


def _columns(cr, table):
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'",
        [table],
    )
    return ", ".join(f'"{name}"' for (name,) in cr.fetchall())


def _begin_anew(env, share=1):
    """As if nothing had been read yet, or only one in so many were left to read."""
    forget(env.cr)
    env.cr.execute(
        """UPDATE credit_commission_cursor SET partial_id = (
                  SELECT MAX(id) - (MAX(id) - MIN(id) + 1) / %s FROM account_partial_reconcile)
            WHERE %s > 1""",
        [share, share],
    )
    env.cr.commit()
    env.invalidate_all()


def forget(cr):
    """Nothing was read, nothing is entered."""
    # CASCADE: to what hangs on them, all of it empty; not to statements, which bills refer to
    cr.execute("TRUNCATE credit_commission_collection, credit_commission_entry CASCADE")
    cr.execute("DELETE FROM credit_commission_statement")
    cr.execute("UPDATE credit_commission_plan SET collection_read = 0")
    cr.execute("UPDATE credit_commission_cursor SET partial_id = 0")


def _count_earned(env):
    """Rows of the log and of the entries, statements, and what is in them."""
    env.cr.execute(
        """SELECT (SELECT COUNT(*) FROM credit_commission_collection), COUNT(*),
                  COUNT(DISTINCT statement_id), SUM(amount) FILTER (WHERE statement_id IS NOT NULL)::float
             FROM credit_commission_entry"""
    )
    return env.cr.fetchone()


@act
def owed(env):
    """What is earned, by SQL that knows that an invoice has one line, no tax and at most one payment."""
    yield
    env.cr.execute(
        "SELECT COUNT(*), SUM(ROUND(amount * 0.05, 2))::float FROM account_partial_reconcile"
    )
    return env.cr.fetchone


@act
def oca_compute(env, count):
    """Compute the commissions of unpaid invoices, as OCA does when they are made. Number of lines."""
    domain = [
        ("move_type", "=", "out_invoice"),
        ("payment_state", "=", "not_paid"),
        ("state", "=", "posted"),
    ]
    invoices = env["account.move"].search(domain, order="id", limit=count)
    yield
    for start in range(0, len(invoices), OCA_AT_ONCE):
        invoices[start : start + OCA_AT_ONCE].recompute_lines_agents()
        env.flush_all()
        env.invalidate_all()
    return lambda: env["account.invoice.line.agent"].search_count(
        [("invoice_id", "in", invoices.ids)]
    )


@act
def oca_settle(env):
    """Settle the commissions of all that is paid. Number of lines, amount, megabytes."""
    wizard = env["commission.make.settle"].create({"settlement_type": "sale_invoice"})
    env.flush_all()
    memory = Memory()
    yield
    wizard.action_settle()
    env.flush_all()
    grown = memory.grown()
    env.cr.execute("SELECT COUNT(*), SUM(settled_amount)::float FROM commission_settlement_line")
    return lambda: [*env.cr.fetchone(), grown]
