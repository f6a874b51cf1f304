from odoo import models


class CreditPolicy(models.Model):
    """Every setting of a policy is tracked, including those of other add-ons; changes of its rules are logged here."""

    _name = "credit.policy"
    _inherit = ["credit.policy", "mail.thread"]

    def _track_get_fields(self):
        # EXTENDS 'mail': settings of other add-ons are tracked automatically
        mail = self.env["mail.thread"]._fields
        settings = {
            name
            for name, field in self._fields.items()
            if field.store and name not in models.MAGIC_COLUMNS and name not in mail
            if field.type not in ("one2many", "text", "html", "binary")
        }
        return super()._track_get_fields() | settings

    def _log_rules(self, title, rules):
        """Log changes of rules on their policy.

        :param rules: ``{rule: sentence}``
        """
        journal = self.env["credit.journal"]
        by_policy = {}
        for rule, line in rules.items():
            by_policy.setdefault(rule.policy_id, []).append(line)
        for policy, lines in by_policy.items():
            policy.message_post(body=journal._to_body(title, lines))

    def _creation_message(self):
        # EXTENDS 'mail'
        return self.env._("Credit policy created")
