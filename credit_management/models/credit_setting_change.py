from odoo import fields, models


class CreditSettingChange(models.Model):
    """A change of a company's credit settings, in words, readable by credit users only."""

    _name = "credit.setting.change"
    _description = "Change of Credit Settings"
    _order = "id desc"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    change = fields.Html(readonly=True, help="Each setting with its old and its new value")
    create_uid = fields.Many2one("res.users", string="Changed by", readonly=True)
    create_date = fields.Datetime(string="Changed on", readonly=True)
