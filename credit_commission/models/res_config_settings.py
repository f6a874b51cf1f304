from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_commission_company_id = fields.Many2one(
        related="company_id.root_id", string="Commission Company"
    )
    credit_commission_period = fields.Selection(
        related="credit_commission_company_id.credit_commission_period",
        readonly=False,
        required=True,
    )
    credit_commission_factor_account_ids = fields.Many2many(
        related="credit_commission_company_id.credit_commission_factor_account_ids", readonly=False
    )
    credit_commission_doubtful_account_ids = fields.Many2many(
        related="credit_commission_company_id.credit_commission_doubtful_account_ids",
        readonly=False,
    )
    credit_commission_agent_expense_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_agent_expense_id", readonly=False
    )
    credit_commission_agent_accrual_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_agent_accrual_id", readonly=False
    )
    credit_commission_employee_expense_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_employee_expense_id", readonly=False
    )
    credit_commission_employee_accrual_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_employee_accrual_id", readonly=False
    )
    credit_commission_agent_vat_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_agent_vat_id", readonly=False
    )
    credit_commission_charge_percent = fields.Float(
        related="credit_commission_company_id.credit_commission_charge_percent", readonly=False
    )
    credit_commission_charge_expense_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_charge_expense_id", readonly=False
    )
    credit_commission_charge_accrual_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_charge_accrual_id", readonly=False
    )
    credit_commission_product_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_product_id", readonly=False
    )
    credit_commission_journal_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_journal_id", readonly=False
    )
    credit_commission_accrual_journal_id = fields.Many2one(
        related="credit_commission_company_id.credit_commission_accrual_journal_id", readonly=False
    )
    credit_commission_accrue_expected = fields.Boolean(
        related="credit_commission_company_id.credit_commission_accrue_expected", readonly=False
    )
