"""What may be killed: each does its work in steps that it commits, and goes on where it was when it is called again."""

from odoo.fields import Command

BATCH = 5
OURS = ("credit_management", "credit_followup", "credit_commission", "credit_management_stock")
#: they have work of their own here
ELSEWHERE = {"_cron_send", "_cron_run", "_cron_log", "_cron_compute"}


def reminders(env):
    """A run is prepared, approved and sent; the e-mails wait in Odoo's queue."""
    runs = env["credit.followup.run"]
    run = runs.search([], order="id desc", limit=1) or runs.create({})
    env.cr.commit()
    if run.state == "draft":
        run.action_prepare()
        env.cr.commit()
    env["credit.followup.run"].sudo()._cron_run()
    env.cr.commit()
    if run.state == "ready":
        run.action_approve()
        env.cr.commit()
    env["credit.followup.notice"].sudo()._cron_send()
    env.cr.commit()


def debit_notes(env):
    """Late charges become debit notes, customer by customer."""
    charges = env["credit.late.charge"].search([("state", "=", "claimed")], order="partner_id, id")
    for due in charges.grouped("partner_id").values():
        wizard = {"charge_ids": [Command.set(due.ids)], "post": True}
        env["credit.late.invoice"].create(wizard).action_invoice()
        env.cr.commit()


def commission(env):
    """Collections are logged and entered, as the nightly job does."""
    env["credit.commission.plan"].sudo()._cron_compute()
    env.cr.commit()


def nightly(env):
    """The other jobs: limits that begin, alerts, recommendations, holds looked at again."""
    jobs = env["ir.model.data"].search([("module", "in", OURS), ("model", "=", "ir.cron")])
    for job in env["ir.cron"].browse(jobs.mapped("res_id")).sorted("id"):
        if not any(name in job.code for name in ELSEWHERE):
            job.ir_actions_server_id.sudo().run()
            env.cr.commit()


def confirmations(env):
    """Quotations are confirmed in small batches, each in a transaction of its own."""
    while batch := env["sale.order"].search([("state", "=", "draft")], order="id", limit=BATCH):
        batch.action_confirm()
        env.cr.commit()


def releases(env):
    """What is held is released one by one, and confirmed by it."""
    for hold in env["credit.hold"].search([("state", "=", "pending")], order="id"):
        hold.action_release("Go")
        env.cr.commit()


#: in this order, as one day follows another: a later one works on what an earlier one left
ALL = {
    each.__name__: each
    for each in (reminders, debit_notes, commission, confirmations, releases, nightly)
}
