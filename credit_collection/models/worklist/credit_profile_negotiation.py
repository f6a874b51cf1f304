from odoo import api, fields, models
from odoo.exceptions import RedirectWarning
from odoo.tools import float_round

from ...rules.negotiation import choose, is_within


class CreditProfile(models.Model):
    """What a collector may grant this customer alone."""

    _inherit = "credit.profile"

    margin_id = fields.Many2one(
        "credit.negotiation.margin", string="Negotiation Margin", compute="_compute_margin_id"
    )
    margin_text = fields.Char(string="You May Grant", compute="_compute_margin_id")

    @api.depends("risk_class_id", "portfolio_id", "company_id")
    @api.depends_context("uid", "lang")
    def _compute_margin_id(self):
        margins = (
            self.env["credit.negotiation.margin"]
            .sudo()
            .search([("company_id", "in", self.company_id.ids)])
        )
        for file in self:
            rows = [
                (margin.id, margin.risk_class_id.id or None, margin.portfolio_id.id or None)
                for margin in margins
                if margin.company_id == file.company_id
            ]
            found = choose(rows, file.risk_class_id.id or None, file.portfolio_id.id or None)
            file.margin_id = found
            file.margin_text = found and self.env._(
                "%(days)s days, %(instalments)s instalments, %(discount)g %% discount, %(waiver)s of charges",
                days=file.margin_id.sudo().max_days,
                instalments=file.margin_id.sudo().max_instalments,
                discount=file.margin_id.sudo().max_discount,
                waiver=file.currency_id.format(file.margin_id.sudo().max_waiver),
            )

    def _get_margin(self, kind):
        """What a collector may grant alone; ``None`` if unlimited."""
        margin = self.sudo().margin_id  # who waives late charges may be no user of credit
        return margin._get_figure(kind) if margin else None

    def _require_margin(self, kind, asked):
        """:raise RedirectWarning: where a concession needs a manager, with the form in which to ask

        Managers grant what they want; what one of them granted may be agreed once.
        """
        self.ensure_one()
        if self.env.su or self.env.user.has_group("credit_management.group_credit_manager"):
            return
        asked = float_round(asked, precision_digits=2)
        margin = self._get_margin(kind)
        if is_within(asked, margin, self._get_granted(kind)):
            return
        raise RedirectWarning(
            self.env._(
                "%(asked)s: you may grant %(customer)s at most %(margin)s yourself. Ask a manager, or agree to less.",
                asked=self._describe_concession(kind, asked),
                margin=self._describe_concession(kind, margin),
                customer=self.sudo().partner_id.display_name,
            ),
            self._action_ask(kind, asked),
            self.env._("Ask the Manager"),
        )

    def _describe_concession(self, kind, figure):
        """The concession in words; amounts are in the company's currency."""
        return {
            "days": lambda: self.env._("%g days to pay", figure),
            "instalments": lambda: self.env._("%g instalments", figure),
            "discount": lambda: self.env._("%g %% discount", figure),
            "waiver": lambda: self.env._(
                "%s of late charges waived", self.sudo().currency_id.format(figure)
            ),
        }[kind]()

    def _get_granted(self, kind):
        """Valid concessions granted to this customer by managers."""
        if not self:
            return []
        today = self.env["res.company"]._get_credit_today()
        requests = (
            self.env["credit.negotiation.request"]
            .sudo()
            .search(
                [
                    ("profile_id", "=", self.id),
                    ("kind", "=", kind),
                    ("state", "=", "granted"),
                    ("valid_until", ">=", today),
                ]
            )
        )
        return requests.mapped("asked")

    def _action_ask(self, kind, asked):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask the Manager"),
            "res_model": "credit.negotiation.request",
            "views": [
                (
                    self.env.ref("credit_collection.view_credit_negotiation_request_dialog").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                "default_profile_id": self.id,
                "default_kind": kind,
                "default_asked": asked,
            },
        }
