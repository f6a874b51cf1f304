"""Acts of reminders and statements of account, with those of OCA's add-ons: see :mod:`.acts`."""

import ctypes
import datetime
import gc
from pathlib import Path

from dateutil.relativedelta import relativedelta

from .. import raw_followup
from .acts import _receivables, act


class Memory:
    """How much more memory this process took at most since then."""

    def __init__(self):
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)  # what earlier acts have left free does not count
        Path("/proc/self/clear_refs").write_text("5")  # the highest so far begins anew
        self.start = self._read("VmRSS")

    def grown(self) -> float:
        """Megabytes."""
        return round(self._read("VmHWM") - self.start, 1)

    def _read(self, name):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        raise ValueError(name)


@act
def remind(env, share=1):
    """Prepare a run: preview and notices. Number of notices, of items, amount, megabytes.

    :param share: one customer of so many
    """
    run = env["credit.followup.run"].create({"partner_ids": _some_customers(env, share)})
    env.flush_all()
    memory = Memory()
    yield
    run._prepare(datetime.date.today())
    env.flush_all()
    grown = memory.grown()
    return lambda: [*_count_named(env, run), grown]


def _some_customers(env, share):
    if share == 1:
        return False
    found = env["res.partner"].search([("name", "=like", "Customer 0%")], order="id")
    return found[::share].ids


def _count_named(env, run):
    env.cr.execute("ANALYZE credit_followup_notice; ANALYZE credit_followup_notice_line")
    env.cr.execute(
        """SELECT COUNT(DISTINCT n.id), COUNT(l.id), SUM(l.amount)::float FROM credit_followup_notice n
             JOIN credit_followup_notice_line l ON l.notice_id = n.id WHERE n.run_id = %s""",
        [run.id],
    )
    return env.cr.fetchone()


@act
def raw_remind(env):
    """The same rows by INSERT … SELECT alone."""
    run = env["credit.followup.run"].create({})
    env.flush_all()
    procedure = env.company.credit_followup_procedure_id
    relation = env["credit.followup.notice"]._fields["contact_ids"]
    names = {"table": relation.relation, "notice": relation.column1, "partner": relation.column2}
    values = {
        "accounts": _receivables(env),
        "today": datetime.date.today(),
        "run": run.id,
        "company": env.company.id,
        "procedure": procedure.id,
        "level": procedure.level_ids.sorted("days")[0].id,
        "user": env.uid,
    }
    yield
    env.cr.execute(raw_followup.NOTICES, values)
    env.cr.execute("ANALYZE credit_followup_notice")  # a bad plan would be no raw speed
    env.cr.execute(raw_followup.LINES, values)
    env.cr.execute(raw_followup.CONTACTS.format(**names), values)
    return lambda: _count_named(env, run)


@act
def oca_remind(env):
    """Generate OCA's credit control lines. Number of customers, of items, amount, megabytes."""
    run = env["credit.control.run"].create(
        {
            "date": datetime.date.today(),
            "policy_ids": [(6, 0, env.company.credit_management_policy_id.ids)],
        }
    )
    env.flush_all()
    memory = Memory()
    yield
    run.generate_credit_lines()
    env.flush_all()
    grown = memory.grown()
    env.cr.execute(
        """SELECT COUNT(DISTINCT partner_id), COUNT(*), SUM(balance_due)::float FROM credit_control_line
            WHERE run_id = %s""",
        [run.id],
    )
    return lambda: [*env.cr.fetchone(), grown]


@act
def statements(env, first, count, months):
    """The movements of so many customers. Number of customers, of movements, their balances and ageing."""
    partners, since, today = _period(env, first, count, months)
    reader = env["credit.statement"]
    yield
    found = reader._read(partners, env.company, today, since)
    accounts = {s.partner_id: account for s in found.values() for account in s.accounts}
    return lambda: _told(
        sum(len(account.lines) for account in accounts.values()),
        {partner: account.closing for partner, account in accounts.items()},
        [sum(a.ageing.buckets[n] for a in accounts.values()) for n in range(5)],
    )


@act
def raw_statements(env, first, count, months):
    """The same by two queries."""
    partners, since, today = _period(env, first, count, months)
    values = {
        "accounts": _receivables(env),
        "partners": partners.ids,
        "since": since,
        "today": today,
    }
    yield
    env.cr.execute(raw_followup.MOVEMENTS, values)
    rows = env.cr.fetchall()
    env.cr.execute(raw_followup.AGEING, values)
    ages = env.cr.fetchall()
    return lambda: _told(
        sum(row[1] is not None for row in rows),
        {row[0]: row[6] for row in rows},
        [sum(amount for _partner, bucket, amount in ages if bucket == n) for n in range(5)],
    )


@act
def oca_statements(env, first, count, months):
    """OCA's activity statement, as its report reads it."""
    partners, since, today = _period(env, first, count, months)
    wizards = env["activity.statement.wizard"].with_context(active_ids=partners.ids)
    wizard = wizards.create({"date_start": since, "date_end": today})
    data = wizard._prepare_statement()
    report = env["report.partner_statement.activity_statement"]
    yield
    found = report._get_report_values(partners.ids, data)["data"]
    return lambda: sum(
        len(currency["lines"]) for row in found.values() for currency in row["currencies"].values()
    )


def _period(env, first, count, months):
    partners = env["res.partner"].browse(range(first, first + count))
    today = datetime.date.today()
    return partners, today - relativedelta(months=months), today


def _told(lines, balances, ages):
    """For comparing: number of movements, balance of each customer, what is open by age."""
    rounded = sorted((partner, round(float(amount), 2)) for partner, amount in balances.items())
    return [lines, [row for row in rounded if row[1]], [round(float(a), 2) for a in ages]]
