import base64
from contextlib import contextmanager
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..models.reminder.credit_followup_notice import PAPER


class CreditFollowupPreview(models.TransientModel):
    """Previews a level for a real customer, or a notice as it would be sent now. Nothing is saved."""

    _name = "credit.followup.preview"
    _description = "Preview of a Reminder"

    level_id = fields.Many2one("credit.followup.level", readonly=True)
    notice_id = fields.Many2one("credit.followup.notice", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        domain="['|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    customer_id = fields.Many2one(
        related="notice_id.partner_id", related_sudo=False, string="Customer of the Notice"
    )
    run_id = fields.Many2one(related="notice_id.run_id", related_sudo=False)
    currency_id = fields.Many2one(related="notice_id.currency_id")
    amount = fields.Monetary(related="notice_id.amount", related_sudo=False)
    company_id = fields.Many2one("res.company", default=lambda self: self.env.company.root_id)
    channel = fields.Selection(related="level_id.channel", related_sudo=False)
    subject = fields.Char(readonly=True)
    sender = fields.Char(readonly=True)
    recipients = fields.Char(readonly=True)
    html = fields.Html(string="Text", readonly=True, sanitize=False)
    pdf = fields.Binary(string="Letter", readonly=True, attachment=False)
    problem = fields.Text(readonly=True)

    # === ACTIONS === #

    @api.model
    def _open(self, **values):
        """Open the preview of a level or notice."""
        preview = self.create(values)
        preview._show()
        return preview._get_action()

    def action_show(self):
        """Preview for the chosen customer."""
        self._show()
        return self._get_action()

    def action_previous(self):
        """Show the previous notice of the run."""
        return self._show_neighbour(-1)

    def action_next(self):
        """Show the next notice of the run."""
        return self._show_neighbour(1)

    def _show_neighbour(self, step):
        """Show the next or previous notice of the run, wrapping around."""
        self.notice_id.check_access("read")
        ids = self._get_run_notices().ids
        if self.notice_id.id in ids:
            place = ids.index(self.notice_id.id) + step
            self.notice_id = ids[place % len(ids)]
        self._show()
        return self._get_action()

    def _get_run_notices(self):
        """Unsent notices of the run that have a text, in list order."""
        return self.env["credit.followup.notice"].search(
            [
                ("run_id", "!=", False),
                ("run_id", "=", self.notice_id.run_id.id),
                ("state", "in", ("proposed", "approved", "failed")),
                ("channel", "not in", ("call", "activity")),
            ],
            order="amount desc, id desc",
        )

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # === WHAT IT SHOWS === #

    def _show(self):
        """Create the notice, render it, and roll back."""
        for record in (self.level_id, self.notice_id, self.company_id):
            record.check_access("read")
        if not self.notice_id and not self.partner_id:
            self.partner_id = self._get_open_items()[:1].partner_id
        if self.partner_id:
            self.partner_id.check_access("read")
        with self._nothing_saved():
            shown = self._read_preview()
        self.write(shown)

    @contextmanager
    def _nothing_saved(self):
        savepoint = self.env.cr.savepoint()
        try:
            yield
        finally:
            savepoint.close(rollback=True)

    def _read_preview(self):
        notice = self.sudo().with_context(tracking_disable=True)._get_notice()
        notice._bring_up_to_date(notice.company_id._get_credit_today(), sample=not self.notice_id)
        text = notice.state not in ("cancelled", "failed") and notice._get_text()
        if not text:
            return self._show_problem(notice.failure_detail or notice.cancel_reason)
        try:
            return self._read_text(text)
        except UserError as error:
            return self._show_problem(notice._get_render_sentence(error))

    def _read_text(self, text):
        shown = {
            "subject": text._render_subject(),
            "sender": text._get_sender().email_formatted,
            "recipients": ", ".join(text.contact_ids.mapped("display_name")),
            "problem": False,
            "html": False,
            "pdf": False,
        }
        if text.channel in PAPER:
            report = self.env["ir.actions.report"].sudo()
            content, _format = report._render_qweb_pdf("credit_followup.report_letter", text.ids)
            return shown | {"pdf": base64.b64encode(content)}
        return shown | {"html": text._render_email()}

    def _show_problem(self, problem):
        return {"problem": problem, "html": False, "pdf": False, "subject": False}

    def _get_notice(self):
        """The notice to show; for a level, a temporary one with the customer's items."""
        if self.notice_id:
            notice = self.notice_id
            notice.write({"state": "approved", "failure": False, "printed_at": False})
            return notice
        items = self._get_open_items()
        if not items:
            raise UserError(
                self.env._("Choose a customer with open items: the preview uses real ones.")
            )
        return self.env["credit.followup.notice"].create(self._prepare_notice(items))

    def _get_open_items(self):
        """Open items of the customer, or of all: those at the level, otherwise all."""
        accounts = self.env["account.account"]._get_exposure_account_ids()
        domain = (
            Domain("account_id", "in", accounts)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual", ">", 0)
            & Domain("partner_id", "!=", False)
            & Domain("company_id", "child_of", self.company_id.id)
        )
        if self.partner_id:
            domain &= Domain("partner_id", "=", self.partner_id.id)
        items = self.env["account.move.line"]
        return items.search(domain & self._get_reached(), order="date_maturity", limit=50) or (
            items.search(domain, order="date_maturity", limit=50)
        )

    def _get_reached(self):
        """Items that have reached the level; for a level before the due date, no late items, which its text would not
        fit.
        """
        today, days = self.company_id._get_credit_today(), self.level_id.days
        last = today - timedelta(days)
        undated = Domain("date_maturity", "=", False) & Domain("date", "<=", last)
        reached = Domain("date_maturity", "<=", last) | undated
        return reached & Domain("date_maturity", ">=", today) if days < 0 else reached

    def _prepare_notice(self, items):
        level = self.level_id
        today = self.company_id._get_credit_today()
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "procedure_id": level.procedure_id.id,
            "level_id": level.id,
            "stage": level.stage,
            "channel": level.channel,
            "date": today,
            "state": "approved",
            "line_ids": [Command.create(self._prepare_line(item, today)) for item in items],
        }

    def _prepare_line(self, item, today):
        """Values of the line; no run uses its occurrence number."""
        return {
            "item_id": item.id,
            "level_id": self.level_id.id,
            "level_days": self.level_id.days,
            "occurrence": 2**31 - 1,
            "date": today,
            "date_due": item.date_maturity or item.date,
            "currency_id": item.currency_id.id,
            "amount": item.amount_residual,
            "amount_currency": item.amount_residual_currency,
        }
