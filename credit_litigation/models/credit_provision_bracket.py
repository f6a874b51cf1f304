from odoo import fields, models


class CreditProvisionBracket(models.Model):
    """A row of the provision matrix: the percent lost from a number of days overdue, for a class of customers."""

    _name = "credit.provision.bracket"
    _description = "Provision Matrix"
    _inherit = ["credit.owned.mixin"]
    _order = "risk_class_id, days_from, id"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company.root_id,
        domain="[('parent_id', '=', False)]",
    )
    risk_class_id = fields.Many2one(
        "credit.risk.class",
        ondelete="cascade",
        domain="[('company_id', 'in', (False, company_id))]",
        help="For customers of this class. Empty for those without rows of their own",
    )
    days_from = fields.Integer(string="Days Overdue From", required=True)
    percent = fields.Float(string="Loss (%)", required=True)

    _in_range = models.Constraint(
        "CHECK(days_from >= 0 AND percent >= 0 AND percent <= 100)",
        "Enter days of zero or more and a percent between 0 and 100.",
    )
    _days_once = models.UniqueIndex(
        "(company_id, COALESCE(risk_class_id, 0), days_from)",
        "There are two rows for these days. Keep one.",
    )
