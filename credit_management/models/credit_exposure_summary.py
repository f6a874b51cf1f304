from odoo import api, fields, models
from odoo.tools import SQL


class CreditExposureSummary(models.Model):
    """Exposure of a credit file by source, as counted by its policy; each line opens its documents."""

    _name = "credit.exposure.summary"
    _description = "Credit Exposure by Source"
    _auto = False
    _order = "id"
    _rec_name = "source"
    _depends = {
        "credit.exposure": ["amount", "company_id", "partner_id", "source"],
        "credit.profile": ["partner_id", "policy_id", "risk_class_id"],
        "credit.risk.class": ["policy_id"],
        "res.company": ["credit_management_policy_id"],
    }

    profile_id = fields.Many2one("credit.profile", string="Credit File", readonly=True)
    company_id = fields.Many2one(related="profile_id.company_id")
    currency_id = fields.Many2one(related="profile_id.currency_id")
    source = fields.Selection(
        lambda self: self.env["credit.exposure"]._fields["source"]._description_selection(self.env),
        readonly=True,
    )
    amount = fields.Monetary(readonly=True)
    document_count = fields.Integer(string="Documents", readonly=True)

    @property
    def _table_query(self):
        exposure = self.env["credit.exposure"]
        return SQL(
            """SELECT f.id::bigint * %(slots)s + %(slot)s AS id, f.id AS profile_id, s.source, s.amount, s.document_count
                 FROM credit_profile f
                 JOIN res_company r ON r.id = f.company_id
                 LEFT JOIN credit_risk_class k ON k.id = f.risk_class_id
                CROSS JOIN LATERAL (
                      SELECT e.source, SUM(e.amount) AS amount,
                             COUNT(DISTINCT (e.res_model, e.res_id)) AS document_count
                        FROM %(rows)s e
                       WHERE e.partner_id = f.partner_id AND e.company_id = f.company_id AND %(counted)s
                       GROUP BY e.source
                ) s""",
            slots=exposure._slots,
            slot=exposure._case(
                SQL("s.source"),
                {name: slot for slot, name in enumerate(exposure._get_source_names())},
            ),
            rows=exposure._table_sql,
            counted=self.env["credit.position"]._counted_rows_sql(
                SQL("%s", self.env["res.company"]._get_credit_today())
            ),
        )

    @api.readonly
    def action_open_documents(self):
        """Open the rows of this source for this customer."""
        self.ensure_one()
        return self.profile_id._action_open_exposure(self.source)
