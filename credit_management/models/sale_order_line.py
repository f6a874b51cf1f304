from odoo import api, models
from odoo.exceptions import AccessError

#: computed and stored: what the exposure of an order is read from
_DERIVED = frozenset({"price_total", "qty_invoiced"})


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_not_derived(set().union(*vals_list) & _DERIVED)
        return super().create(vals_list)

    def write(self, vals):
        # the wizard of down payments makes their lines; no line becomes one later
        self._check_not_derived(vals.keys() & (_DERIVED | {"is_downpayment"}))
        return super().write(vals)

    def _check_not_derived(self, typed):
        """What the exposure reads is computed by Odoo: no client writes it."""
        if typed and not self.env.su:
            raise AccessError(
                self.env._(
                    "Odoo computes these figures of an order, nobody writes them: %s.",
                    ", ".join(sorted(typed)),
                )
            )
