from odoo import fields, models


class CreditCommissionSimulationLine(models.Model):
    """Simulated commission of one person in a period under one rule."""

    _name = "credit.commission.simulation.line"
    _description = "Result of a Simulation"
    _order = "simulation_id, person_id, date, id"
    _rec_name = "person_id"

    simulation_id = fields.Many2one(
        "credit.commission.simulation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="simulation_id.currency_id")
    person_id = fields.Many2one("res.partner", required=True, readonly=True)
    date = fields.Date("Period From", required=True, readonly=True)
    rule = fields.Char(readonly=True)
    base = fields.Monetary("Net Collected", readonly=True)
    amount = fields.Monetary("Commission", readonly=True)
    entries = fields.Integer(readonly=True)
