"""What the answers of a customer mean for the gate."""


def broken_promises(rule, position, request):
    """More promises than the threshold were broken, or kept in part only, within the last year.

    >>> from types import SimpleNamespace as Fake
    >>> rule = Fake(threshold=1)
    >>> broken_promises(rule, Fake(fact={"broken_promises": 1}.get), None) is None
    True
    >>> broken_promises(rule, Fake(fact={"broken_promises": 2}.get), None)
    (2, 1)
    """
    broken = position.fact("broken_promises")
    return (broken, rule.threshold) if broken > rule.threshold else None


def plan_defaulted(rule, position, request):
    """A payment plan of the customer failed and what it was about is still owed.

    >>> from types import SimpleNamespace as Fake
    >>> plan_defaulted(None, Fake(fact={"defaulted_plans": 0.0}.get), None) is None
    True
    >>> plan_defaulted(None, Fake(fact={"defaulted_plans": 250.0}.get), None)
    (250.0, 0.0)
    """
    owed = position.fact("defaulted_plans")
    return (owed, 0.0) if owed > 0 else None


def disputed_share(rule, position, request):
    """More than the threshold, in percent of what the customer owes, is disputed.

    >>> from types import SimpleNamespace as Fake
    >>> def told(disputed, receivable, threshold=20):
    ...     position = Fake(fact={"disputed": disputed}.get, receivable=receivable, rounding=0.01)
    ...     return disputed_share(Fake(threshold=threshold), position, None)
    >>> told(0.0, 0.0), told(20.0, 100.0), told(25.0, 100.0), told(50.0, 10.0)
    (None, None, (25.0, 20), (100.0, 20))
    """
    disputed = position.fact("disputed")
    if disputed < position.rounding / 2:
        return None
    share = round(min(100 * disputed / max(position.receivable, disputed), 100.0), 2)
    return (share, rule.threshold) if share > rule.threshold else None
