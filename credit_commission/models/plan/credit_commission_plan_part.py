from odoo import api, fields, models


class CreditCommissionPlanPart(models.AbstractModel):
    """A line of a plan; like the plan, it cannot change once entries are settled."""

    _name = "credit.commission.plan.part"
    _description = "Part of a Commission Plan"
    _inherit = ["credit.commission.owned.mixin"]
    _company_path = "plan_id.company_id"

    plan_id = fields.Many2one(
        "credit.commission.plan", required=True, index=True, ondelete="cascade"
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS 'base'
        parts = super().create(vals_list)
        parts.plan_id._open_for_change()
        parts._recheck()
        return parts

    def write(self, vals):
        # EXTENDS 'base'
        plans = self.plan_id | self.plan_id.browse(vals.get("plan_id"))
        plans._open_for_change()
        result = super().write(vals)
        self._recheck()
        return result

    def _recheck(self):
        """Check that active plans are still complete."""
        self.env.flush_all()
        self.plan_id._check_active()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        self.plan_id._open_for_change()
