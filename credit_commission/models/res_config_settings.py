from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    commission_company_id = fields.Many2one(
        related="company_id.root_id", string="Commission Company"
    )
    commission_period = fields.Selection(
        related="commission_company_id.commission_period", readonly=False, required=True
    )
    commission_factor_account_ids = fields.Many2many(
        related="commission_company_id.commission_factor_account_ids", readonly=False
    )
    commission_agent_expense_id = fields.Many2one(
        related="commission_company_id.commission_agent_expense_id", readonly=False
    )
    commission_agent_accrual_id = fields.Many2one(
        related="commission_company_id.commission_agent_accrual_id", readonly=False
    )
    commission_employee_expense_id = fields.Many2one(
        related="commission_company_id.commission_employee_expense_id", readonly=False
    )
    commission_employee_accrual_id = fields.Many2one(
        related="commission_company_id.commission_employee_accrual_id", readonly=False
    )
    commission_agent_vat_id = fields.Many2one(
        related="commission_company_id.commission_agent_vat_id", readonly=False
    )
    commission_charge_percent = fields.Float(
        related="commission_company_id.commission_charge_percent", readonly=False
    )
    commission_charge_expense_id = fields.Many2one(
        related="commission_company_id.commission_charge_expense_id", readonly=False
    )
    commission_charge_accrual_id = fields.Many2one(
        related="commission_company_id.commission_charge_accrual_id", readonly=False
    )
    commission_product_id = fields.Many2one(
        related="commission_company_id.commission_product_id", readonly=False
    )
    commission_journal_id = fields.Many2one(
        related="commission_company_id.commission_journal_id", readonly=False
    )
    commission_accrual_journal_id = fields.Many2one(
        related="commission_company_id.commission_accrual_journal_id", readonly=False
    )
    commission_accrue_expected = fields.Boolean(
        related="commission_company_id.commission_accrue_expected", readonly=False
    )
