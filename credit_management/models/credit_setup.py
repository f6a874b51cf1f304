from markupsafe import Markup
from odoo import api, models
from odoo.fields import Domain

_STEP = Markup('<li class="mb-1"><i class="fa {} me-2" role="img"></i>{}</li>')
_LINK = Markup('<a type="action" name="{}">{}</a>')
_LIST = Markup(
    '<p class="o_view_nocontent_smiling_face">{}</p>'
    '<ul class="list-unstyled d-inline-block text-start" name="credit_setup">{}</ul>'
)


class CreditSetup(models.AbstractModel):
    """Setup steps still open in a company, shown on empty screens."""

    _name = "credit.setup"
    _description = "First Steps of Credit Management"

    @api.model
    def _get_steps(self, company):
        """All steps in order, done or not. Extend with those of an add-on.

        :param company: root company
        :return: list of ``(done, sentence, xml id of the action where it is done)``
        """
        policy, simulation, undecided = (
            self.env[name].sudo()
            for name in ("credit.policy", "credit.policy.simulation", "credit.profile")
        )
        simulated = [("company_id", "=", company.id), ("state", "=", "done")]
        left = undecided.search_count(
            Domain("company_id", "=", company.id) & undecided._undecided()
        )
        return [
            (
                bool(simulation.search_count(simulated, limit=1)),
                self.env._("Simulate a policy on the orders of the last twelve months"),
                "credit_management.action_credit_policy_simulation",
            ),
            (
                policy._is_any_in_use(company),
                self.env._("Use a policy: it determines which orders are held"),
                "credit_management.action_credit_policy",
            ),
            (
                self.env["credit.authority"]._is_decided(company),
                self.env._("Grant authorities: who releases and approves, up to which amounts"),
                "credit_management.action_credit_authority",
            ),
            (
                not left,
                self.env._("Decide on customers: %s without a decision", left)
                if left
                else self.env._("Decide on customers"),
                "credit_management.action_credit_profile_undecided",
            ),
        ]

    @api.model
    def _get_checklist(self, headline=""):
        """The steps as a clickable list; an empty text once all are done.

        :param headline: what the empty screen means
        """
        company = self.env.company.root_id
        steps = self._get_steps(company)
        if all(done for done, _sentence, _action in steps):
            return Markup()
        headline = headline or self.env._("First steps in credit management")
        may_open = self.env.user.has_group("credit_management.group_credit_manager")
        return _LIST.format(headline, Markup().join(self._to_step(*s, may_open) for s in steps))

    def _to_step(self, done, sentence, action, may_open):
        icon = "fa-check-square-o text-success" if done else "fa-square-o"
        link = may_open and not done and self.env.ref(action, raise_if_not_found=False)
        return _STEP.format(icon, _LINK.format(action, sentence) if link else sentence)
