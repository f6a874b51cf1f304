from odoo import api, models

from ...rules import plan as rules


class CreditPaymentPlan(models.Model):
    """The status of a plan from the ledger: payments of its items settle its instalments by date."""

    _inherit = "credit.payment.plan"

    @api.model
    def _cron_judge(self):
        """Default plans with a missed instalment, by each company's own date."""
        for company, plans in self.search([("state", "=", "agreed")]).grouped("company_id").items():
            plans._judge(company._get_credit_today())

    @api.model
    def _judge_of(self, items):
        """Reassess the plans of journal items after a payment or its reversal; defaulted plans stay so."""
        lines = self.env["credit.payment.plan.line"].sudo()
        plans = lines.search([("item_id", "in", items.ids)]).plan_id
        plans = plans.filtered(lambda plan: plan.state in ("agreed", "kept"))
        for company, of_company in plans.grouped("company_id").items():
            of_company._judge(company._get_credit_today(), may_default=False)

    def _judge(self, today, may_default=True):
        """:param may_default: a payment never defaults a plan; only the daily job does"""
        for plan in self:
            state, _missing = rules.judge(
                plan._to_rules(),
                plan._get_paid(),
                today,
                plan.tolerance_days,
                plan.currency_id.rounding,
            )
            if state == "defaulted" and not may_default:
                state = "agreed"
            if state != plan.state:
                plan._write_verdict(state, today)

    def _write_verdict(self, state, today):
        self.write({"state": state, "date_ended": state != "agreed" and today})
        if state == "defaulted":
            self.message_post(
                body=self.env._(
                    "An instalment was not paid in time: the plan has defaulted, the whole debt is due and reminders resume."
                )
            )
            if self.user_id.active:
                self.activity_schedule(
                    "mail.mail_activity_data_call",
                    date_deadline=today,
                    summary=self.env._("%s missed an instalment", self.partner_id.name),
                    user_id=self.user_id.id,
                )
