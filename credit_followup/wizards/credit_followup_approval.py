from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import formatLang


class CreditFollowupApproval(models.TransientModel):
    """Confirms the approval of a run: number and amount of notices by channel."""

    _name = "credit.followup.approval"
    _description = "Approval of a Follow-up Run"

    run_id = fields.Many2one("credit.followup.run", required=True, readonly=True)
    summary = fields.Html(compute="_compute_summary")
    bank_warning = fields.Text(related="run_id.bank_warning", related_sudo=False)

    @api.depends("run_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        for approval in self:
            lines = Markup().join(
                Markup("<li>%s</li>") % sentence for sentence in approval._get_sentences()
            )
            approval.summary = Markup("<ul>%s</ul>") % lines

    def _get_sentences(self):
        """One sentence per channel, then the total."""
        channels = dict(
            self.env["credit.followup.notice"]._fields["channel"]._description_selection(self.env)
        )
        groups = self.env["credit.followup.notice"]._read_group(
            [("run_id", "=", self.run_id.id), ("state", "=", "proposed")],
            ["channel"],
            ["__count", "amount:sum"],
        )
        sentences = [
            self._describe(channels[channel], count, amount) for channel, count, amount in groups
        ]
        if len(groups) > 1:
            total = sum(count for _channel, count, _amount in groups)
            amount = sum(amount for _channel, _count, amount in groups)
            sentences.append(self._describe(self.env._("Total"), total, amount))
        return sentences

    def _describe(self, label, count, amount):
        figure = formatLang(self.env, amount, currency_obj=self.run_id.currency_id)
        return self.env._(
            "%(channel)s: %(count)s, %(amount)s", channel=label, count=count, amount=figure
        )

    @api.model
    def _open(self, run):
        run.ensure_one()
        run.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Approve All"),
            "res_model": self._name,
            "res_id": self.create({"run_id": run.id}).id,
            "view_mode": "form",
            "target": "new",
        }

    def action_approve(self):
        """Approve all proposed notices, with the user's own rights on the run."""
        self.ensure_one()
        self.run_id.action_approve()
        return {"type": "ir.actions.act_window_close"}
