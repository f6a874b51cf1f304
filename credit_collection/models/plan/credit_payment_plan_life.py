from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.negotiation import is_within


class CreditPaymentPlan(models.Model):
    """The life of a plan: proposal, agreement within the collector's margin, new versions."""

    _inherit = "credit.payment.plan"

    # === ACTIONS === #

    def action_propose(self):
        """Send the plan to the customer; its terms are then locked."""
        self.check_access("write")
        self._check_state("draft")
        self._check_adds_up()
        for plan in self:
            self.env["credit.profile"].sudo()._ensure(plan.partner_id, plan.company_id)
        self.sudo().write({"state": "proposed", "proposed_by": self.env.uid})
        return True

    def action_agree(self):
        """Record the customer's agreement: the instalments replace the due dates.

        A plan beyond the collector's margin is agreed by a credit manager other than the proposer.
        """
        self.check_access("write")
        self._check_state("proposed")
        self._check_adds_up()
        for plan in self:
            plan._check_may_grant()
            plan._agree(self.env.user)
        return True

    def action_cancel(self):
        """Cancel the plan: its items are due on their original dates again."""
        self.check_access("write")
        self._check_state("draft", "proposed", "agreed")
        self.sudo()._end_today()
        return True

    def action_renegotiate(self):
        """Draft a new version for the remaining debt. It replaces this one once agreed; this one is kept."""
        self.ensure_one()
        self.check_access("write")
        self._check_state("agreed", "defaulted")
        items = self.line_ids.item_id.filtered(lambda item: item.amount_residual > 0)
        plan = self.create(self._prepare_version(items))
        plan.sudo().write({"previous_id": self.id, "version": self.version + 1, "name": self.name})
        return {
            "type": "ir.actions.act_window",
            "name": plan.display_name,
            "res_model": self._name,
            "res_id": plan.id,
            "views": [(False, "form")],
        }

    def action_print(self):
        """Print the agreement as a dated acknowledgement of debt."""
        self.check_access("read")
        return self.env.ref("credit_collection.report_payment_plan").report_action(self)

    # === BUSINESS METHODS === #

    def _agree(self, user):
        """The instalments replace the due dates.

        :param user: who grants the plan
        """
        self.ensure_one()
        self.previous_id.sudo()._replace()
        self._number()
        today = self.company_id._get_credit_today()
        self.sudo().write({"state": "agreed", "agreed_by": user.id, "date_agreed": today})

    def _prepare_version(self, items):
        lines = self.env["credit.payment.plan.line"]._prepare(
            {item: item.amount_residual_currency for item in items}
        )
        names = ("partner_id", "company_id", "currency_id", "user_id")
        values = {name: self[name].id for name in names}
        same = ("number", "interval", "interest_rate", "tolerance_days")
        return {
            **values,
            **{name: self[name] for name in same},
            "line_ids": [Command.create(line) for line in lines],
        }

    def _replace(self):
        """Cancel the plan because a new version was agreed."""
        self._end_today()

    def _end_today(self):
        for plan in self:
            today = plan.company_id._get_credit_today()
            plan.write({"state": "cancelled", "date_ended": today})

    def _number(self):
        """Write on each instalment the total due up to it."""
        total = 0.0
        for each in self.sudo()._get_ordered():
            total = self.currency_id.round(total + each.amount)
            each.cumulative = total

    def _check_state(self, *states):
        if other := self.filtered(lambda plan: plan.state not in states):
            label = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "This action is not available for %(plan)s, whose status is %(state)s. Reload the page to see the possible actions.",
                    plan=other[0].display_name,
                    state=label[other[0].state],
                )
            )

    def _check_may_grant(self):
        figures = self._get_figures_beyond_margin()
        if not figures:
            return
        manager = self.env.user.has_group("credit_management.group_credit_manager")
        if not manager or self.proposed_by == self.env.user:
            raise UserError(
                self.env._(
                    "The plan has %(count)s instalments over %(length)s days; a collector alone may grant %(number)s over %(days)s"
                    " days. Ask a credit manager who did not propose the plan to agree to it.",
                    **figures,
                )
            )

    def _explain_margin(self):
        """Why a collector may not grant the plan alone, a sentence; empty if allowed, or if no margin is set."""
        figures = self._get_figures_beyond_margin()
        if not figures:
            return ""
        return self.env._(
            "The plan has %(count)s instalments over %(length)s days; a collector alone may grant %(number)s over %(days)s days.",
            **figures,
        )

    def _get_figures_beyond_margin(self):
        """The plan's figures and the collector's margins; empty if the plan is within them."""
        file = self._get_file()
        length = (self.date_last - self._get_start()).days if self.date_last else 0
        asked = {"instalments": len(self.instalment_ids), "days": length}
        margins = {kind: file._get_margin(kind) for kind in asked}
        if all(is_within(asked[kind], margins[kind], file._get_granted(kind)) for kind in asked):
            return {}
        return {
            "count": asked["instalments"],
            "length": length,
            "number": margins["instalments"],
            "days": margins["days"],
        }

    def _get_start(self):
        """The day from which the length of a plan counts: that of its agreement, today before it, whatever it is dated."""
        return self.date_agreed or self.company_id._get_credit_today()

    def _get_file(self):
        """The credit file with the margins; may be missing until the plan is proposed."""
        return (
            self.env["credit.profile"]
            .sudo()
            .search(
                [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
            )
        )
