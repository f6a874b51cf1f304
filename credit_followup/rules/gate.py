"""What reminders mean for the gate: how far a customer was reminded of what is still open."""

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

    Takes ``rule.threshold`` and ``standing.followup_stage``, both a :func:`rank`. A replay of past orders knows no
    stage: there the rule does not apply.

    >>> from types import SimpleNamespace as Fake
    >>> rule = Fake(threshold=rank("formal_notice"))
    >>> followup_level(rule, Fake(followup_stage=rank("firm")), None) is None
    True
    >>> followup_level(rule, Fake(followup_stage=rank("handover")), None)
    (5, 4)
    >>> followup_level(rule, Fake(), None) is None
    True
    """
    reached = getattr(standing, "followup_stage", 0)
    return (reached, rule.threshold) if reached and reached >= rule.threshold else None
