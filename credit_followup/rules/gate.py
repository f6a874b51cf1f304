"""What reminders mean for the gate: how far a customer was reminded of what is still open."""

from odoo.addons.credit_management.rules.kinds import RuleKind, _

#: how far a reminder goes, from harmless to grave; a figure of the gate is a place in it, from 1 on, and 0 is nothing
STAGES = ("courtesy", "reminder", "firm", "formal_notice", "handover")


def rank(stage):
    """The place of a stage, 0 without one.

    >>> rank("formal_notice"), rank(False)
    (4, 0)
    """
    return STAGES.index(stage) + 1 if stage else 0


def followup_level(rule, standing, demand):
    """An open item of the customer was reminded of as far as the rule says, or further.

    Takes ``rule.threshold`` and the fact ``followup_stage``, both a :func:`rank`.

    >>> from odoo.addons.credit_management.rules import Rule, Standing
    >>> rule = Rule("followup_level", threshold=rank("formal_notice"))
    >>> followup_level(rule, Standing().with_facts(followup_stage=rank("firm")), None) is None
    True
    >>> followup_level(rule, Standing().with_facts(followup_stage=rank("handover")), None)
    (5, 4)
    """
    reached = standing.fact("followup_stage")
    return (reached, rule.threshold) if reached and reached >= rule.threshold else None


FOLLOWUP_LEVEL = RuleKind(
    "followup_level",
    followup_level,
    _("Reminded as far as"),
    _(
        "The customer was reminded of what is still open: %(figure)s (the rule applies from: %(threshold)s)."
    ),
    _("Reminders were sent and the invoices are still open."),
    unit="stage",
    settings=frozenset({"followup_stage"}),
    facts=frozenset({"followup_stage"}),
)
