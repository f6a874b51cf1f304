from odoo import api, fields, models
from odoo.tools import formatLang

from ..rules.recommendation import MARGIN, OWN_RISK_SHARE


class CreditRecommendation(models.Model):
    """The limit proposed by one method, with its figures: a dated snapshot that can be renewed at any time."""

    _name = "credit.recommendation"
    _description = "Recommended Credit Limit"
    _order = "profile_id, id"
    _rec_name = "method"

    profile_id = fields.Many2one(
        "credit.profile", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    currency_id = fields.Many2one(related="profile_id.currency_id")
    method = fields.Selection(
        [
            ("need", "Need"),
            ("peak", "Highest balance"),
            ("work_in_hand", "Orders and invoices in hand"),
            ("own_risk", "Own-risk ceiling"),
        ],
        required=True,
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    figures = fields.Json(readonly=True, help="Input of the method")
    explanation = fields.Char(string="Calculation", compute="_compute_explanation")

    @api.depends("figures", "method")
    @api.depends_context("lang")
    def _compute_explanation(self):
        sentences = self._get_explanations()
        for line in self:
            words = line._get_words()
            line.explanation = sentences.get(line._get_sentence_key(), "") % words
            if "class_share" in words:
                line.explanation += self.env._(
                    "; the risk class allows %s %% of it", words["class_share"]
                )

    @api.model
    def _get_explanations(self):
        """``{method: sentence}`` with named figures."""
        return {
            "need": self.env._(
                "Annual sales of %(yearly_sales)s × (%(term_days)s days of terms + %(delay_days)s days late) / 365, plus %(margin)s %%"
            ),
            "need_early": self.env._(
                "Annual sales of %(yearly_sales)s × %(term_days)s days of terms / 365, plus %(margin)s %%; pays %(early_days)s days early"
            ),
            "peak": self.env._("Highest balance of the year, %(peak)s, plus %(margin)s %%"),
            "work_in_hand": self.env._(
                "%(ordered)s ordered, %(to_invoice)s to invoice and %(open_items)s open, weighted by terms of %(term_days)s days and %(delay_days)s days late"
            ),
            "own_risk": self.env._("%(own_share)s %% of the company's sales of %(own_sales)s"),
        }

    def _get_sentence_key(self):
        """Early payers get a sentence of their own, without a delay."""
        early = self.method == "need" and (self.figures or {}).get("delay_days", 0) < 0
        return "need_early" if early else self.method

    def _get_words(self):
        """The figures, formatted."""
        words = {
            name: str(round(value))
            if name.endswith(("days", "share"))
            else formatLang(self.env, value, currency_obj=self.currency_id)
            for name, value in (self.figures or {}).items()
        }
        words["early_days"] = str(-round((self.figures or {}).get("delay_days", 0)))
        return words | {"margin": f"{MARGIN * 100:g}", "own_share": f"{OWN_RISK_SHARE * 100:g}"}

    @api.readonly
    def action_request(self):
        """Open a limit request with this amount."""
        self.ensure_one()
        self.check_access("read")
        return self.profile_id._action_request_amount(self.amount, self.explanation)
