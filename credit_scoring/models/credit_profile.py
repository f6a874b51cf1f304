from odoo import api, fields, models


class CreditProfile(models.Model):
    """How the customer pays and how solid it is."""

    _inherit = "credit.profile"

    payer_points = fields.Float(string="Payer Score", compute="_compute_payer", digits=(16, 1))
    weighted_delay = fields.Float(
        string="Weighted Delay (days)", compute="_compute_payer", digits=(16, 1)
    )
    median_delay = fields.Float(
        string="Median Delay (days)", compute="_compute_payer", digits=(16, 1)
    )
    on_time_share = fields.Float(
        string="Paid on Time (%)", compute="_compute_payer", digits=(16, 1)
    )
    worst_delay = fields.Integer(string="Worst Delay (days)", compute="_compute_payer")
    delay_trend = fields.Float(
        string="Trend of the Delay (days)",
        compute="_compute_payer",
        digits=(16, 1),
        help="Last three months against the nine before; positive: pays later than before",
    )
    payer_items = fields.Integer(string="Items Judged", compute="_compute_payer")
    score_ids = fields.One2many("credit.score", "profile_id", string="Scores")
    score_id = fields.Many2one("credit.score", string="Last Score", compute="_compute_score_id")
    last_score = fields.Float(
        string="Last Score (points)", compute="_compute_score_id", digits=(16, 1)
    )
    score_input_ids = fields.One2many(
        "credit.score.input", string="Why This Score", compute="_compute_score_id"
    )
    review_ids = fields.One2many("credit.review", "profile_id", string="Reviews")
    statement_ids = fields.One2many(
        "credit.financial.statement", string="Accounts", compute="_compute_statement_ids"
    )

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "tz")
    def _compute_payer(self):
        today = self.env["res.company"]._get_credit_today()
        payer = self.env["credit.payer"]
        rows = self.env.execute_query_dict(payer._rows_sql(today, self._origin.ids or [0]))
        found = {row["id"]: row for row in rows}
        names = {
            "payer_points": "points",
            "weighted_delay": "weighted_delay",
            "median_delay": "median_delay",
            "on_time_share": "on_time",
            "worst_delay": "worst",
            "delay_trend": "trend",
            "payer_items": "items",
        }
        for profile in self:
            row = found.get(profile._origin.id, {})
            for name, column in names.items():
                profile[name] = row.get(column) or 0

    @api.depends("score_ids.date")
    def _compute_score_id(self):
        for profile in self:
            profile.score_id = profile.score_ids[:1]
            profile.last_score = profile.score_id.score
            profile.score_input_ids = profile.score_id.input_ids

    @api.depends("partner_id", "company_id")
    def _compute_statement_ids(self):
        statements = self.env["credit.financial.statement"].search(
            [("partner_id", "in", self.partner_id.ids)]
        )
        for profile in self:
            profile.statement_ids = statements.filtered(
                lambda statement, profile=profile: (
                    statement.partner_id == profile.partner_id
                    and statement.company_id == profile.company_id
                )
            )

    # === ACTIONS === #

    def action_score(self):
        """Score the customer now."""
        self.check_access("read")
        today = self.env["res.company"]._get_credit_today()
        self.env["credit.score"].sudo()._compute_scores(self.sudo(), today)
        self.invalidate_recordset()
        return True

    @api.readonly
    def action_view_late_chances(self):
        """The open items of this customer, with how likely each is late."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_scoring.action_credit_late_chance"
        )
        return {**action, "domain": [("profile_id", "=", self.id)], "context": {}}

    @api.readonly
    def action_new_statement(self):
        """The empty form of a year's accounts."""
        return self._action_new("credit.financial.statement")

    @api.readonly
    def action_new_review(self):
        """The empty form of a review."""
        return self._action_new("credit.review")

    def _action_new(self, model):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(model).name,
            "res_model": model,
            "views": [(False, "form")],
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_profile_id": self.id,
                "default_company_id": self.company_id.id,
                "default_limit_amount": self.credit_limit,
            },
        }
