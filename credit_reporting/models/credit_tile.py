from odoo import api, models

from ..tile import FigureTile, StepTile


class CreditTile(models.AbstractModel):
    _inherit = "credit.tile"

    @api.model
    def _get_tiles(self, today):
        # EXTENDS 'credit_management': first steps before, figures of today after what waits
        return self._get_steps() | super()._get_tiles(today) | self._get_figures()

    def _get_steps(self):
        """Steps that are still open, for those who can take them."""
        company = self.env.company.root_id
        steps = self.env["credit.setup"]._get_steps(company)
        return {
            f"step_{number}": StepTile("setup", sentence, action)
            for number, (done, sentence, action) in enumerate(steps)
            if not done
        }

    def _get_figures(self):
        return {
            "receivable": FigureTile("figures", self.env._("Receivables"), "receivable", "amount"),
            "overdue_share": FigureTile(
                "figures", self.env._("Overdue"), "overdue_share", "percent", detail="overdue"
            ),
            "dso": FigureTile("figures", self.env._("DSO"), "dso", "days", detail="best_dso"),
            "delay": FigureTile(
                "figures", self.env._("Average delay, unpaid counted"), "delay", "days"
            ),
            "risk_share": FigureTile(
                "figures",
                self.env._("At risk, over 90 days"),
                "risk_share",
                "percent",
                detail="at_risk",
            ),
        }
