"""Test kit of notices: created without a run, sent on demand."""

from odoo.fields import Command

from .common import FollowupCommon


class NoticeCommon(FollowupCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.always = {"weekdays_only": False, "hour_from": 0.0, "hour_to": 24.0}
        cls.procedure = cls._procedure(use=False, **cls.always)
        cls.level = cls.procedure.level_ids

    def _notice(self, *invoices, level=None, customer=None, state="proposed", credits=(), **values):
        """A notice of these invoices at one level, with deducted credits."""
        level = level or self.level
        customer = customer or invoices[0].commercial_partner_id
        items = [(self._item(invoice), level) for invoice in invoices] + [
            (item, None) for item in credits
        ]
        return (
            self.env["credit.followup.notice"]
            .sudo()
            .create(
                {
                    "partner_id": customer.id,
                    "company_id": self.company.id,
                    "procedure_id": level.procedure_id.id,
                    "level_id": level.id,
                    "stage": level.stage,
                    "channel": level.channel,
                    "date": self.today,
                    "state": state,
                    "line_ids": [Command.create(self._line(*each)) for each in items],
                    "amount": sum(item.amount_residual for item, _level in items),
                    **values,
                }
            )
        )

    def _line(self, item, level):
        return {
            "item_id": item.id,
            "level_id": level.id if level else False,
            "level_days": level.days if level else 0,
            "occurrence": 1 if level else 0,
            "date": self.today,
            "date_due": item.date_maturity,
            "currency_id": item.currency_id.id,
            "amount": item.amount_residual,
            "amount_currency": item.amount_residual_currency,
        }

    def _approved(self, *invoices, **values):
        return self._notice(*invoices, state="approved", approved_by=self.collector.id, **values)

    def _sent(self, *invoices, **values):
        notice = self._approved(*invoices, **values)
        notice._send(self.today)
        self.assertEqual(notice.state, "sent", notice.failure_detail)
        return notice

    def _get_mails(self, notice):
        """All e-mails of a notice in Odoo's queue."""
        return (
            self.env["mail.mail"]
            .sudo()
            .search([("model", "=", notice._name), ("res_id", "in", notice.ids)])
        )

    def assertFailed(self, notice, failure, *words):
        self.assertEqual((notice.state, notice.failure), ("failed", failure), notice.failure_detail)
        for word in words:
            self.assertIn(word, notice.failure_detail)
