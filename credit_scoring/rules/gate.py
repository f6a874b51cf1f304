"""What scores and habits mean for the gate."""


def risk_class(rule, position, request):
    """The customer's class is at this place of the list of classes or further down, so at least as risky.

    >>> from types import SimpleNamespace as Fake
    >>> def told(place, threshold=4):
    ...     return risk_class(Fake(threshold=threshold), Fake(fact={"class_place": place}.get), None)
    >>> told(0), told(3), told(4), told(5)
    (None, None, (4, 4), (5, 4))
    """
    place = position.fact("class_place")
    return (place, rule.threshold) if place and place >= rule.threshold else None


def score_below(rule, position, request):
    """The last score of the customer is below the threshold; without a score the rule does not apply.

    >>> from types import SimpleNamespace as Fake
    >>> def told(score):
    ...     return score_below(Fake(threshold=50), Fake(fact={"score": score}.get), None)
    >>> told(None), told(50.0), told(49.9)
    (None, None, (49.9, 50))
    """
    score = position.fact("score")
    return (score, rule.threshold) if score is not None and score < rule.threshold else None


def delay_trend(rule, position, request):
    """The customer pays later than before by more days than the threshold: three months against the nine before.

    >>> from types import SimpleNamespace as Fake
    >>> def told(trend):
    ...     return delay_trend(Fake(threshold=7), Fake(fact={"delay_trend": trend}.get), None)
    >>> told(7.0), told(7.4)
    (None, (7.4, 7))
    """
    trend = position.fact("delay_trend")
    return (trend, rule.threshold) if trend > rule.threshold else None
