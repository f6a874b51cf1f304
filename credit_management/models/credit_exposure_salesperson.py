from odoo import api, fields, models
from odoo.tools import SQL


class CreditExposureSalesperson(models.Model):
    """Exposure, overdue amounts and delay by salesperson: the rows of ``credit.exposure`` with their salesperson.

    No table. The salesperson is the document's, otherwise the customer's. Salespeople read their own rows, team leaders
    those of their team.
    """

    _name = "credit.exposure.salesperson"
    _description = "Exposure by Salesperson"
    _auto = False
    _order = "days_late desc, id"
    _rec_name = "source"
    _depends = {
        "credit.exposure": ["amount", "company_id", "date_due", "partner_id", "source"],
        "account.move": ["invoice_user_id", "team_id"],
        "sale.order": ["user_id", "team_id"],
        "res.partner": ["user_id"],
        "res.users": ["sale_team_id"],
    }

    salesperson_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales Team", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    source = fields.Selection(
        lambda self: self.env["credit.exposure"]._fields["source"]._description_selection(self.env),
        readonly=True,
    )
    amount = fields.Monetary(string="Exposure", readonly=True)
    overdue = fields.Monetary(
        readonly=True, help="Overdue receivables, less unallocated credit notes and payments"
    )
    days_late = fields.Float(
        string="Delay (days)",
        readonly=True,
        digits=(16, 0),
        aggregator="avg",
        help="Days past due, weighted by the amount",
    )
    date_due = fields.Date(string="Due", readonly=True)
    res_model = fields.Char(string="Document Model", readonly=True)
    res_id = fields.Many2oneReference(string="Document", model_field="res_model", readonly=True)
    document_name = fields.Char(string="Number", compute="_compute_document_name")

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for model, rows in self.grouped("res_model").items():
            documents = self.env[model].sudo().browse(rows.mapped("res_id"))
            names = {document.id: document.display_name for document in documents}
            for row in rows:
                row.document_name = names[row.res_id]

    @property
    def _table_query(self):
        today = self.env["res.company"]._get_credit_today()
        return SQL(
            """SELECT r.id, r.partner_id, r.company_id, r.currency_id, r.source, r.amount, r.date_due, r.res_model, r.res_id,
                      s.salesperson_id, COALESCE(m.team_id, o.team_id, u.sale_team_id) AS team_id,
                      CASE WHEN late.days > 0 THEN r.amount ELSE 0 END AS overdue,
                      CASE WHEN late.days > 0 THEN late.days END AS days_late
                 FROM %(rows)s r
                 LEFT JOIN account_move m ON r.res_model = 'account.move' AND m.id = r.res_id
                 LEFT JOIN sale_order o ON r.res_model = 'sale.order' AND o.id = r.res_id
                 JOIN res_partner p ON p.id = r.partner_id
                CROSS JOIN LATERAL (SELECT COALESCE(m.invoice_user_id, o.user_id, p.user_id) AS salesperson_id) s
                 LEFT JOIN res_users u ON u.id = s.salesperson_id
                CROSS JOIN LATERAL (
                      SELECT CASE WHEN r.source = 'receivable' THEN %(today)s::date - r.date_due END AS days) late""",
            rows=self.env["credit.exposure"]._table_sql,
            today=today,
        )

    def _read_group_select(self, aggregate_spec, query):
        # EXTENDS 'base': the average delay is weighted by amount
        if aggregate_spec != "days_late:avg":
            return super()._read_group_select(aggregate_spec, query)
        overdue, days = (
            self._field_to_sql(self._table, name, query) for name in ("overdue", "days_late")
        )
        return SQL(
            "SUM(%(days)s * %(overdue)s) FILTER (WHERE %(overdue)s > 0)"
            " / NULLIF(SUM(%(overdue)s) FILTER (WHERE %(overdue)s > 0), 0)",
            days=days,
            overdue=overdue,
        )

    @api.readonly
    def action_open_document(self):
        """Open the document behind this row, as far as the user may read it."""
        self.ensure_one()
        self.env[self.res_model].browse(self.res_id).check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.document_name,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
