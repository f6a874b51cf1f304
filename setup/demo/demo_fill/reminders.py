"""Half a year of reminders, pauses, and the run of today that waits for an approval.

What was reminded in the past is written as sent: nobody gets a mail from a demo.
"""

from datetime import datetime, time, timedelta

from demo_plan.dates import month_start
from demo_plan.tables import rows
from odoo.fields import Command

from .credit import profile
from .names import named, settle

MONTHS = 6
ROOTS = ("main", "export")


def use(env, today):
    """Each company reminds systematically; from now on, as if it had always been so."""
    _rates(env)
    for place in ROOTS:
        named(env, "company", place).write(
            {
                "credit_followup_procedure_id": env.ref("credit_followup.procedure_systematic").id,
                "credit_late_date_start": month_start(today, MONTHS),
            }
        )


def month(env, day):
    """The run of a past day, whose notices went out on that day."""
    for place in ROOTS:
        run = _prepare(env, place, day)
        run.unattended = True
        _write_as_sent(run.notice_ids.filtered(lambda notice: notice.state == "proposed"), day)


def load(env, today):
    """Key accounts by their own procedure, pauses, and the run of today."""
    env.ref("credit_management.credit_risk_class_a").followup_procedure_id = env.ref(
        "credit_followup.procedure_gentle"
    )
    for row in rows("pauses"):
        _pause(env, row, today)
    for place in ROOTS:
        _prepare(env, place, today)
    settle(env)


def _prepare(env, place, day):
    runs = env["credit.followup.run"].with_company(named(env, "company", place))
    run = runs.create({"user_id": named(env, "user", "analyst").id})
    run._prepare(day)
    return run


def _write_as_sent(notices, day):
    """As the sender leaves them, without writing an e-mail or a letter."""
    for notice in notices:
        notice._refresh_charges()
        notice._after_sending()
        notice.sent_at = datetime.combine(day, time(9))
        if notice.channel == "registered":
            notice.tracking_number = f"2C {notice.id:011d}"
            notice.received_date = day + timedelta(days=3)


def _pause(env, row, today):
    file = profile(env, row["customer"], row["place"])
    values = {
        "partner_id": file.partner_id.id,
        "company_id": file.company_id.id,
        "reason": row["reason"],
        "date_from": today - timedelta(days=int(row["since"])),
    }
    if row["until"]:
        values["date_to"] = today + timedelta(days=int(row["until"]))
    else:
        values["user_id"] = named(env, "user", "analyst").id
    if row["items"] == "oldest":
        values["item_ids"] = [Command.set(_oldest(env, file).ids)]
    env["credit.followup.pause"].create(values)


def _oldest(env, file):
    items = env["credit.followup.item"].search(
        [("partner_id", "=", file.partner_id.id), ("company_id", "=", file.company_id.id)],
        order="date_due",
        limit=1,
    )
    return env["account.move.line"].browse(items.ids)


def _rates(env):
    """After the last rate that is known, the demo takes it to stay: it never stands without one."""
    for series in env["credit.interest.series"].search([]):
        last = series.rate_ids.sorted("date_from")[-1:]
        if last.date_to:
            env["credit.interest.rate"].create(
                {
                    "series_id": series.id,
                    "date_from": last.date_to + timedelta(days=1),
                    "rate": last.rate,
                    "source": "Démonstration : taux supposé inchangé",
                }
            )
