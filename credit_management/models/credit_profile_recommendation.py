from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from ..rules.recommendation import CEILINGS, METHODS, recommend


class CreditProfile(models.Model):
    """Limits recommended from a customer's history, by several methods."""

    _inherit = "credit.profile"

    #: files per commit of the job, and days after which a snapshot is renewed
    _recommend_batch = 50
    _recommend_days = 7

    recommended_limit = fields.Monetary(
        readonly=True,
        copy=False,
        help="Result of the method chosen in the settings, reduced to the share of the risk class and capped by the own-risk ceiling",
    )
    has_recommendation = fields.Boolean(
        readonly=True, copy=False, help="A recommendation is available"
    )
    recommended_date = fields.Date(string="Recommended on", readonly=True, copy=False)
    recommendation_ids = fields.One2many(
        "credit.recommendation", "profile_id", string="Methods", readonly=True
    )

    # === ACTIONS === #

    def action_recommend(self):
        """Recalculate from today's history."""
        self.check_access("read")
        self.sudo()._recommend(self.env["res.company"]._get_credit_today())
        return True

    @api.readonly
    def action_request_recommended(self):
        """Open a limit request with the recommended amount."""
        self.ensure_one()
        self.check_access("read")
        methods = dict(
            self.env["credit.recommendation"]._fields["method"]._description_selection(self.env)
        )
        lines = (
            f"{methods[line.method]}: {self.currency_id.format(line.amount)} ({line.explanation})"
            for line in self.recommendation_ids
        )
        return self._action_request_amount(self.recommended_limit, "\n".join(lines))

    def _action_request_amount(self, amount, words):
        day = format_date(self.env, self.recommended_date)
        action = self.action_request_limit()
        action["context"] |= {
            "default_amount": amount,
            "default_reason": self.env._("Recommended on %(day)s. %(words)s", day=day, words=words),
        }
        return action

    # === SNAPSHOT === #

    def _recommend(self, today):
        """Renew the snapshot; customers without sales get no recommendation. The caller has ``sudo``."""
        self.recommendation_ids.unlink()
        vals_list = []
        for company, profiles in self.grouped("company_id").items():
            trades = self.env["credit.recommendation.facts"]._read_facts(profiles, today)
            for profile, trade in trades.items():
                limit = recommend(trade, company.credit_management_limit_method)
                profile.recommended_limit = limit or 0.0
                profile.recommended_date = today
                profile.has_recommendation = limit is not None
                vals_list += profile._prepare_recommendations(trade)
        self.env["credit.recommendation"].create(vals_list)

    def _prepare_recommendations(self, trade):
        """Values of one row per method with a result."""
        if all(propose(trade) is None for propose in METHODS.values()):
            return []
        figures = {
            "yearly_sales": trade.yearly_sales,
            "term_days": trade.term_days,
            "delay_days": trade.delay_days,
            "peak": trade.peak,
            "ordered": trade.ordered,
            "to_invoice": trade.to_invoice,
            "open_items": trade.open_items,
            "own_sales": trade.own_sales,
        }
        share = {"class_share": trade.class_share} if trade.class_share != 100 else {}
        granted = {self.company_id.credit_management_limit_method: share}
        proposals = {name: rule(trade) for name, rule in (METHODS | CEILINGS).items()}
        return [
            {
                "profile_id": self.id,
                "method": name,
                "amount": self.currency_id.round(amount),
                "figures": figures | granted.get(name, {}),
            }
            for name, amount in proposals.items()
            if amount is not None
        ]

    @api.model
    def _cron_recommend(self):
        """Renew each file about once a week, in batches; locked first, so that a concurrent decision does not make the
        job fail.

        Files somebody is deciding on are left to the next run.
        """
        today = self.env["res.company"]._get_credit_today()
        old = today - timedelta(self._recommend_days)
        due = ["|", ("recommended_date", "=", False), ("recommended_date", "<=", old)]
        profiles = self.search(due, order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(profiles))
        for start in range(0, len(profiles), self._recommend_batch):
            batch = profiles[start : start + self._recommend_batch].try_lock_for_update()
            batch._recommend(today)
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break
