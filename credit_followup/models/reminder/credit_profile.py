from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL


class CreditProfile(models.Model):
    """The reminder status of the customer: past and next reminders, and pauses."""

    _inherit = "credit.profile"

    followup_procedure_id = fields.Many2one(
        "credit.followup.procedure",
        string="Specific Procedure",
        tracking=True,
        ondelete="restrict",
        index="btree_not_null",
        domain="[('company_id', 'in', (False, company_id))]",
        help="Leave empty to use the procedure of the risk class or of the company",
    )
    followup_contact_ids = fields.Many2many(
        "res.partner",
        string="Reminders go to",
        domain="[('commercial_partner_id', '=', partner_id)]",
        help="Leave empty to use the invoice address",
    )
    effective_followup_procedure_id = fields.Many2one(
        "credit.followup.procedure",
        string="Procedure",
        compute="_compute_effective_followup_procedure_id",
    )
    followup_next_date = fields.Date(
        string="Next Reminder",
        compute="_compute_followup",
        help="First day on which a run can include one of the items, if nothing is paid before then",
    )
    followup_next_level_id = fields.Many2one(
        "credit.followup.level", string="Next Level", compute="_compute_followup"
    )
    followup_level_id = fields.Many2one(
        "credit.followup.level",
        string="Level Reached",
        compute="_compute_followup",
        help="Highest level reached by an item that is still open",
    )
    followup_last_date = fields.Date(string="Last Reminder", compute="_compute_followup")
    followup_item_ids = fields.Many2many(
        "credit.followup.item", string="Open Items", compute="_compute_followup_records"
    )
    followup_notice_ids = fields.Many2many(
        "credit.followup.notice", string="Notices", compute="_compute_followup_records"
    )
    followup_notice_count = fields.Integer(
        string="Number of Notices", compute="_compute_followup_records"
    )
    followup_pause_ids = fields.Many2many(
        "credit.followup.pause", string="Pauses", compute="_compute_followup_records"
    )
    followup_is_paused = fields.Boolean(
        string="Paused",
        compute="_compute_followup_records",
        help="All reminders to the customer are paused today",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "followup_procedure_id.active",
        "risk_class_id.followup_procedure_id.active",
        "company_id.credit_followup_procedure_id.active",
    )
    def _compute_effective_followup_procedure_id(self):
        for profile in self:
            company = profile.company_id.sudo()
            candidates = (
                profile.followup_procedure_id,
                profile.risk_class_id.followup_procedure_id,
                company.credit_followup_procedure_id,
            )
            profile.effective_followup_procedure_id = next(
                (
                    procedure
                    for procedure in candidates
                    if procedure.active and procedure.company_id in (company, company.browse())
                ),
                False,
            )

    @api.depends("followup_procedure_id", "risk_class_id")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_followup(self):
        today = self.env["res.company"]._get_credit_today()
        summaries = self.env["credit.followup.item"]._read_summaries(
            self._get_own_customers(), today
        )
        for profile in self:
            summary = summaries.get(profile._get_customer())
            profile.followup_next_date = summary and summary.next_date
            profile.followup_next_level_id = summary and summary.next_level_id
            profile.followup_level_id = summary and summary.level_id
            profile.followup_last_date = summary and summary.last_date

    @api.depends("partner_id", "company_id")
    @api.depends_context("uid", "tz")
    def _compute_followup_records(self):
        names = {
            "followup_item_ids": "credit.followup.item",
            "followup_notice_ids": "credit.followup.notice",
            "followup_pause_ids": "credit.followup.pause",
        }
        for name, model in names.items():
            records = self.env[model].search(self._get_followup_domain())
            by_customer = records.grouped(lambda row: (row.partner_id.id, row.company_id.id))
            for profile in self:
                found = by_customer.get(profile._get_customer(), records.browse())
                profile[name] = [Command.set(found.ids)]
        for profile in self:
            profile.followup_notice_count = len(profile.followup_notice_ids)
            profile.followup_is_paused = any(
                pause.state == "running" and not pause.item_ids
                for pause in profile.followup_pause_ids
            )

    def _get_followup_domain(self):
        """Records of these customers and companies; other combinations are filtered out afterwards."""
        return [
            ("partner_id", "in", self.partner_id.ids),
            ("company_id", "in", self.company_id.ids),
        ]

    # === ACTIONS === #

    @api.readonly
    def action_pause_followup(self):
        """Prepare a pause of the whole customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause"),
            "res_model": "credit.followup.pause",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": self.partner_id.id,
                "default_company_id": self.company_id.id,
                "default_user_id": self.env.uid,
            },
        }

    def action_end_followup_pauses(self):
        """End the customer's pauses today."""
        return self.followup_pause_ids.filtered(lambda pause: pause.state != "over").action_end()

    @api.readonly
    def action_view_followup_notices(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Notices"),
            "res_model": "credit.followup.notice",
            "views": [(False, "list"), (False, "form")],
            "domain": self._get_followup_domain(),
        }

    @api.readonly
    def action_view_followup_items(self):
        self.ensure_one()
        return self.env["credit.followup.item"]._action_open(self.partner_id, self.company_id)

    @api.model
    def _insolvent_sql(self):
        """Condition: the debt of item ``l`` of credit file ``f`` is frozen by insolvency proceedings.

        Purchases after the judgment, in safeguard or receivership, are due as usual.
        """
        return SQL(
            """f.insolvency_date IS NOT NULL
               AND (f.insolvency_kind IS NULL OR f.insolvency_kind = 'liquidation' OR l.date <= f.insolvency_date)"""
        )
