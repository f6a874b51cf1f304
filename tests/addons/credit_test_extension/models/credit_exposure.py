from odoo import fields, models
from odoo.addons.credit_management.models.credit_exposure import Source
from odoo.tools import SQL


class CreditExposure(models.Model):
    """Quotations that were sent count, too: a source in one file."""

    _inherit = "credit.exposure"

    source = fields.Selection(selection_add=[("quoted", "Quotations")])

    def _exposure_sources(self):
        # EXTENDS 'credit_management'
        return super()._exposure_sources() | {"quoted": Source("quoted", self._quoted_rows())}

    def _quoted_rows(self):
        return SQL(
            """SELECT o.id AS line_id, o.partner_invoice_id AS partner_id, o.company_id,
                      o.amount_total AS amount, o.date_order::date AS date, o.date_order::date AS date_due,
                      'sale.order'::varchar AS res_model, o.id AS res_id
                 FROM sale_order o
                WHERE o.state = 'sent'"""
        )
