from odoo import api, models
from odoo.tools import SQL

from ..rules.gate import STAGES


class CreditPosition(models.AbstractModel):
    _inherit = "credit.position"

    @api.model
    def _get_fact_readers(self):
        # EXTENDS 'credit_management'
        return super()._get_fact_readers() | {"followup_stage": (self._read_followup_stages, 0)}

    def _read_followup_stages(self, customers, today):
        """The highest stage of the notices sent for each customer's open items since their last restart.

        :param customers: pairs ``(partner_id, company_id)``
        :return: ``{customer: rank of the stage}``, reminded customers only
        """
        for model in ("credit.followup.notice", "credit.followup.notice.line", "account.move.line"):
            self.env[model].flush_model()
        partners, companies = (list(ids) for ids in zip(*customers, strict=True))
        rows = self.env.execute_query(
            SQL(
                """SELECT n.partner_id, n.company_id,
                          MAX(array_position(%(stages)s, COALESCE(v.stage, n.stage)::text))
                     FROM UNNEST(%(partners)s::int[], %(companies)s::int[]) a(partner_id, company_id)
                     JOIN credit_followup_notice n ON n.partner_id = a.partner_id AND n.company_id = a.company_id
                     JOIN credit_followup_notice_line e ON e.notice_id = n.id
                     JOIN account_move_line l ON l.id = e.item_id
                     LEFT JOIN credit_followup_level v ON v.id = e.level_id
                    WHERE n.state = 'sent' AND e.cancelled IS NOT TRUE AND e.occurrence > 0
                      AND l.reconciled IS NOT TRUE AND l.amount_residual > 0 AND l.parent_state = 'posted'
                      AND NOT EXISTS (SELECT FROM credit_followup_restart r
                                       WHERE r.item_id = e.item_id AND r.last_line_id >= e.id)
                    GROUP BY 1, 2""",
                stages=list(STAGES),
                partners=partners,
                companies=companies,
            )
        )
        return {row[:2]: row[2] for row in rows if row[2]}
