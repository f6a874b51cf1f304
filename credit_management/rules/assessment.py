"""From a customer's standing and a demand to a verdict with all its reasons.

Amounts are in the root company's currency, taxes included. Nothing here reads a clock or a database.
"""

from dataclasses import dataclass, field, replace

from .limits import deposit_share, excess_over

#: what a payment clears: kinds about the limit, and about what is overdue
_LIMIT_KINDS = frozenset({"over_limit", "prepaid_only"})
_OVERDUE_KINDS = frozenset({"overdue_days", "overdue_amount"})


@dataclass(frozen=True)
class Demand:
    """What is asked of a customer's credit: one document at one checkpoint.

    ``amount`` is what the document adds to the exposure (what is already paid is off);
    ``document`` is ``(model, id)``; ``no_rate`` names the document's currency when the company
    has no exchange rate for it, so that ``amount`` cannot be trusted.
    """

    partner_id: int
    company_id: int
    amount: float
    checkpoint: str = "order"
    document: tuple = ()
    no_rate: str = ""

    @property
    def customer(self):
        """Whose credit: ``(partner_id, company_id)``."""
        return self.partner_id, self.company_id


@dataclass(frozen=True)
class Rule:
    """``action`` is ``warn``, ``hold`` or ``exempt``; ``tolerance`` (percent) comes from the policy."""

    kind: str
    action: str = "hold"
    checkpoint: str = "order"
    threshold: float = 0.0
    tolerance: float = 0.0
    status: str = "blocked"
    rule_id: int = 0


@dataclass(frozen=True)
class Policy:
    rules: tuple = ()
    functions: dict = field(default_factory=dict, compare=False, hash=False)


@dataclass(frozen=True)
class Standing:
    """A customer as the gate sees it on one day; ``credit_limit`` is ``None`` when unlimited.

    ``profile_id`` is 0 for a customer without a credit file: the company's defaults apply.
    """

    credit_mode: str = "unlimited"
    status: str = "normal"
    credit_limit: float | None = None
    exposure: float = 0.0
    overdue: float = 0.0
    oldest_due_days: int = 0
    rounding: float = 0.01
    profile_id: int = 0
    policy: Policy = Policy()

    def with_own(self, own, passed):
        """What another transaction's eyes see (``self``), completed by what only ours knows.

        :param own: the standing in our own transaction; it may hold changes not committed yet
        :param passed: amount that our transaction let pass already, invisible to ``self``

        >>> seen, own = Standing(exposure=500.0, profile_id=1), Standing(exposure=300.0, profile_id=1)
        >>> seen.with_own(own, passed=100.0).exposure
        600.0
        """
        base = self if self.profile_id else own
        return replace(base, exposure=max(self.exposure + passed, own.exposure))

    def less(self, amount):
        """The same customer without ``amount`` of the exposure, which the demand to come will add again."""
        return replace(self, exposure=self.exposure - amount)


@dataclass(frozen=True)
class Reason:
    kind: str
    action: str
    figure: float
    threshold: float
    rule_id: int = 0


@dataclass(frozen=True)
class Assessment:
    """The verdict on one demand: ``standing`` as it was before it, and every reason found."""

    demand: Demand
    standing: Standing
    reasons: tuple = ()

    @property
    def verdict(self):
        """``hold`` when a rule holds, else ``warn`` when one warns, else ``pass``."""
        actions = {reason.action for reason in self.reasons}
        return "hold" if "hold" in actions else "warn" if actions else "pass"

    @property
    def excess(self):
        """How far the document takes the customer over the limit; 0.0 within it, or when unlimited."""
        return excess_over(
            self.standing.credit_limit,
            self.standing.exposure,
            self.demand.amount,
            self.standing.rounding,
        )

    @property
    def payment(self):
        """Payment that frees the document, the largest of what each reason needs: a payment of overdue items
        also lowers the exposure, so they do not add up. 0.0 where money alone does not help.

        >>> held = Assessment(Demand(1, 1, 50.0), Standing("limited", credit_limit=0.0), (
        ...     Reason("over_limit", "hold", 50.0, 0.0), Reason("status", "hold", 2, 2)))
        >>> held.payment, held.deposit
        (0.0, None)
        """
        kinds = {reason.kind for reason in self.reasons if reason.action == "hold"}
        if not kinds <= _LIMIT_KINDS | _OVERDUE_KINDS:
            return 0.0
        needs = [0.0]
        if "over_limit" in kinds:
            needs.append(self.excess)
        if "prepaid_only" in kinds:
            needs.append(self.demand.amount)
        if kinds & _OVERDUE_KINDS:
            needs.append(self.standing.overdue)
        return max(needs)

    @property
    def deposit(self):
        """Percent of the document which, paid with it, clears the excess, or ``None``."""
        kinds = {reason.kind for reason in self.reasons if reason.action == "hold"}
        return deposit_share(self.excess, self.demand.amount) if kinds <= _LIMIT_KINDS else None


def assess(demand, standing):
    """Judge one demand by the standing's policy; an exemption that applies ends the matter.

    >>> from .kinds import KINDS
    >>> rules = (Rule("over_limit"), Rule("overdue_days", "warn", threshold=10))
    >>> standing = Standing("limited", credit_limit=100.0, exposure=90.0, oldest_due_days=12,
    ...                     policy=Policy(rules, KINDS))
    >>> verdict = assess(Demand(1, 1, 50.0), standing)
    >>> verdict.verdict, [reason.kind for reason in verdict.reasons], verdict.excess, verdict.payment
    ('hold', ['over_limit', 'overdue_days'], 40.0, 40.0)
    >>> assess(Demand(1, 1, 0.0), standing).verdict
    'pass'
    """
    if demand.amount < standing.rounding / 2 or not standing.policy.rules:
        return Assessment(demand, standing)
    found = [reason for rule in standing.policy.rules if (reason := _apply(rule, standing, demand))]
    if any(reason.action == "exempt" for reason in found):
        return Assessment(demand, standing)
    if demand.no_rate:
        found.append(Reason("no_rate", "hold", 0.0, 0.0))
    return Assessment(demand, standing, tuple(found))


def _apply(rule, standing, demand):
    if rule.checkpoint != demand.checkpoint:
        return None
    figures = standing.policy.functions[rule.kind](rule, standing, demand)
    return figures and Reason(rule.kind, rule.action, *figures, rule_id=rule.rule_id)


def assess_in_turn(demands, standings):
    """Judge demands one after the other, each seeing those before it that passed.

    :param standings: ``{(partner_id, company_id): Standing}``
    :return: ``{demand: Assessment}``, in the order of ``demands``

    >>> from .kinds import KINDS
    >>> standing = Standing("limited", credit_limit=100.0, policy=Policy((Rule("over_limit"),), KINDS))
    >>> first, second, third = (Demand(1, 1, amount, document=("o", n)) for n, amount in enumerate((60.0, 50.0, 40.0)))
    >>> [verdict.verdict for verdict in assess_in_turn([first, second, third], {(1, 1): standing}).values()]
    ['pass', 'hold', 'pass']
    """
    standings = dict(standings)
    verdicts = {}
    for demand in demands:
        standing = standings[demand.customer]
        verdicts[demand] = assess(demand, standing)
        if verdicts[demand].verdict != "hold":
            standings[demand.customer] = replace(
                standing, exposure=standing.exposure + demand.amount
            )
    return verdicts
