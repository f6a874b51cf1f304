from odoo import fields, models


class CreditInterestImportLine(models.TransientModel):
    """A row of the file with its outcome."""

    _name = "credit.interest.import.line"
    _description = "Rate in a File"
    _inherit = ["credit.number.mixin"]
    _order = "date_from desc, number"

    wizard_id = fields.Many2one("credit.interest.import", required=True, ondelete="cascade")
    number = fields.Integer(string="Row")
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="To")
    rate = fields.Float(string="Rate (%)", digits=(16, 4), min_display_digits=2)
    state = fields.Selection(
        [("new", "New"), ("known", "Known"), ("differs", "Differs"), ("bad", "Left out")]
    )
    message = fields.Char(string="What to Do")
