"""What reminders mean for the gate: how far a customer was reminded of what is still open."""

#: how far a reminder goes, from harmless to grave; a figure of the gate is a place in it, from 1 on, and 0 is nothing
STAGES = ("courtesy", "reminder", "firm", "formal_notice", "handover")


def rank(stage):
    """The place of a stage, 0 without one.

    >>> rank("formal_notice"), rank(False)
    (4, 0)
    """
    return STAGES.index(stage) + 1 if stage else 0


def followup_level(rule, position, request):
    """An open item of the customer was reminded of as far as the rule says, or further.

    Takes ``rule.threshold`` and the fact ``followup_stage``, both a :func:`rank`.

    >>> from types import SimpleNamespace as Fake
    >>> rule = Fake(threshold=rank("formal_notice"))
    >>> followup_level(rule, Fake(fact={"followup_stage": rank("firm")}.get), None) is None
    True
    >>> followup_level(rule, Fake(fact={"followup_stage": rank("handover")}.get), None)
    (5, 4)
    """
    reached = position.fact("followup_stage")
    return (reached, rule.threshold) if reached and reached >= rule.threshold else None
