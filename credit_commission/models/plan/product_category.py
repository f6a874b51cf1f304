from odoo import models


class ProductCategory(models.Model):
    _inherit = "product.category"

    def _get_below(self):
        """``{category id: ids of itself and its ancestors}`` for these categories and their descendants."""
        found = self.search_fetch([("id", "child_of", self.ids)], ["parent_path"]) if self else self
        return {
            category.id: frozenset(int(id_) for id_ in category.parent_path.split("/") if id_)
            for category in found
        }
