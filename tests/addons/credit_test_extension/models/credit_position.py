from odoo import api, models
from odoo.tools import SQL


class CreditPosition(models.AbstractModel):
    _inherit = "credit.position"

    @api.model
    def _get_fact_readers(self):
        # EXTENDS 'credit_management'
        return super()._get_fact_readers() | {"credit_notes": (self._read_credit_notes, 0)}

    def _read_credit_notes(self, customers, today):
        """``{customer: number of open credit notes}``."""
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        rows = self.env.execute_query(
            SQL(
                """SELECT m.commercial_partner_id, m.company_id, COUNT(*)
                     FROM UNNEST(%s::int[], %s::int[]) a(partner_id, company_id)
                     JOIN account_move m ON m.commercial_partner_id = a.partner_id AND m.company_id = a.company_id
                    WHERE m.state = 'posted' AND m.move_type = 'out_refund' AND m.amount_residual > 0
                    GROUP BY 1, 2""",
                partners,
                companies,
            )
        )
        return {row[:2]: row[2] for row in rows}
