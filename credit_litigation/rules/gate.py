"""What litigation and insolvency mean for the gate."""


def legal_case(rule, position, request):
    """A debt of the customer is before a court or with a third party.

    >>> from types import SimpleNamespace as Fake
    >>> legal_case(None, Fake(fact={"legal_cases": 0.0}.get), None) is None
    True
    >>> legal_case(None, Fake(fact={"legal_cases": 250.0}.get), None)
    (250.0, 0.0)
    """
    claimed = position.fact("legal_cases")
    return (claimed, 0.0) if claimed > 0 else None


def insolvency(rule, position, request):
    """Insolvency proceedings are open on the customer; the figure is the number of days since the judgment.

    >>> from types import SimpleNamespace as Fake
    >>> insolvency(None, Fake(fact={"insolvent_days": -1}.get), None) is None
    True
    >>> insolvency(None, Fake(fact={"insolvent_days": 0}.get), None)
    (0, 0)
    """
    days = position.fact("insolvent_days")
    return (days, 0) if days >= 0 else None
