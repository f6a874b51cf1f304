import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class CreditInterestImport(models.TransientModel):
    """Imports reference rates from the publisher's file, with a preview of new rates and unreadable rows."""

    _name = "credit.interest.import"
    _description = "Import of Reference Rates"

    series_id = fields.Many2one("credit.interest.series", string="Reference Rate", required=True)
    file = fields.Binary(string="CSV File", attachment=False)
    file_name = fields.Char()
    line_ids = fields.One2many(
        "credit.interest.import.line", "wizard_id", compute="_compute_lines", store=True
    )
    new_count = fields.Integer(compute="_compute_counts")
    bad_count = fields.Integer(compute="_compute_counts", string="Rows Left Out")
    problem = fields.Char(compute="_compute_problem")

    @api.depends("file", "series_id")
    def _compute_lines(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(Command.create(wizard._prepare_line(row)) for row in wizard._read()[0]),
            ]

    @api.depends("file", "series_id")
    @api.depends_context("lang")
    def _compute_problem(self):
        for wizard in self:
            wizard.problem = wizard._read()[1]

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for wizard in self:
            states = wizard.line_ids.mapped("state")
            wizard.new_count = states.count("new")
            wizard.bad_count = states.count("bad") + states.count("differs")

    def _read(self):
        """``(rows, problem)``."""
        file = self.with_context(bin_size=False).file
        if not file or not self.series_id:
            return [], ""
        today = self.env["res.company"]._get_credit_today()
        try:
            return self.series_id._read_rows(base64.b64decode(file), today), ""
        except UserError as problem:
            return [], str(problem)

    def _prepare_line(self, row):
        state, message = self.series_id._compare(row)
        return {
            "number": row.number,
            "date_from": row.first,
            "date_to": row.last,
            "rate": row.rate or 0.0,
            "state": state,
            "message": message,
        }

    def action_import(self):
        """Enter the new rates; other rows are ignored."""
        self.ensure_one()
        self.series_id.check_access("write")
        rows, problem = self._read()
        if problem:
            raise UserError(problem)
        if not self.series_id._add_rows(rows, self.file_name or self.env._("Imported file")):
            raise UserError(
                self.env._(
                    "The file contains no new rates, so nothing was entered. Choose another file, or enter the rate by hand."
                )
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}
