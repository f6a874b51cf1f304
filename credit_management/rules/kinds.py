"""One function for each kind of rule: does it apply, and with which figures?

Each takes ``(rule, standing, demand)`` and returns ``(figure, threshold)`` when the rule
applies, else ``None``. An add-on brings its own through ``credit.policy.rule._get_functions``.
"""

from .limits import excess_over

#: status of a customer, from harmless to grave
STATUSES = ("normal", "watch", "blocked", "legal")


def over_limit(rule, standing, demand):
    """Exposure and document together exceed the limit plus the tolerance (percent).

    >>> from .assessment import Demand, Rule, Standing
    >>> standing = Standing(credit_mode="limited", credit_limit=1000.0, exposure=900.0)
    >>> over_limit(Rule("over_limit"), standing, Demand(1, 1, 100.0)) is None
    True
    >>> over_limit(Rule("over_limit"), standing, Demand(1, 1, 150.0))
    (1050.0, 1000.0)
    >>> over_limit(Rule("over_limit", tolerance=5.0), standing, Demand(1, 1, 150.0)) is None
    True
    """
    if standing.credit_limit is None:
        return None
    ceiling = standing.credit_limit * (1 + rule.tolerance / 100)
    if not excess_over(ceiling, standing.exposure, demand.amount, standing.rounding):
        return None
    return standing.exposure + demand.amount, standing.credit_limit


def overdue_days(rule, standing, demand):
    """The oldest unpaid item is overdue for more days than the threshold.

    >>> from .assessment import Demand, Rule, Standing
    >>> rule = Rule("overdue_days", threshold=30)
    >>> overdue_days(rule, Standing(oldest_due_days=30), Demand(1, 1, 1.0)) is None
    True
    >>> overdue_days(rule, Standing(oldest_due_days=31), Demand(1, 1, 1.0))
    (31, 30)
    """
    if standing.oldest_due_days <= rule.threshold:
        return None
    return standing.oldest_due_days, rule.threshold


def overdue_amount(rule, standing, demand):
    """The overdue amount, net of credits, exceeds the threshold (company currency).

    >>> from .assessment import Demand, Rule, Standing
    >>> overdue_amount(Rule("overdue_amount", threshold=500), Standing(overdue=500.0), Demand(1, 1, 1.0)) is None
    True
    >>> overdue_amount(Rule("overdue_amount", threshold=0), Standing(overdue=20.0), Demand(1, 1, 1.0))
    (20.0, 0)
    """
    if standing.overdue - rule.threshold < standing.rounding / 2:
        return None
    return standing.overdue, rule.threshold


def status(rule, standing, demand):
    """The customer's status is as grave as the rule's, or graver.

    >>> from .assessment import Demand, Rule, Standing
    >>> rule = Rule("status", status="blocked")
    >>> status(rule, Standing(status="watch"), Demand(1, 1, 1.0)) is None
    True
    >>> status(rule, Standing(status="legal"), Demand(1, 1, 1.0))
    (3, 2)
    """
    figure, threshold = STATUSES.index(standing.status), STATUSES.index(rule.status)
    return (figure, threshold) if figure >= threshold else None


def prepaid_only(rule, standing, demand):
    """The customer buys against prepayment and part of the document is not paid.

    >>> from .assessment import Demand, Rule, Standing
    >>> prepaid_only(Rule("prepaid_only"), Standing(credit_mode="prepaid"), Demand(1, 1, 80.0))
    (80.0, 0.0)
    >>> prepaid_only(Rule("prepaid_only"), Standing(credit_mode="limited"), Demand(1, 1, 80.0)) is None
    True
    """
    return (demand.amount, 0.0) if standing.credit_mode == "prepaid" else None


KINDS = {
    "over_limit": over_limit,
    "overdue_days": overdue_days,
    "overdue_amount": overdue_amount,
    "status": status,
    "prepaid_only": prepaid_only,
}
