"""A customer's credit for salespeople: may it buy, and for how much. No exposure or overdue amounts."""

from dataclasses import replace

from .assessment import CreditRequest, assess_in_turn


def may_buy(assessment):
    """``yes``, ``warning`` or ``blocked`` for the smallest document this customer could order.

    :param assessment: verdict on the smallest possible document

    >>> from .assessment import Assessment, CreditRequest, Policy, Reason, Position
    >>> from .kinds import KINDS
    >>> def state(*reasons, **position):
    ...     position["policy"] = Policy(kinds=KINDS)
    ...     reasons = tuple(Reason(kind, action, 1.0, 0.0) for kind, action in reasons)
    ...     return may_buy(Assessment(CreditRequest(1, 1, 0.01), Position(**position), reasons))
    >>> state(), state(("overdue_days", "warn")), state(("over_limit", "hold"))
    ('yes', 'warning', 'blocked')
    >>> from .assessment import CreditGroup
    >>> state(status="blocked"), state(status="watch"), state(groups=(CreditGroup(7, status="legal"),))
    ('blocked', 'yes', 'blocked')
    >>> prepaid = ("prepaid_only", "hold"), ("over_limit", "hold")
    >>> state(*prepaid, credit_mode="prepaid"), state(*prepaid, ("overdue_days", "hold"), credit_mode="prepaid")
    ('warning', 'blocked')
    """
    position = assessment.position
    held = {reason.kind for reason in assessment.reasons if reason.action == "hold"}
    if is_blocked(position):
        return "blocked"
    # cleared by payment in advance: the customer may buy on those terms
    if position.credit_mode == "prepaid" and all(
        position.policy.cure(kind) == "deposit" for kind in held
    ):
        return "warning"
    if held:
        return "blocked"
    return "warning" if assessment.reasons else "yes"


def is_blocked(position):
    """Whether the customer or one of its groups is blocked."""
    return any(measured.status in ("blocked", "legal") for measured in (position, *position.groups))


def judge_customers(positions):
    """``{customer: Assessment}`` of the smallest possible document, so that only reasons about the customer remain.

    :param positions: ``{(partner_id, company_id): Position}``

    >>> from .assessment import Policy, Rule, Position
    >>> from .kinds import KINDS
    >>> policy = Policy((Rule("order_below", "exempt", threshold=50.0), Rule("over_limit")), KINDS)
    >>> verdicts = judge_customers({(1, 1): Position("limited", credit_limit=10.0, exposure=10.0, policy=policy)})
    >>> verdicts[1, 1].verdict  # small orders pass, the customer is over the limit all the same
    'hold'
    """
    judged = {customer: _without_small_change(position) for customer, position in positions.items()}
    requests = [
        CreditRequest(*customer, position.rounding, payment_days=0)
        for customer, position in positions.items()
    ]
    return {
        request.customer: verdict for request, verdict in assess_in_turn(requests, judged).items()
    }


def _without_small_change(position):
    """The position without exemptions for small documents, which say nothing about the customer."""
    kinds = position.policy.kinds
    rules = tuple(
        rule
        for rule in position.policy.rules
        if rule.action != "exempt"
        or not (rule.kind in kinds and kinds[rule.kind].is_about_document)
    )
    return replace(position, policy=replace(position.policy, rules=rules))


def still_to_order(position):
    """What the limit and those of the groups leave, in the company's currency, taxes included; ``None`` when unlimited, never below 0.

    >>> from .assessment import Position
    >>> still_to_order(Position("limited", credit_limit=500.0, exposure=200.0))
    300.0
    >>> still_to_order(Position("limited", credit_limit=500.0, exposure=700.0))
    0.0
    >>> still_to_order(Position()) is None
    True
    """
    left = position.available
    return None if left is None else max(left, 0.0)
