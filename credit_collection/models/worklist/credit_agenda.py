from odoo import api, fields, models
from odoo.tools import SQL

KINDS = [("callback", "Call-back"), ("contact", "Next Contact"), ("promise", "Promise")]


class CreditAgenda(models.Model):
    """Days agreed with customers: call-backs, next contacts and promises.

    No table: one row for the last contact of a customer that named a day, and one for each open promise.
    """

    _name = "credit.agenda"
    _description = "Day Agreed with a Customer"
    _auto = False
    _order = "date, id"
    _rec_name = "partner_id"

    profile_id = fields.Many2one("credit.profile", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    phone = fields.Char(related="partner_id.phone")
    date = fields.Date(readonly=True)
    is_all_day = fields.Boolean(readonly=True)
    kind = fields.Selection(KINDS, readonly=True)
    amount = fields.Monetary(readonly=True, help="Promised, in the currency of the promise")
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)

    @property
    def _table_query(self):
        self.env.flush_all()
        return SQL(
            """SELECT g.id * 2 AS id, g.profile_id, g.partner_id, g.company_id, g.next_date AS date, TRUE AS is_all_day,
                      CASE WHEN g.makes = 'callback' THEN 'callback' ELSE 'contact' END AS kind,
                      NULL::numeric AS amount, g.user_id
                 FROM (SELECT DISTINCT ON (c.profile_id) c.* FROM credit_contact_log c
                        ORDER BY c.profile_id, c.date DESC, c.id DESC) g
                WHERE g.next_date IS NOT NULL
                UNION ALL
               SELECT p.id * 2 + 1, f.id, p.partner_id, p.company_id, p.date, TRUE, 'promise', p.amount, p.user_id
                 FROM credit_promise p
                 JOIN credit_profile f ON f.partner_id = p.partner_id AND f.company_id = p.company_id
                WHERE p.state = 'open'"""
        )

    @api.readonly
    def action_open_page(self):
        """The page of the customer."""
        self.ensure_one()
        return self.profile_id.action_open_collection()
