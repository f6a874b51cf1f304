from odoo import models
from odoo.tools import formatLang

from ...rules import steps


class CreditFollowupNotice(models.Model):
    """Minimum amounts, checked again when a notice is sent: see :mod:`..rules.steps`.

    All in the root company's currency, taxes included.
    """

    _inherit = "credit.followup.notice"

    def _get_below_level(self, lines):
        """Lines whose level has a minimum above the total listed at it and higher levels.

        :rtype: credit.followup.notice.line
        """
        named = [(line, line._get_level_rule()) for line in lines]
        return lines.browse([line.id for line in steps.below_level(named)])

    def _get_too_little(self, amount):
        """A sentence if the customer's total, overdue or listed and net of credits, is below the minimum."""
        procedure = self.procedure_id
        if not procedure or steps.owes_enough(amount, procedure):
            return ""
        return self.env._(
            "The customer now owes %(amount)s, less than the minimum total of %(procedure)s: %(least)s.",
            amount=self._format_amount(amount),
            procedure=procedure.name,
            least=self._format_amount(procedure.min_total),
        )

    def _get_below_level_sentence(self, lines):
        level = max(lines.level_id, key=lambda level: level.min_amount)
        return self.env._(
            "The amount still due, %(amount)s, is below the minimum of the level %(level)s: %(least)s.",
            amount=self._format_amount(sum(lines.mapped("amount"))),
            level=level.name,
            least=self._format_amount(level.min_amount),
        )

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _read_other_late(self, today):
        """Other overdue amounts of these customers that are not left out, if their procedure has a minimum.

        :return: ``{(customer, company): amount}``
        """
        asking = self.filtered("procedure_id.min_total")
        named = asking.line_ids.filtered(lambda line: not line.cancelled).item_id
        items = self.env["credit.followup.item"].search(
            [
                ("partner_id", "in", asking.partner_id.ids),
                ("company_id", "in", asking.company_id.ids),
                ("amount", ">", 0),
                ("date_due", "<", today),
                ("id", "not in", named.ids),
            ]
        )
        held = items._read_left_out(items.ids, today)
        free = items.filtered(lambda item: item.id not in held)
        by_customer = free.grouped(lambda item: (item.partner_id, item.company_id))
        return {customer: sum(owed.mapped("amount")) for customer, owed in by_customer.items()}
