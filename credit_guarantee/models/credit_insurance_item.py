from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class CreditInsuranceItem(models.Model):
    """Unpaid items under a credit insurance contract, with the days that could cost the cover. No table."""

    _name = "credit.insurance.item"
    _description = "Insured Item"
    _auto = False
    _order = "next_date, id"
    _rec_name = "item_id"

    item_id = fields.Many2one("account.move.line", readonly=True)
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    guarantee_id = fields.Many2one("credit.guarantee", string="Cover", readonly=True)
    insurance_policy_id = fields.Many2one(
        "credit.insurance.policy", string="Contract", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    amount = fields.Monetary(string="Unpaid", readonly=True)
    date_due = fields.Date(string="Due", readonly=True)
    last_cover_date = fields.Date(
        string="Covered Until",
        readonly=True,
        help="Last day on which new deliveries to the customer are covered while this item is unpaid",
    )
    next_step = fields.Selection(
        [("declare", "Declare"), ("hand_over", "Hand Over")], readonly=True
    )
    next_date = fields.Date(string="By", readonly=True)
    declared_date = fields.Date(string="Declared On", readonly=True)
    handed_over_date = fields.Date(string="Handed Over On", readonly=True)

    @property
    def _table_query(self):
        guarantees = self.env["credit.guarantee"]
        today = self.env["res.company"]._get_credit_today()
        rows = SQL(
            """SELECT n.*,
                      CASE n.next_step WHEN 'declare' THEN n.date_due + n.declaration_days
                                       WHEN 'hand_over' THEN n.date_due + n.handover_days END AS next_date,
                      LEAST(n.date_due + NULLIF(n.extension_days, 0),
                            CASE WHEN n.declared_date IS NULL AND n.handed_over_date IS NULL
                                 THEN n.date_due + NULLIF(n.declaration_days, 0) END) AS last_cover_date
                 FROM (SELECT e.*, CASE
                              WHEN e.declaration_days > 0 AND e.declared_date IS NULL AND e.handed_over_date IS NULL
                              THEN 'declare'
                              WHEN e.handover_days > 0 AND e.handed_over_date IS NULL THEN 'hand_over' END AS next_step
                         FROM (%(items)s) e) n""",
            items=self._items_sql(guarantees, today),
        )
        return self.env["credit.position"]._flushing(rows)

    def _items_sql(self, guarantees, today):
        """Unpaid items of customers with a cover under a contract; an item under two has the older one."""
        root, currency, _decimals = self.env["credit.exposure"]._roots_sql(SQL("l.company_id"))
        return SQL(
            """SELECT DISTINCT ON (l.id) l.id, l.id AS item_id, l.move_id, f.partner_id, f.company_id,
                      %(currency)s AS currency_id, g.id AS guarantee_id, i.id AS insurance_policy_id, i.user_id,
                      l.amount_residual AS amount, COALESCE(l.date_maturity, l.date) AS date_due,
                      i.extension_days, i.declaration_days, i.handover_days,
                      (SELECT MIN(d.date) FROM credit_insurance_declaration d
                        WHERE d.item_id = l.id AND d.step = 'declare') AS declared_date,
                      (SELECT MIN(d.date) FROM credit_insurance_declaration d
                        WHERE d.item_id = l.id AND d.step = 'hand_over') AS handed_over_date
                 FROM credit_guarantee g
                 JOIN credit_insurance_policy i ON i.id = g.insurance_policy_id
                 JOIN credit_profile f ON f.id = g.profile_id
                 JOIN res_partner p ON p.commercial_partner_id = f.partner_id
                 JOIN account_move_line l ON l.partner_id = p.id AND %(root)s = f.company_id
                WHERE g.state = 'active' AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
                  AND l.amount_residual > 0 AND l.account_id IN %(accounts)s
                  AND l.date >= g.date_from AND l.date <= COALESCE(g.date_to, 'infinity')
                  AND COALESCE(l.date_maturity, l.date) < %(today)s::date
                ORDER BY l.id, g.date_from, g.id""",
            currency=currency,
            root=root,
            accounts=self.env["account.account"]._get_exposure_account_ids(),
            today=today,
        )

    # === ACTIONS === #

    def action_declare(self):
        """Record that these items were declared to the insurer today."""
        return self._record("declare")

    def action_hand_over(self):
        """Record that these items were handed over to the insurer today."""
        return self._record("hand_over")

    def _record(self, step):
        self.check_access("read")
        if not self.env.user.has_group("credit_management.group_credit_user"):
            raise UserError(self.env._("Only credit users record declarations. Ask one."))
        done = {"declare": "declared_date", "hand_over": "handed_over_date"}[step]
        today = self.env["res.company"]._get_credit_today()
        declarations = self.env["credit.insurance.declaration"].sudo()
        declarations.create(
            [
                {
                    "item_id": item.item_id.id,
                    "guarantee_id": item.guarantee_id.id,
                    "step": step,
                    "date": today,
                    "user_id": self.env.uid,
                    "amount": item.amount,
                }
                for item in self
                if not item[done]
            ]
        )
        self.guarantee_id.sudo().profile_id._mirror_limit()
        self.invalidate_model()
        return True

    @api.readonly
    def action_open_document(self):
        """Open the document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.move_id.display_name,
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }

    # === CRON === #

    @api.model
    def _cron_warn(self):
        """Warn the person responsible for each contract of items whose deadline comes near: one activity for a cover."""
        today = self.env["res.company"]._get_credit_today()
        covers = self._search_near(today).grouped("guarantee_id")
        self.env["ir.cron"]._commit_progress(remaining=len(covers))
        for guarantee, items in covers.items():
            items._warn(guarantee, today)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    @api.model
    def _search_near(self, today):
        """Items with a step to take within the notice of their contract."""
        waiting = self.search([("next_step", "!=", False)])
        return waiting.filtered(
            lambda item: item.next_date <= today + timedelta(item.insurance_policy_id.alert_days)
        )

    def _warn(self, guarantee, today):
        """One open activity on the cover, due on the first deadline."""
        kind = self.env.ref("credit_guarantee.mail_activity_type_insurance")
        user = self.user_id[:1] or guarantee.user_id
        first = min(self.mapped("next_date"))
        if not user or kind in guarantee.activity_ids.activity_type_id:
            return
        spoken = guarantee.with_context(lang=user.lang)
        spoken.activity_schedule(
            "credit_guarantee.mail_activity_type_insurance",
            date_deadline=max(first, today),
            user_id=user.id,
            summary=spoken.env._(
                "%(count)s unpaid item(s) to declare or hand over to the insurer, the first by %(day)s",
                count=len(self),
                day=format_date(spoken.env, first),
            ),
        )
