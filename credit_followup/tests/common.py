"""Test kit: procedures, runs and their notices, in one line each.

Dates are days from ``self.today``; amounts are in the company's currency.
"""

from datetime import timedelta

from odoo.addons.credit_management.tests.common import CreditCommon
from odoo.fields import Command
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class FollowupCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.write(
            {
                "email": "customer@example.com",
                "street": "1 Main Street",
                "zip": "75001",
                "city": "Paris",
                "lang": "en_US",
            }
        )
        cls.collector = cls.analyst
        cls.template = cls._template("Reminder")

    # === RECORDS === #

    @classmethod
    def _template(cls, subject, **values):
        """A text for notices."""
        return (
            cls.env(su=True)["mail.template"]
            .with_context(lang="en_US")
            .create(
                {
                    "name": subject,
                    "model_id": cls.env["ir.model"]._get_id("credit.followup.notice"),
                    "subject": subject,
                    "body_html": "<p>Dear <t t-out='object.partner_id.name'/></p>",
                    **values,
                }
            )
        )

    @classmethod
    def _level(cls, days, stage="reminder", channel="email", **values):
        """Values of a level; its text is ``cls.template``."""
        if channel in ("email", "letter", "registered"):
            values.setdefault("mail_template_id", cls.template.id)
        if channel == "activity":
            todo = cls.env.ref("mail.mail_activity_data_todo")
            values.setdefault("activity_type_id", todo.id)
        return {"name": f"Level {days}", "days": days, "stage": stage, "channel": channel, **values}

    @classmethod
    def _procedure(cls, levels=((8, "reminder", "email"),), use=True, **values):
        """A procedure of these levels, ``(days, stage, channel[, values])`` each; the company's unless ``use`` is false."""
        procedure = cls.env(su=True)["credit.followup.procedure"].create(
            {
                "name": "Procedure",
                "gap_days": 0,
                "level_ids": [
                    Command.create(cls._level(*level[:3], **(level[3] if level[3:] else {})))
                    for level in levels
                ],
                **values,
            }
        )
        if use:
            cls.env.company.sudo().credit_followup_procedure_id = procedure
        return procedure

    def _run(self, days=0, user=None, **values):
        """A run prepared by the collector, a number of days from today."""
        run = self.env["credit.followup.run"].with_user(user or self.collector).create(values)
        run._prepare(self.today + timedelta(days))
        run.invalidate_recordset()
        return run

    def _run_sent(self, days=0, **values):
        """A run whose notices all count as sent, without sending them."""
        run = self._run(days, **values)
        run.sudo().notice_ids.filtered(lambda notice: notice.state == "proposed").state = "sent"
        return run

    def _item(self, invoice):
        """The receivable of an invoice."""
        return invoice.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _pause(self, until=None, customer=None, items=None, **values):
        """A pause until a number of days from today; without ``until``, the collector owns it."""
        if until is not None:
            values["date_to"] = self.today + timedelta(until)
        else:
            values.setdefault("user_id", self.collector.id)
        return (
            self.env["credit.followup.pause"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": (customer or self.customer).id,
                    "item_ids": [Command.set(items.ids)] if items else False,
                    "reason": "Test",
                    "company_id": self.company.id,
                    "date_from": self.today - timedelta(400),
                    **values,
                }
            )
        )

    # === WHAT CAME OF IT === #

    def _get_named(self, run):
        """``{journal item: days of the level}`` of the notices of a run, without credits."""
        lines = run.sudo().notice_ids.line_ids.filtered(lambda line: not line.cancelled)
        return {line.item_id: line.level_days for line in lines if line.level_id}

    def _get_excluded(self, run):
        """``{(customer, reason): amount}`` left out by a run."""
        return {(row.partner_id, row.reason): row.amount for row in run.sudo().exclusion_ids}

    def assertNamed(self, run, **days):
        """The run lists exactly these invoices: ``assertNamed(run, a=8)`` with ``self.a`` an invoice."""
        expected = {self._item(getattr(self, name)): level for name, level in days.items()}
        self.assertEqual(self._get_named(run), expected)

    def assertExcluded(self, run, *reasons, customer=None):
        """The run leaves this customer out, or some of its items, for these reasons."""
        customer = customer or self.customer
        found = {reason for partner, reason in self._get_excluded(run) if partner == customer}
        self.assertEqual(found, set(reasons))
