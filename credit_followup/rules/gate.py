"""Reminders at the gate: the highest stage reached on open items."""

#: stages of a reminder in order of severity; the gate's figure is the position from 1, with 0 for none
STAGES = ("courtesy", "reminder", "firm", "formal_notice", "handover")


def rank(stage):
    """Position of a stage from 1; 0 without a stage.

    >>> rank("formal_notice"), rank(False)
    (4, 0)
    """
    return STAGES.index(stage) + 1 if stage else 0


def followup_level(rule, position, request):
    """Applies if an open item was reminded at the rule's stage or above.

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
