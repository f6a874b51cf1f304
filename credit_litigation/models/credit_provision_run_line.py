from odoo import api, fields, models


class CreditProvisionRunLine(models.Model):
    """What is expected to be lost of an item, as the run found it."""

    _name = "credit.provision.run.line"
    _description = "Line of a Provision Run"
    _order = "partner_id, days_late desc, id"

    run_id = fields.Many2one("credit.provision.run", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    item_id = fields.Many2one("account.move.line", index=True, ondelete="set null")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="restrict")
    days_late = fields.Integer(aggregator="max")
    open_amount = fields.Monetary(string="Still Owed", help="At the key date, taxes included")
    net_amount = fields.Monetary(string="Without Taxes")
    percent = fields.Float(string="Loss (%)", aggregator=None)
    source = fields.Selection([("matrix", "Matrix"), ("case", "Case by case")])
    amount = fields.Monetary(string="Provision")
    explanation = fields.Char(compute="_compute_explanation")

    @api.depends("net_amount", "percent", "source", "days_late")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            words = {
                "percent": f"{line.percent:g}",
                "net": line.currency_id.format(line.net_amount),
                "days": line.days_late,
            }
            line.explanation = (
                self.env._("%(percent)s %% of %(net)s, as expected in the case", **words)
                if line.source == "case"
                else self.env._("%(percent)s %% of %(net)s, %(days)s days overdue", **words)
            )
