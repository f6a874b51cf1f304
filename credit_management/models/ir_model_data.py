from odoo import models
from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class IrModelData(models.Model):
    _inherit = "ir.model.data"

    def _module_data_uninstall(self, modules_to_remove):
        # EXTENDS 'base': delete rules of an uninstalled kind, which would otherwise hold every document
        rules = self.env["credit.policy.rule"].sudo().with_context(active_test=False)
        gone = [
            name for name, kind in rules._get_kinds().items() if kind.module in modules_to_remove
        ]
        if gone and "credit_management" not in modules_to_remove:
            rules = rules.with_context(**{MODULE_UNINSTALL_FLAG: True})
            rules.search([("kind", "in", gone)]).unlink()
        return super()._module_data_uninstall(modules_to_remove)
