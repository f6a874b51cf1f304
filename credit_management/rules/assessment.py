"""The verdict on a request, from a customer's position, with all reasons.

Amounts are in the root company's currency, taxes included. Nothing here reads a clock or a database.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from .limits import deposit_share, excess_over


class MissingFactError(LookupError):
    """A kind of rule needs a fact that was not read. An error, because passing without the figure would be worse."""


@dataclass(frozen=True)
class CreditRequest:
    """A request on a customer's credit: one document at one checkpoint.

    ``amount`` is what the document adds to the exposure, net of payments; ``document`` is ``(model, id)``; ``no_rate``
    is the document's currency if the company has no exchange rate for it, so that ``amount`` is unreliable;
    ``payment_days`` is the last instalment of its payment terms, ``None`` if not read; ``schedule`` splits the amount
    by expected delivery, ``((day, amount), …)``, empty if due now; ``manual`` is the reason of a manual hold;
    ``source`` is the exposure source that already contains the document, if any; ``total`` is the whole document's
    where ``amount`` is only its increase; ``known`` is the part other transactions already see.
    """

    partner_id: int
    company_id: int
    amount: float
    checkpoint: str = "order"
    document: tuple = ()
    no_rate: str = ""
    payment_days: int | None = None
    schedule: tuple = ()
    manual: str = ""
    source: str = ""
    total: float | None = None
    known: float = 0.0

    @property
    def is_whole(self):
        """Whether it is for the whole document, not for an increase: its key is only model and id."""
        return len(self.document) <= 2

    @property
    def size(self):
        """Amount of the whole document, even if only its increase is requested."""
        return self.amount if self.total is None else self.total

    @property
    def customer(self):
        """The customer, as ``(partner_id, company_id)``."""
        return self.partner_id, self.company_id

    def amount_until(self, day):
        """Amount delivered up to a day, all of it if ``day`` is ``None``; payments cover the earliest deliveries.

        >>> request = CreditRequest(1, 1, 80.0, schedule=((date(2026, 1, 5), 60.0), (date(2026, 6, 1), 40.0)))
        >>> request.amount_until(date(2026, 2, 1)), request.amount_until(None)
        (40.0, 80.0)
        """
        later = sum(amount for due, amount in self.schedule if day and due > day)
        return min(max(self.amount - later, 0.0), self.amount) if later else self.amount

    def part(self, amount):
        """The same request for another amount, with the same delivery dates.

        >>> CreditRequest(1, 1, 100.0, schedule=((date(2026, 1, 5), 100.0),)).part(30.0).schedule
        ((datetime.date(2026, 1, 5), 30.0),)
        """
        share = amount / self.amount if self.amount else 1.0
        return replace(
            self, amount=amount, schedule=tuple((day, part * share) for day, part in self.schedule)
        )


@dataclass(frozen=True)
class Rule:
    """``action`` is ``warn``, ``hold`` or ``exempt``; ``tolerance`` (percent) comes from the policy.

    ``days``: how late an item must be to be counted, where the kind sums what is late. The scope names a customer,
    class, group (its credit file) or company; 0 is any. ``conditions`` are rules that must all apply as well.
    """

    kind: str
    action: str = "hold"
    checkpoint: str = "order"
    threshold: float = 0.0
    tolerance: float = 0.0
    status: str = "blocked"
    rule_id: int = 0
    days: int = 0
    partner_id: int = 0
    risk_class_id: int = 0
    group_id: int = 0
    company_id: int = 0
    conditions: tuple = ()

    @property
    def rank(self):
        """Rank of the scope, from narrow to wide: customer, class, group, company, all."""
        scope = (self.partner_id, self.risk_class_id, self.group_id, self.company_id)
        return next((4 - place for place, id_ in enumerate(scope) if id_), 0)

    def covers(self, request, position):
        """Whether the scope includes this customer."""
        return (
            self.partner_id in (0, request.partner_id)
            and self.company_id in (0, request.company_id)
            and self.risk_class_id in (0, position.risk_class_id)
            and self.group_id in (0, *(group.profile_id for group in position.groups))
        )


@dataclass(frozen=True)
class Policy:
    """``horizon_days``: orders due later do not count, ``None`` for no horizon; ``grace_days``: how long something
    may be past its day before it counts as late, expired or due for review; ``sources``: what counts as exposure;
    ``intercompany``: ids of the partners that are our own companies."""

    rules: tuple = ()
    kinds: dict = field(default_factory=dict, compare=False, hash=False)
    grace_days: int = 0
    horizon_days: int | None = None
    sources: tuple = ()
    intercompany: frozenset = frozenset()

    @property
    def cutoffs(self):
        """Days late for which the rules need a sum of overdue items, without 0.

        >>> from .kinds import KINDS
        >>> rules = Rule("overdue_share", days=10, conditions=(Rule("overdue_amount", days=3),)), Rule("overdue_amount")
        >>> Policy(rules, KINDS, grace_days=5).cutoffs
        (5, 8, 15)
        """
        sums = (rule for rule in self._all_rules if "late_sums" in self._facts_of(rule))
        return tuple(sorted({rule.days + self.grace_days for rule in sums} - {0}))

    @property
    def facts(self):
        """Names of the facts the rules need.

        >>> from .kinds import KINDS
        >>> sorted(Policy((Rule("payment_term"), Rule("overdue_amount"), Rule("gone")), KINDS).facts)
        ['late_sums', 'payment_days']
        """
        return frozenset(fact for rule in self._all_rules for fact in self._facts_of(rule))

    @property
    def _all_rules(self):
        """The rules and their conditions."""
        return [each for rule in self.rules for each in (rule, *rule.conditions)]

    def _facts_of(self, rule):
        """Names of the facts a rule needs; none of an unknown kind."""
        kind = self.kinds.get(rule.kind)
        return kind.facts if kind else ()

    def cure(self, name):
        """What clears a kind of rule, empty if money does not; see :class:`~.kinds.RuleKind`."""
        kind = self.kinds.get(name)
        return kind.cured_by if kind else ""


@dataclass(frozen=True)
class CreditGroup:
    """A group with a shared limit: ``exposure`` is the total of its members, ``credit_limit`` is ``None`` if
    unlimited."""

    profile_id: int
    credit_limit: float | None = None
    exposure: float = 0.0
    status: str = "normal"

    @property
    def key(self):
        """Key under which passed amounts are summed, distinct from the pairs used for customers."""
        return "group", self.profile_id


@dataclass(frozen=True)
class Position:
    """A customer's position on one day, as the gate sees it; ``credit_limit`` is ``None`` if unlimited.

    ``profile_id`` is 0 for a customer without a credit file: the company's defaults apply. ``receivable`` is the open
    balance; ``late`` holds ``(days, amount)``: the amount more than that many days late, for each of the policy's
    cutoffs; ``oldest_item_days`` counts from the date of the item, ``oldest_due_days`` from its due date;
    ``undecided``: nobody has decided mode or limit; ``payment_days``: longest terms agreed with this customer, ``None``
    for the rule's own. ``facts`` are ``(name, value)`` of what only some kinds of rules ask; what is ``None`` or
    missing was not read.
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
    today: date | None = None
    risk_class_id: int = 0
    groups: tuple = ()
    receivable: float = 0.0
    late: tuple = ()
    oldest_item_days: int | None = None
    limit_expiry: date | None = None
    review_date: date | None = None
    undecided: bool = False
    payment_days: int | None = None
    facts: tuple = ()

    def overdue_beyond(self, days):
        """Amount more than ``days`` days late, net of credits.

        :raise MissingFactError: if the kind of rule does not list ``late_sums`` among its facts

        >>> Position(overdue=300.0, late=((10, 120.0),)).overdue_beyond(10)
        120.0
        >>> Position(overdue=300.0).overdue_beyond(60)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        MissingFactError: what is more than 60 days late was not read
        """
        found = {0: self.overdue, **dict(self.late)}
        if days not in found:
            raise MissingFactError(f"what is more than {days} days late was not read")
        return found[days]

    def fact(self, name):
        """A fact read by an add-on for its kinds of rules.

        :raise MissingFactError: if it was not read

        >>> Position(facts=(("cheques_returned", 2),)).fact("cheques_returned")
        2
        """
        found = dict(self.facts)
        if name not in found:
            raise MissingFactError(f"{name} was not read")
        return found[name]

    def with_facts(self, **facts):
        """The same position with additional facts."""
        return replace(self, facts=(*self.facts, *facts.items()))

    def adds(self, request):
        """What a request adds to the measured exposure, without deliveries beyond the horizon."""
        days = self.policy.horizon_days
        if days is None or not request.schedule:
            return request.amount
        return request.amount_until(self.today + timedelta(days))

    @property
    def available(self):
        """Amount still available within the customer's and each group's limit; ``None`` if unlimited.

        >>> Position(credit_limit=500.0, exposure=100.0, groups=(CreditGroup(7, 900.0, 700.0), CreditGroup(8))).available
        200.0
        """
        measured = (self, *self.groups)
        left = (m.credit_limit - m.exposure for m in measured if m.credit_limit is not None)
        return min(left, default=None)

    def excess(self, request):
        """Largest excess over the customer's or a group's limit that a request causes."""
        added = self.adds(request)
        measured = (self, *self.groups)
        return max(excess_over(m.credit_limit, m.exposure, added, self.rounding) for m in measured)

    def in_groups(self, groups):
        """The same position as a member of groups."""
        return replace(self, groups=groups)

    def at(self, group):
        """The position of a group, for rules that are checked at each group."""
        return replace(
            self, credit_limit=group.credit_limit, exposure=group.exposure, status=group.status
        )

    def with_own(self, own, passed):
        """The position as others see it (``self``), completed by what only our transaction knows.

        :param own: the position in our own transaction, with changes not committed yet; ``None`` if it has none
        :param passed: function of a key (``0`` for the customer, or a group's) that returns the amount our transaction
        already let pass

        >>> seen, own = Position(exposure=500.0, profile_id=1), Position(exposure=300.0, profile_id=1)
        >>> seen.with_own(own, lambda key: 100.0).exposure
        600.0
        >>> joined = replace(own, groups=(CreditGroup(7, 900.0, 700.0),))  # a group, in this transaction
        >>> [group.exposure for group in seen.with_own(joined, lambda key: 0.0).groups]
        [700.0]
        """
        mine = {0: own.exposure} if own else {}
        mine |= {group.key: group.exposure for group in own.groups} if own else {}
        base = self if self.profile_id or not own else own
        groups = tuple(
            replace(group, exposure=max(group.exposure + passed(group.key), mine.get(group.key, 0)))
            for group in self.groups
        )
        known = {group.key for group in groups}
        groups += tuple(group for group in (own.groups if own else ()) if group.key not in known)
        exposure = self.exposure + passed(0)
        return replace(base, exposure=max(exposure, mine.get(0, exposure)), groups=groups)

    def plus(self, amount, of_group=None):
        """The same position with ``amount`` added to the exposure, and ``of_group(key)`` to each group's."""
        groups = tuple(
            replace(group, exposure=group.exposure + (of_group(group.key) if of_group else amount))
            for group in self.groups
        )
        return replace(self, exposure=self.exposure + amount, groups=groups)

    def less(self, request):
        """The same position without a request the exposure already contains, before it is added again."""
        return self.plus(-self.adds(request))


@dataclass(frozen=True)
class Reason:
    """A rule that applies; ``level_id`` is the credit file of the group at which it applies, 0 for the customer."""

    kind: str
    action: str
    figure: float
    threshold: float
    rule_id: int = 0
    level_id: int = 0
    note: str = ""


@dataclass(frozen=True)
class Assessment:
    """The verdict on one request: ``position`` as it was before it, and every reason found."""

    request: CreditRequest
    position: Position
    reasons: tuple = ()

    @property
    def verdict(self):
        """``hold`` when a rule holds, else ``warn`` when one warns, else ``pass``."""
        actions = {reason.action for reason in self.reasons}
        return "hold" if "hold" in actions else "warn" if actions else "pass"

    @property
    def excess(self):
        """Excess of customer or group over the limit with the document; 0.0 within it or if unlimited."""
        return self.position.excess(self.request)

    @property
    def payment(self):
        """Payment that frees the document, the largest of what each reason needs: a payment of overdue items
        also lowers the exposure, so they do not add up. 0.0 where money alone does not help.

        >>> from .kinds import KINDS
        >>> position = Position("limited", credit_limit=0.0, policy=Policy(kinds=KINDS))
        >>> held = Assessment(CreditRequest(1, 1, 50.0), position, (
        ...     Reason("over_limit", "hold", 50.0, 0.0), Reason("status", "hold", 2, 2)))
        >>> held.payment, held.deposit
        (0.0, None)
        """
        if not all(self._cures):
            return 0.0
        return max(self._room_needed, self.position.overdue if "payment" in self._cures else 0.0)

    @property
    def deposit(self):
        """Percentage of the document that, paid with it, clears the reasons about the limit, or ``None``."""
        if not self._cures <= {"deposit"}:
            return None
        return deposit_share(self._room_needed, self.request.size)

    @property
    def _cures(self):
        """What clears the holding reasons."""
        held = {reason.kind for reason in self.reasons if reason.action == "hold"}
        return {self.position.policy.cure(kind) for kind in held}

    @property
    def _room_needed(self):
        """By how much the exposure must fall.

        >>> from .kinds import KINDS
        >>> reasons = (Reason("limit_used", "hold", 90.0, 80.0),)
        >>> position = Position("limited", credit_limit=1000.0, exposure=800.0, policy=Policy(kinds=KINDS))
        >>> Assessment(CreditRequest(1, 1, 100.0), position, reasons).payment
        100.0
        """
        measured = {0: self.position} | {group.profile_id: group for group in self.position.groups}
        added = self.position.adds(self.request)
        needs = [
            kind.room(reason, measured.get(reason.level_id, self.position), added)
            for reason in self.reasons
            if reason.action == "hold"
            and (kind := self.position.policy.kinds.get(reason.kind))
            and kind.room
        ]
        return round(max(needs, default=0.0), 6)


def assess(request, position):
    """Assess one request by the position's policy; an exemption that applies ends the evaluation.

    >>> from .kinds import KINDS
    >>> rules = (Rule("over_limit"), Rule("overdue_days", "warn", threshold=10))
    >>> position = Position("limited", credit_limit=100.0, exposure=90.0, oldest_due_days=12,
    ...                     policy=Policy(rules, KINDS))
    >>> verdict = assess(CreditRequest(1, 1, 50.0), position)
    >>> verdict.verdict, [reason.kind for reason in verdict.reasons], verdict.excess, verdict.payment
    ('hold', ['over_limit', 'overdue_days'], 40.0, 40.0)
    >>> assess(CreditRequest(1, 1, 0.0), position).verdict
    'pass'
    >>> assess(CreditRequest(1, 1, 0.0, manual="Fraud?"), position).reasons[0].note
    'Fraud?'
    """
    if request.manual:
        by_hand = Reason("manual", "hold", 0.0, 0.0, note=request.manual)
        judged = assess(replace(request, manual=""), position)
        return Assessment(request, position, (by_hand, *judged.reasons))
    if request.amount < position.rounding / 2 or not position.policy.rules:
        return Assessment(request, position)
    found = [
        reason
        for rule in rules_in_force(position.policy.rules, request, position)
        for reason in _apply(rule, position, request)
    ]
    if any(reason.action == "exempt" for reason in found):
        return Assessment(request, position)
    if request.no_rate:
        found.append(Reason("no_rate", "hold", 0.0, 0.0))
    return Assessment(request, position, tuple(found))


def rules_in_force(rules, request, position):
    """The rules for the request's checkpoint with the narrowest scope of their kind.

    >>> rules = (Rule("order_amount", threshold=500), Rule("order_amount", threshold=900, partner_id=7))
    >>> [[rule.threshold for rule in rules_in_force(rules, CreditRequest(partner, 1, 1.0), Position())] for partner in (7, 8)]
    [[900], [500]]
    """
    covering = [
        rule
        for rule in rules
        if rule.checkpoint == request.checkpoint and rule.covers(request, position)
    ]
    narrowest = {}
    for rule in covering:
        narrowest[rule.kind] = max(rule.rank, narrowest.get(rule.kind, 0))
    return [rule for rule in covering if rule.rank == narrowest[rule.kind]]


def _apply(rule, position, request):
    """The reasons a rule gives: for the customer, and for each group if the kind is checked there too.

    An exemption of an unknown kind exempts nothing.

    >>> [reason.action for reason in _apply(Rule("gone", "exempt"), Position(), CreditRequest(1, 1, 5.0))]
    ['warn']

    A rule with conditions gives the reasons of all of them, or none:

    >>> from .kinds import KINDS
    >>> rule = Rule("over_limit", conditions=(Rule("overdue_days", threshold=30),))
    >>> position = Position("limited", credit_limit=0.0, oldest_due_days=31, policy=Policy((rule,), KINDS))
    >>> [reason.kind for reason in _apply(rule, position, CreditRequest(1, 1, 5.0))]
    ['over_limit', 'overdue_days']
    >>> list(_apply(rule, replace(position, oldest_due_days=30), CreditRequest(1, 1, 5.0)))
    []
    """
    kinds = position.policy.kinds
    if any(each.kind not in kinds for each in (rule, *rule.conditions)):
        action = "warn" if rule.action == "exempt" else rule.action
        yield Reason("missing_kind", action, 0.0, 0.0, rule.rule_id)
        return
    groups = position.groups if kinds[rule.kind].of_groups else ()
    for level_id, measured in ((0, position), *((g.profile_id, position.at(g)) for g in groups)):
        found = [
            _measure(each, measured if kinds[each.kind].of_groups else position, request)
            for each in (rule, *rule.conditions)
        ]
        if all(found):
            for each, figures in zip((rule, *rule.conditions), found, strict=True):
                yield Reason(each.kind, rule.action, *figures, rule.rule_id, level_id)


def _measure(rule, position, request):
    """The figures of a rule that applies, otherwise ``None``.

    :raise MissingFactError: if a fact its kind needs was not read

    >>> from .kinds import KINDS
    >>> position = Position(policy=Policy(kinds=KINDS))
    >>> _measure(Rule("payment_term"), position, CreditRequest(1, 1, 5.0))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    MissingFactError: the rule "payment_term" needs payment_days, which was not read
    """
    kind = position.policy.kinds[rule.kind]
    for fact in kind.facts:
        if not _is_read(fact, position, request):
            raise MissingFactError(f'the rule "{kind.name}" needs {fact}, which was not read')
    return kind.function(rule, position, request)


def _is_read(fact, position, request):
    """Whether a fact was read for this customer and document."""
    if fact == "late_sums":  # looked up by number of days
        return True
    if fact == "payment_days":
        return request.payment_days is not None
    if fact == "oldest_item_days":
        return position.oldest_item_days is not None
    return fact in dict(position.facts)


def assess_in_turn(requests, positions):
    """Assess requests one after the other, each including those before it that passed, also in shared groups.

    Requests the exposure already contains are assessed as they stand, and add only what was not counted.

    :param positions: ``{(partner_id, company_id): Position}``
    :return: ``{request: Assessment}``, in the order of ``requests``

    >>> from .kinds import KINDS
    >>> position = Position("limited", credit_limit=100.0, policy=Policy((Rule("over_limit"),), KINDS))
    >>> first, second, third = (CreditRequest(1, 1, amount, document=("o", n)) for n, amount in enumerate((60.0, 50.0, 40.0)))
    >>> [verdict.verdict for verdict in assess_in_turn([first, second, third], {(1, 1): position}).values()]
    ['pass', 'hold', 'pass']
    >>> shipped = CreditRequest(1, 1, 30.0, source="ordered")
    >>> counting = replace(position, policy=replace(position.policy, sources=("ordered",)))
    >>> [assess_in_turn([shipped], {(1, 1): s.plus(80.0)})[shipped].verdict for s in (counting, position)]
    ['pass', 'hold']
    """
    added = {}
    verdicts = {}
    for request in requests:
        position = positions[request.customer]
        if added:
            position = position.plus(
                added.get(request.customer, 0.0), lambda key: added.get(key, 0)
            )
        more = position.adds(request)
        if request.source in position.policy.sources:
            more = request.amount - more
            verdicts[request] = assess(replace(request, schedule=()), position.less(request))
        else:
            verdicts[request] = assess(request, position)
        if verdicts[request].verdict != "hold":
            for key in (request.customer, *(group.key for group in position.groups)):
                added[key] = added.get(key, 0.0) + more
    return verdicts


def measure_releases(releases, positions):
    """Figures after each release, including those before it; no rules are checked.

    :param releases: pairs of a request and the amount released, which may be higher
    :param positions: ``{(partner_id, company_id): Position}``
    :return: list of :class:`Assessment` without reasons

    >>> position = Position("limited", credit_limit=100.0, exposure=80.0)
    >>> requests = CreditRequest(1, 1, 30.0, document=("o", 1)), CreditRequest(1, 1, 30.0, document=("o", 2))
    >>> [found.excess for found in measure_releases([(request, 40.0) for request in requests], {(1, 1): position})]
    [20.0, 60.0]
    >>> sold = CreditRequest(1, 1, 30.0, source="ordered")
    >>> counting = replace(position, policy=Policy(sources=("ordered",)))
    >>> measure_releases([(sold, 60.0)], {(1, 1): counting})[0].excess
    10.0
    """
    added = {}
    found = []
    for request, amount in releases:
        position = positions[request.customer]
        position = position.plus(added.get(request.customer, 0.0), lambda key: added.get(key, 0.0))
        if request.source in position.policy.sources:
            position = position.less(request)
            more = position.adds(request.part(amount)) - position.adds(request)
        else:
            more = position.adds(request.part(amount))
        found.append(Assessment(request.part(amount), position))
        for key in (request.customer, *(group.key for group in position.groups)):
            added[key] = added.get(key, 0.0) + more
    return found
