from odoo import api, models


class CreditPolicyRule(models.Model):
    """Added, changed and removed rules are logged on their policy."""

    _inherit = "credit.policy.rule"

    def _log_added(self):
        self.policy_id._log_rules(
            self.env._("Rules added"), {rule: rule._describe() for rule in self}
        )

    def _log_changed(self, before):
        """:param before: values recorded before the change"""
        changes = self.env["credit.journal"]._get_changes(before)
        self.policy_id._log_rules(
            self.env._("Rules changed"),
            {rule: f"{rule._describe()} ({', '.join(lines)})" for rule, lines in changes.items()},
        )

    def _log_removed(self):
        self.policy_id._log_rules(
            self.env._("Rules removed"), {rule: rule._describe() for rule in self}
        )

    @api.model
    def _get_logged_fields(self):
        """Fields a user sets; the sequence has no effect on verdicts."""
        return {
            name
            for name, field in self._fields.items()
            if field.store
            and name not in models.MAGIC_COLUMNS
            and name not in ("policy_id", "sequence")
        }

    def _describe(self):
        """The rule on one line, with action, checkpoint and scope."""
        journal = self.env["credit.journal"]
        scope = [self.partner_id, self.risk_class_id, self.group_id, self.company_id]
        parts = [
            self.display_name,
            journal._show(self, "action"),
            journal._show(self, "checkpoint"),
            *(record.display_name for record in scope if record),
        ]
        return " – ".join(parts)
