"""What a salesperson may know of a customer: may it buy, and for how much. No exposure, nothing overdue."""

from dataclasses import replace

from .assessment import Demand, assess_in_turn


def may_buy(assessment):
    """``yes``, ``warning`` or ``blocked`` for the smallest document this customer could order.

    :param assessment: verdict on a document of next to nothing

    >>> from .assessment import Assessment, Demand, Policy, Reason, Standing
    >>> from .kinds import KINDS
    >>> def state(*reasons, **standing):
    ...     standing["policy"] = Policy(kinds=KINDS)
    ...     reasons = tuple(Reason(kind, action, 1.0, 0.0) for kind, action in reasons)
    ...     return may_buy(Assessment(Demand(1, 1, 0.01), Standing(**standing), reasons))
    >>> state(), state(("overdue_days", "warn")), state(("over_limit", "hold"))
    ('yes', 'warning', 'blocked')
    >>> from .assessment import Level
    >>> state(status="blocked"), state(status="watch"), state(levels=(Level(7, status="legal"),))
    ('blocked', 'yes', 'blocked')
    >>> prepaid = ("prepaid_only", "hold"), ("over_limit", "hold")
    >>> state(*prepaid, credit_mode="prepaid"), state(*prepaid, ("overdue_days", "hold"), credit_mode="prepaid")
    ('warning', 'blocked')
    """
    standing = assessment.standing
    held = {reason.kind for reason in assessment.reasons if reason.action == "hold"}
    if is_blocked(standing):
        return "blocked"
    # a payment before delivery answers it: the customer may buy, at its own terms
    if standing.credit_mode == "prepaid" and all(
        standing.policy.cure(kind) == "deposit" for kind in held
    ):
        return "warning"
    if held:
        return "blocked"
    return "warning" if assessment.reasons else "yes"


def is_blocked(standing):
    """Somebody has blocked the customer, or a group it belongs to."""
    return any(measured.status in ("blocked", "legal") for measured in (standing, *standing.levels))


def judge_customers(standings):
    """``{customer: Assessment}`` of a document of next to nothing, whose reasons are the customer's own.

    :param standings: ``{(partner_id, company_id): Standing}``

    >>> from .assessment import Policy, Rule, Standing
    >>> from .kinds import KINDS
    >>> policy = Policy((Rule("order_below", "exempt", threshold=50.0), Rule("over_limit")), KINDS)
    >>> verdicts = judge_customers({(1, 1): Standing("limited", credit_limit=10.0, exposure=10.0, policy=policy)})
    >>> verdicts[1, 1].verdict  # small orders pass, the customer is over the limit all the same
    'hold'
    """
    judged = {customer: _without_small_change(standing) for customer, standing in standings.items()}
    demands = [
        Demand(*customer, standing.rounding, payment_days=0)
        for customer, standing in standings.items()
    ]
    return {demand.customer: verdict for demand, verdict in assess_in_turn(demands, judged).items()}


def _without_small_change(standing):
    kinds = standing.policy.kinds
    rules = tuple(
        rule
        for rule in standing.policy.rules
        if rule.action != "exempt"
        or not (rule.kind in kinds and kinds[rule.kind].is_about_document)
    )
    return replace(standing, policy=replace(standing.policy, rules=rules))


def still_to_order(standing):
    """What the limit and those of the groups leave, in the company's currency, taxes included; ``None`` when unlimited, never below 0.

    >>> from .assessment import Standing
    >>> still_to_order(Standing("limited", credit_limit=500.0, exposure=200.0))
    300.0
    >>> still_to_order(Standing("limited", credit_limit=500.0, exposure=700.0))
    0.0
    >>> still_to_order(Standing()) is None
    True
    """
    left = standing.available
    return None if left is None else max(left, 0.0)
