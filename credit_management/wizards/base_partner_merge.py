from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS 'base': Odoo would delete the file of a partner merged into one that has a file
        dst_partner._merge_files_of(src_partners)
        return super()._update_foreign_keys(src_partners, dst_partner)
