from odoo import models


class IrModelData(models.Model):
    _inherit = "ir.model.data"

    def _module_data_uninstall(self, modules_to_remove):
        # EXTENDS 'base': rules of an uninstalled kind go with their add-on
        if "credit_management" not in modules_to_remove:
            rules = self.env["credit.policy.rule"].sudo().with_context(active_test=False)
            rules._drop_kinds_of(modules_to_remove)
        return super()._module_data_uninstall(modules_to_remove)
