from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from ..rules.scorecard import score as compute_score

#: what a manager enters to decide another class
_OVERRIDE = {"override_class_id", "override_reason", "override_until"}


class CreditScore(models.Model):
    """A customer's score on a day, by a scorecard, with every input as it stood.

    The system writes it; a credit manager only decides another class, with a reason and until a day.
    """

    _name = "credit.score"
    _description = "Score"
    _inherit = ["credit.owned.mixin"]
    _order = "date desc, id desc"
    _rec_name = "score"

    profile_id = fields.Many2one(
        "credit.profile", string="Credit File", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="profile_id.company_id", store=True)
    scorecard_id = fields.Many2one("credit.scorecard", required=True, ondelete="restrict")
    date = fields.Date(required=True)
    score = fields.Float(digits=(16, 2), aggregator="avg", help="From 0 to 100")
    class_id = fields.Many2one(
        "credit.risk.class", ondelete="restrict", help="The class that follows"
    )
    override_class_id = fields.Many2one(
        "credit.risk.class", string="Decided Class", ondelete="restrict"
    )
    override_reason = fields.Char()
    override_until = fields.Date()
    input_ids = fields.One2many("credit.score.input", "score_id", string="Inputs")

    # === COMPUTING === #

    @api.model
    def _compute_scores(self, profiles, today):
        """Score credit files of one company; those about which nothing is known get none.

        :return: the new scores
        """
        made = self.browse()
        for company, files in profiles.grouped("company_id").items():
            card = self.env["credit.scorecard"].with_company(company)._get_in_use(company)
            if card:
                facts = self._read_facts(files, today)
                made |= self.create(list(self._prepare_scores(card, facts, today)))
        return made

    def _prepare_scores(self, card, facts, today):
        criteria = card._to_rules()
        for profile, values in facts.items():
            total, inputs = compute_score(criteria, values)
            if total is not None:
                yield {
                    "profile_id": profile.id,
                    "scorecard_id": card.id,
                    "date": today,
                    "score": total,
                    "class_id": card._get_class(total).id,
                    "input_ids": [Command.create(self._prepare_input(each)) for each in inputs],
                }

    @api.model
    def _prepare_input(self, found):
        return {
            "figure": found.key,
            "is_known": found.value is not None,
            "value": found.value or 0.0,
            "points": found.points,
            "weight": found.weight,
            "gain": found.gain,
        }

    @api.model
    def _read_facts(self, profiles, today):
        """``{credit file: {figure: value}}`` of what is known, in one query for the payers and one for the accounts."""
        facts = {profile: {} for profile in profiles}
        payer = self.env["credit.payer"]
        rows = self.env.execute_query_dict(payer._rows_sql(today, profiles.ids))
        by_id = {row["id"]: row for row in rows}
        for profile, found in facts.items():
            row = by_id.get(profile.id, {})
            for name in ("points", "weighted_delay", "on_time", "trend"):
                if row.get(name) is not None:
                    found[name] = float(row[name])
            if profile.exposure > 0:
                found["overdue_share"] = min(100 * profile.overdue / profile.exposure, 100.0)
            found["seniority"] = (today - profile.partner_id.create_date.date()).days / 365
        for profile, statement in (
            self.env["credit.financial.statement"]._read_last(profiles).items()
        ):
            for name in ("equity_ratio", "liquidity", "z2", "conan"):
                if statement[name]:
                    facts[profile][name] = statement[name]
        return facts

    @api.model
    def _cron_score(self, batch=500):
        """Score every customer with a credit file by night, in batches; the class follows where nobody decided another."""
        today = self.env["res.company"]._get_credit_today()
        files = self.env["credit.profile"].search([("partner_id.active", "=", True)], order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(files))
        for start in range(0, len(files), batch):
            self._compute_scores(files[start : start + batch], today)._follow()
            if not self.env["ir.cron"]._commit_progress(len(files[start : start + batch])):
                return

    def _follow(self):
        """Give the customers the class that follows; a change is written in the file and asks for a review."""
        today = self.env["res.company"]._get_credit_today()
        kept = self._read_overrides(today)
        for found in self:
            profile = found.profile_id
            if profile not in kept and found.class_id != profile.risk_class_id:
                before = profile.risk_class_id
                profile.risk_class_id = found.class_id
                if before:
                    profile._notify_in_charge(
                        lambda file: file.env._(
                            "The risk class changed with the score: review the customer"
                        ),
                        today,
                    )

    def _read_overrides(self, today):
        """Credit files whose class somebody decided, for now."""
        decided = self.search(
            [
                ("profile_id", "in", self.profile_id.ids),
                ("override_class_id", "!=", False),
                ("override_until", ">=", today),
            ]
        )
        return decided.profile_id

    # === DECIDED CLASS === #

    @api.constrains("override_class_id", "override_reason", "override_until")
    def _check_override(self):
        for found in self.filtered("override_class_id"):
            if not (found.override_reason or "").strip() or not found.override_until:
                raise ValidationError(self.env._("Enter why, and until when the class applies."))

    def write(self, vals):
        if not self.env.su and vals.keys() - _OVERRIDE:
            raise AccessError(
                self.env._(
                    "A score is kept as it stood. A credit manager can decide another class."
                )
            )
        result = super().write(vals)
        if vals.get("override_class_id"):
            for found in self:
                found.profile_id.risk_class_id = found.override_class_id
        return result
