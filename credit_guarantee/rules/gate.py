"""What guarantees mean for the gate."""


def guarantee_expired(rule, position, request):
    """A guarantee ended more days ago than threshold plus grace, and no other of its type is in force.

    >>> from types import SimpleNamespace as Fake
    >>> def told(days, threshold=0, grace=0):
    ...     position = Fake(fact={"guarantee_expired_days": days}.get, policy=Fake(grace_days=grace))
    ...     return guarantee_expired(Fake(threshold=threshold), position, None)
    >>> told(0), told(1), told(30, 30), told(31, 30), told(31, 30, 5)
    (None, (1, 0), None, (31, 30), None)
    """
    days, tolerated = (
        position.fact("guarantee_expired_days"),
        rule.threshold + position.policy.grace_days,
    )
    return (days, tolerated) if days > tolerated else None


def cover_stopped(rule, position, request):
    """The insurer no longer covers new deliveries: an item is overdue for too long, or was not declared in time.

    >>> from types import SimpleNamespace as Fake
    >>> cover_stopped(None, Fake(fact={"cover_stopped_days": 0}.get), None) is None
    True
    >>> cover_stopped(None, Fake(fact={"cover_stopped_days": 4}.get), None)
    (4, 0)
    """
    days = position.fact("cover_stopped_days")
    return (days, 0) if days > 0 else None
