"""What a salesperson may know of a customer: may it buy, and for how much. No exposure, nothing overdue."""

#: reasons that a payment before delivery answers: the customer may buy, at its own terms
_PREPAID_KINDS = frozenset({"prepaid_only", "over_limit", "limit_used"})


def may_buy(assessment):
    """``yes``, ``warning`` or ``blocked`` for the smallest document this customer could order.

    :param assessment: verdict on a document of next to nothing

    >>> from .assessment import Assessment, Demand, Reason, Standing
    >>> def state(*reasons, **standing):
    ...     reasons = tuple(Reason(kind, action, 1.0, 0.0) for kind, action in reasons)
    ...     return may_buy(Assessment(Demand(1, 1, 0.01), Standing(**standing), reasons))
    >>> state(), state(("overdue_days", "warn")), state(("over_limit", "hold"))
    ('yes', 'warning', 'blocked')
    >>> state(status="blocked"), state(status="watch")
    ('blocked', 'yes')
    >>> prepaid = ("prepaid_only", "hold"), ("over_limit", "hold")
    >>> state(*prepaid, credit_mode="prepaid"), state(*prepaid, ("overdue_days", "hold"), credit_mode="prepaid")
    ('warning', 'blocked')
    """
    standing = assessment.standing
    held = {reason.kind for reason in assessment.reasons if reason.action == "hold"}
    if standing.status in ("blocked", "legal"):
        return "blocked"
    if standing.credit_mode == "prepaid" and held <= _PREPAID_KINDS:
        return "warning"
    if held:
        return "blocked"
    return "warning" if assessment.reasons else "yes"


def still_to_order(standing):
    """What the limit leaves, in the company's currency, taxes included; ``None`` when unlimited, never below 0.

    >>> from .assessment import Standing
    >>> still_to_order(Standing("limited", credit_limit=500.0, exposure=200.0))
    300.0
    >>> still_to_order(Standing("limited", credit_limit=500.0, exposure=700.0))
    0.0
    >>> still_to_order(Standing()) is None
    True
    """
    if standing.credit_limit is None:
        return None
    return max(standing.credit_limit - standing.exposure, 0.0)
