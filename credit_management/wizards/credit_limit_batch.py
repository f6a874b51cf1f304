from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..rules.limit_change import changed_limit


class CreditLimitBatch(models.TransientModel):
    """Many limits at once, from a formula or a file: previewed, then requested, or approved if the user may."""

    _name = "credit.limit.batch"
    _description = "Change of Credit Limits"
    _inherit = ["credit.number.mixin"]

    origin = fields.Selection(
        [("change", "Change of limits"), ("file", "Limits from a file")],
        required=True,
        default="change",
    )
    state = fields.Selection(
        [("setup", "What"), ("preview", "Preview")], required=True, default="setup", readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, default=lambda self: self.env.company.root_id
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    profile_ids = fields.Many2many(
        "credit.profile",
        string="Credit Files",
        default=lambda self: self._get_default_profiles(),
    )

    # The formula
    method = fields.Selection(
        [
            ("set", "To an amount"),
            ("add", "By an amount"),
            ("percent", "By a percentage"),
            ("recommended", "To the recommended limit"),
        ],
        string="Change",
        required=True,
        default="set",
    )
    value = fields.Float(
        string="Amount or Percent",
        digits="Account",
        help="In the currency of each company. Negative to lower the limits.",
    )
    rounding_step = fields.Float(
        string="Round to Multiples of", digits="Account", help="0: not rounded"
    )
    rounding_direction = fields.Selection(
        [("nearest", "Nearest"), ("up", "Up"), ("down", "Down")], required=True, default="nearest"
    )
    kind = fields.Selection(
        [("permanent", "Permanent"), ("temporary", "Temporary")], required=True, default="permanent"
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env["res.company"]._get_credit_today(),
    )
    date_to = fields.Date(string="Until")
    reason = fields.Text(help="Reason for all limits; a row of a file may have its own")

    # The preview
    line_ids = fields.One2many("credit.limit.batch.line", "batch_id", string="Limits")
    problem_count = fields.Integer(string="Rows with a Problem", compute="_compute_counts")
    good_count = fields.Integer(string="Rows without", compute="_compute_counts")
    at_once_count = fields.Integer(
        compute="_compute_counts", help="Granted at once within your authority"
    )
    scope = fields.Selection(
        [("all", "All rows or nothing"), ("good", "Leave out the rows with a problem")],
        string="Save",
        required=True,
        default="all",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids.problem", "line_ids.at_once")
    def _compute_counts(self):
        for batch in self:
            good = batch.line_ids.filtered(lambda line: not line.problem)
            batch.good_count = len(good)
            batch.problem_count = len(batch.line_ids) - len(good)
            batch.at_once_count = len(good.filtered("at_once"))

    # === ACTIONS === #

    def action_preview(self):
        """Show the resulting requests, row by row."""
        self.ensure_one()
        prepare = getattr(self, f"_prepare_lines_from_{self.origin}")
        self.write(
            {
                "state": "preview",
                "line_ids": [Command.clear(), *map(Command.create, prepare())],
            }
        )
        return self._reopen()

    def action_back(self):
        self.state = "setup"
        return self._reopen()

    def action_confirm(self):
        """Request the limits; those within the user's authority are approved.

        :raise UserError: if a row has a problem and all rows were requested; nothing is saved
        """
        self.ensure_one()
        self.env["credit.limit"].check_access("create")
        self.line_ids.invalidate_recordset(
            ["problem"]
        )  # changing one row can affect the problems of others
        good = self.line_ids.filtered(lambda line: not line.problem)
        if not good or (self.scope == "all" and good != self.line_ids):
            raise UserError(self._get_problem_report())
        limits = self.env["credit.limit"].create(good._prepare_limits())
        limits._request_or_grant()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.action_credit_limit"
        )
        return {**action, "domain": [("id", "in", limits.ids)], "context": {}}

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": dict(self._fields["origin"]._description_selection(self.env))[self.origin],
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_default_profiles(self):
        if self.env.context.get("active_model") != "credit.profile":
            return self.env["credit.profile"]
        return self.env["credit.profile"].browse(self.env.context.get("active_ids"))

    def _get_problem_report(self, shown=20):
        """Every row with a problem, and the problem."""
        wrong = self.line_ids.filtered("problem")
        if not wrong:
            return self.env._("There are no rows. Choose customers or a file, then preview them.")
        rows = [
            f"{line.number}. {line.partner_id.display_name or line.customer_text or ''}: {line.problem}"
            for line in wrong[:shown]
        ]
        if len(wrong) > shown:
            rows.append(self.env._("… and %s more.", len(wrong) - shown))
        head = self.env._(
            "Nothing was saved: %s rows have a problem. Correct or remove them, or save only the others.",
            len(wrong),
        )
        return "\n".join([head, "", *rows])

    def _prepare_lines_from_change(self):
        """One row per credit file, with the new limit computed from the one in force."""
        if not self.profile_ids:
            raise UserError(self.env._("Choose the customers whose limits are to change."))
        profiles = self.profile_ids.sorted(lambda profile: profile.display_name or "")
        positions = profiles.sudo()._read_positions(
            {profile._get_customer() for profile in profiles},
            self.env["res.company"]._get_credit_today(),
        )
        return [
            self._prepare_line_from_change(
                number, profile, positions[profile._get_customer()].credit_limit
            )
            for number, profile in enumerate(profiles, start=1)
        ]

    def _prepare_line_from_change(self, number, profile, current):
        if self.method == "recommended":
            amount = profile.recommended_limit if profile.has_recommendation else None
            problem = self.env._("There is no recommended limit. Enter the limit.")
        else:
            amount = changed_limit(
                current, self.method, self.value, self.rounding_step, self.rounding_direction
            )
            problem = self.env._("There is no limit to change. Enter the new one.")
        return {
            "number": number,
            "partner_id": profile.partner_id.id,
            "company_id": profile.company_id.id,
            "amount": profile.currency_id.round(amount or 0.0),
            "amount_problem": problem if amount is None else False,
            "kind": self.kind,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "reason": self.reason,
        }
