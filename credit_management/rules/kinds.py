"""The kinds of rules: everything other code needs to know about a kind is in one object.

A function takes ``(rule, position, request)`` and returns ``(figure, threshold)`` when the rule applies, else ``None``.
Add-ons define kinds through ``credit.policy.rule._get_kinds``. Amounts are in the root company's currency, taxes
included.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from .limits import excess_over


def _lt(text):
    """Mark an English text for export; the models translate it."""
    return text


#: what is read of every customer or document on request, without an add-on
FACTS = frozenset({"late_sums", "oldest_item_days", "payment_days"})
_PLACEHOLDERS = re.compile(r"%%|%\((?:figure|threshold)\)s")


@dataclass(frozen=True)
class RuleKind:
    """A kind of rule.

    ``label`` appears in the list of kinds; ``sentence`` is the reason for credit users, with the placeholders
    ``figure`` and ``threshold``; ``public`` the same for salespeople, without figures. All three in English, marked by
    ``_lt``.

    ``settings``: fields of a rule that the function reads and the form shows: ``threshold``, ``days``, ``status``, or
    an add-on's; ``is_delay``: the threshold is a number of days of delay and may be 0. ``unit`` of the figures:
    ``amount``, ``days``, ``percent``, ``status``, or an add-on's.

    ``facts``: what must be read of the customer or the document in addition to what every rule gets: ``late_sums``,
    ``oldest_item_days``, ``payment_days``, or a fact of an add-on. Facts are read if a kind in use lists them; a
    missing one is an error.

    ``of_groups``: also checked at each group with a shared limit. ``is_about_document``: independent of the customer.
    ``cured_by``: ``deposit``, paid with the document; ``payment`` of overdue items; empty if money does not help.
    ``room``: by how much the exposure must fall, as a function of the reason, the position (customer or group) at which
    it applies, and the amount added.
    """

    name: str
    function: Callable
    label: str
    sentence: str = ""
    public: str = ""
    unit: str = "amount"
    settings: frozenset = frozenset()
    is_delay: bool = False
    facts: frozenset = frozenset()
    of_groups: bool = False
    is_about_document: bool = False
    cured_by: str = ""
    room: Callable | None = None

    def __post_init__(self):
        """Refuse a sentence that could not be shown when the first document is held.

        >>> RuleKind("share", always, "Share", "More than 20 % of %(figure)s.")
        Traceback (most recent call last):
        ValueError: The kind of rule "share" has the sentence "More than 20 % of %(figure)s.": write %% for a per cent sign, and no placeholders but %(figure)s and %(threshold)s.
        >>> RuleKind("share", always, "Share", "More than 20 %% of %(figure)s.").name
        'share'
        """
        if "%" in _PLACEHOLDERS.sub("", self.sentence):
            raise ValueError(
                f'The kind of rule "{self.name}" has the sentence "{self.sentence}":'
                " write %% for a per cent sign, and no placeholders but %(figure)s and %(threshold)s."
            )

    def get_faults(self, units, settings, facts):
        """What keeps it from being judged or shown, in sentences.

        >>> kind = RuleKind("share", always, "Share", unit="pieces", settings=frozenset({"size"}), facts=frozenset({"weather"}))
        >>> for sentence in kind.get_faults({"amount"}, {"threshold"}, FACTS):
        ...     print(sentence)
        The kind of rule "share" has the unit "pieces", which is not in _get_units.
        The kind of rule "share" has the setting "size", which is no field of credit.policy.rule.
        The kind of rule "share" needs the fact "weather", which is not in _get_fact_readers.
        """
        known = (
            ("has the unit", {self.unit} - set(units), "not in _get_units"),
            ("has the setting", self.settings - set(settings), "no field of credit.policy.rule"),
            ("needs the fact", self.facts - set(facts), "not in _get_fact_readers"),
        )
        return [
            f'The kind of rule "{self.name}" {what} "{name}", which is {where}.'
            for what, names, where in known
            for name in sorted(names)
        ]

    @property
    def module(self):
        """The add-on that defines it and translates its texts."""
        parts = self.function.__module__.split(".")
        return parts[2] if parts[:2] == ["odoo", "addons"] else parts[0]


#: status of a customer, by increasing severity
STATUSES = ("normal", "watch", "blocked", "legal")


def over_limit(rule, position, request):
    """Exposure and document together exceed the limit plus the tolerance (percent).

    >>> from .assessment import CreditRequest, Rule, Position
    >>> position = Position(credit_mode="limited", credit_limit=1000.0, exposure=900.0)
    >>> over_limit(Rule("over_limit"), position, CreditRequest(1, 1, 100.0)) is None
    True
    >>> over_limit(Rule("over_limit"), position, CreditRequest(1, 1, 150.0))
    (1050.0, 1000.0)
    >>> over_limit(Rule("over_limit", tolerance=5.0), position, CreditRequest(1, 1, 150.0)) is None
    True
    """
    added = position.adds(request)
    if position.credit_limit is None or added < position.rounding / 2:
        return None
    ceiling = position.credit_limit * (1 + rule.tolerance / 100)
    if not excess_over(ceiling, position.exposure, added, position.rounding):
        return None
    return position.exposure + added, position.credit_limit


def limit_used(rule, position, request):
    """With the document, more than the threshold (percent) of the limit is used.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> position = Position(credit_mode="limited", credit_limit=1000.0, exposure=700.0)
    >>> limit_used(Rule("limit_used", threshold=80), position, CreditRequest(1, 1, 100.0)) is None
    True
    >>> limit_used(Rule("limit_used", threshold=80), position, CreditRequest(1, 1, 150.0))
    (85.0, 80)
    >>> limit_used(Rule("limit_used", threshold=80), Position(credit_limit=0.0), CreditRequest(1, 1, 1.0)) # no credit at all
    (100.0, 80)
    """
    added = position.adds(request)
    limit = position.credit_limit
    if limit is None or added < position.rounding / 2:
        return None
    ceiling = limit * rule.threshold / 100
    if not excess_over(ceiling, position.exposure, added, position.rounding):
        return None
    # with a limit of 0, the first cent uses all of it
    used = 100 * (position.exposure + added) / limit if limit else max(100.0, rule.threshold)
    return used, rule.threshold


def overdue_days(rule, position, request):
    """The oldest unpaid item is overdue by more days than threshold plus grace.

    >>> from .assessment import CreditRequest, Policy, Rule, Position
    >>> rule = Rule("overdue_days", threshold=30)
    >>> overdue_days(rule, Position(oldest_due_days=30), CreditRequest(1, 1, 1.0)) is None
    True
    >>> overdue_days(rule, Position(oldest_due_days=31), CreditRequest(1, 1, 1.0))
    (31, 30)
    >>> overdue_days(rule, Position(oldest_due_days=31, policy=Policy(grace_days=5)), CreditRequest(1, 1, 1.0)) is None
    True
    """
    tolerated = rule.threshold + position.policy.grace_days
    return (position.oldest_due_days, tolerated) if position.oldest_due_days > tolerated else None


def overdue_amount(rule, position, request):
    """Items overdue by more than the rule's days plus grace, net of credits, exceed the threshold (company currency).

    >>> from .assessment import CreditRequest, Rule, Position
    >>> overdue_amount(Rule("overdue_amount", threshold=500), Position(overdue=500.0), CreditRequest(1, 1, 1.0)) is None
    True
    >>> overdue_amount(Rule("overdue_amount", threshold=0), Position(overdue=20.0), CreditRequest(1, 1, 1.0))
    (20.0, 0)
    """
    late = position.overdue_beyond(rule.days + position.policy.grace_days)
    return (late, rule.threshold) if late - rule.threshold >= position.rounding / 2 else None


def overdue_share(rule, position, request):
    """Items overdue by more than the rule's days plus grace exceed the threshold, in percent of the open balance.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> position = Position(overdue=300.0, receivable=1000.0, late=((10, 200.0),))
    >>> overdue_share(Rule("overdue_share", threshold=15, days=10), position, CreditRequest(1, 1, 1.0))
    (20.0, 15)
    >>> overdue_share(Rule("overdue_share", threshold=20, days=10), position, CreditRequest(1, 1, 1.0)) is None
    True
    """
    late = position.overdue_beyond(rule.days + position.policy.grace_days)
    if late < position.rounding / 2:
        return None
    # unallocated credits can make the balance smaller than the overdue amount: then all of it is overdue
    share = round(min(100 * late / max(position.receivable, late), 100.0), 2)
    return (share, rule.threshold) if share > rule.threshold else None


def oldest_item_days(rule, position, request):
    """The oldest unpaid item, due or not, is older than the threshold, in days from its date.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> oldest_item_days(Rule("oldest_item_days", threshold=90), Position(oldest_item_days=91), CreditRequest(1, 1, 1.0))
    (91, 90)
    """
    days = position.oldest_item_days
    return (days, rule.threshold) if days > rule.threshold else None


def order_amount(rule, position, request):
    """The document is larger than the threshold (company currency).

    >>> from .assessment import CreditRequest, Rule, Position
    >>> order_amount(Rule("order_amount", threshold=500), Position(), CreditRequest(1, 1, 500.0)) is None
    True
    >>> order_amount(Rule("order_amount", threshold=500), Position(), CreditRequest(1, 1, 500.01))
    (500.01, 500)
    >>> order_amount(Rule("order_amount", threshold=500), Position(), CreditRequest(1, 1, 20.0, total=510.0))
    (510.0, 500)
    """
    above = request.size - rule.threshold >= position.rounding / 2
    return (request.size, rule.threshold) if above else None


def order_below(rule, position, request):
    """The document does not exceed the threshold: small amounts that need no check.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> order_below(Rule("order_below", "exempt", threshold=50), Position(), CreditRequest(1, 1, 50.0))
    (50.0, 50)
    """
    return None if order_amount(rule, position, request) else (request.size, rule.threshold)


def status(rule, position, request):
    """The status of the customer or its group is at least as severe as the rule's.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> rule = Rule("status", status="blocked")
    >>> status(rule, Position(status="watch"), CreditRequest(1, 1, 1.0)) is None
    True
    >>> status(rule, Position(status="legal"), CreditRequest(1, 1, 1.0))
    (3, 2)
    """
    figure, threshold = STATUSES.index(position.status), STATUSES.index(rule.status)
    return (figure, threshold) if figure >= threshold else None


def prepaid_only(rule, position, request):
    """The customer is on prepayment and part of the document is unpaid.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> prepaid_only(Rule("prepaid_only"), Position(credit_mode="prepaid"), CreditRequest(1, 1, 80.0))
    (80.0, 0.0)
    >>> prepaid_only(Rule("prepaid_only"), Position(credit_mode="limited"), CreditRequest(1, 1, 80.0)) is None
    True
    """
    return (request.amount, 0.0) if position.credit_mode == "prepaid" else None


def payment_term(rule, position, request):
    """The payment terms are longer than agreed with the customer, or else than the threshold, in days.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> rule = Rule("payment_term", threshold=30)
    >>> payment_term(rule, Position(), CreditRequest(1, 1, 1.0, payment_days=45))
    (45, 30)
    >>> payment_term(rule, Position(payment_days=60), CreditRequest(1, 1, 1.0, payment_days=45)) is None
    True
    """
    longest = rule.threshold if position.payment_days is None else position.payment_days
    return (request.payment_days, longest) if request.payment_days > longest else None


def limit_expired(rule, position, request):
    """The limit expired more days ago than threshold plus grace.

    >>> from datetime import date
    >>> from .assessment import CreditRequest, Rule, Position
    >>> position = Position(today=date(2026, 7, 3), limit_expiry=date(2026, 6, 30))
    >>> limit_expired(Rule("limit_expired"), position, CreditRequest(1, 1, 1.0))
    (3, 0.0)
    """
    return _days_over(position.limit_expiry, rule, position)


def review_due(rule, position, request):
    """The review was due more days ago than threshold plus grace.

    >>> from datetime import date
    >>> from .assessment import CreditRequest, Rule, Position
    >>> position = Position(today=date(2026, 7, 3), review_date=date(2026, 7, 3))
    >>> review_due(Rule("review_due"), position, CreditRequest(1, 1, 1.0)) is None
    True
    """
    return _days_over(position.review_date, rule, position)


def _days_over(day, rule, position):
    """``(days since day, days tolerated)`` once threshold and grace have passed, otherwise ``None``."""
    tolerated = rule.threshold + position.policy.grace_days
    if not day or position.today <= day + timedelta(tolerated):
        return None
    return (position.today - day).days, tolerated


def no_limit_yet(rule, position, request):
    """There is no credit decision for the customer: neither a limit, nor to sell without one.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> no_limit_yet(Rule("no_limit_yet"), Position(undecided=True), CreditRequest(1, 1, 80.0))
    (80.0, 0.0)
    """
    undecided = position.undecided and position.credit_mode != "prepaid"
    return (request.amount, 0.0) if undecided else None


def intercompany(rule, position, request):
    """The customer is one of our own companies.

    >>> from .assessment import CreditRequest, Policy, Rule, Position
    >>> ours = Position(policy=Policy(intercompany=frozenset({1})))
    >>> intercompany(Rule("intercompany", "exempt"), ours, CreditRequest(1, 1, 80.0))
    (80.0, 0.0)
    """
    ours = request.partner_id in position.policy.intercompany
    return (request.amount, 0.0) if ours else None


def always(rule, position, request):
    """Every document in the rule's scope.

    >>> from .assessment import CreditRequest, Rule, Position
    >>> always(Rule("always"), Position(), CreditRequest(1, 1, 80.0))
    (80.0, 0.0)
    """
    return request.amount, 0.0


_OVERDUE = _lt("Invoices are overdue.")
_THRESHOLD = frozenset({"threshold"})
_LATE = frozenset({"threshold", "days"})

#: in the order of the selection list
KINDS = {
    kind.name: kind
    for kind in (
        RuleKind(
            "over_limit",
            over_limit,
            _lt("Exposure over the limit"),
            _lt("With this document, the exposure is %(figure)s; the limit is %(threshold)s."),
            _lt("The credit limit is used up."),
            of_groups=True,
            cured_by="deposit",
            room=lambda reason, measured, added: (
                measured.exposure + added - (measured.credit_limit or 0.0)
            ),
        ),
        RuleKind(
            "limit_used",
            limit_used,
            _lt("Percent of the limit used above"),
            _lt("With this document, %(figure)s of the limit is used; %(threshold)s allowed."),
            _lt("The credit limit is nearly used up."),
            unit="percent",
            settings=_THRESHOLD,
            of_groups=True,
            cured_by="deposit",
            room=lambda reason, measured, added: (
                measured.exposure + added - (measured.credit_limit or 0.0) * reason.threshold / 100
            ),
        ),
        RuleKind(
            "overdue_days",
            overdue_days,
            _lt("Days overdue above"),
            _lt("The oldest item is %(figure)s day(s) overdue; %(threshold)s allowed."),
            _OVERDUE,
            unit="days",
            settings=_THRESHOLD,
            cured_by="payment",
        ),
        RuleKind(
            "overdue_amount",
            overdue_amount,
            _lt("Overdue amount above"),
            _lt("Overdue: %(figure)s; %(threshold)s allowed."),
            _OVERDUE,
            settings=_LATE,
            facts=frozenset({"late_sums"}),
            cured_by="payment",
        ),
        RuleKind(
            "overdue_share",
            overdue_share,
            _lt("Percent of the balance overdue above"),
            _lt("%(figure)s of the open balance is overdue; %(threshold)s allowed."),
            _OVERDUE,
            unit="percent",
            settings=_LATE,
            facts=frozenset({"late_sums"}),
            cured_by="payment",
        ),
        RuleKind(
            "oldest_item_days",
            oldest_item_days,
            _lt("Age of the oldest open item above"),
            _lt("The oldest open item is %(figure)s day(s) old; %(threshold)s allowed."),
            _lt("An invoice has been open for a long time."),
            unit="days",
            settings=_THRESHOLD,
            facts=frozenset({"oldest_item_days"}),
        ),
        RuleKind(
            "order_amount",
            order_amount,
            _lt("Amount of the document above"),
            _lt("The total is %(figure)s; documents above %(threshold)s must be reviewed."),
            settings=_THRESHOLD,
            is_about_document=True,
        ),
        RuleKind(
            "status",
            status,
            _lt("Status of the customer"),
            _lt("The status of the customer is: %(figure)s."),
            _lt("The customer is on watch."),
            unit="status",
            settings=frozenset({"status"}),
            of_groups=True,
        ),
        RuleKind(
            "prepaid_only",
            prepaid_only,
            _lt("Customer on prepayment"),
            _lt("The customer is on prepayment; %(figure)s is not paid yet."),
            _lt("On prepayment."),
            cured_by="deposit",
            room=lambda reason, measured, added: reason.figure,
        ),
        RuleKind(
            "payment_term",
            payment_term,
            _lt("Payment terms longer than"),
            _lt("Payment terms: %(figure)s day(s); %(threshold)s allowed."),
            unit="days",
            settings=_THRESHOLD,
            facts=frozenset({"payment_days"}),
            is_about_document=True,
        ),
        RuleKind(
            "limit_expired",
            limit_expired,
            _lt("Limit expired"),
            _lt("The credit limit expired %(figure)s day(s) ago."),
            _lt("The credit limit has expired."),
            unit="days",
            settings=_THRESHOLD,
            is_delay=True,
        ),
        RuleKind(
            "review_due",
            review_due,
            _lt("Review due"),
            _lt("The review of the customer was due %(figure)s day(s) ago."),
            _lt("The credit review is due."),
            unit="days",
            settings=_THRESHOLD,
            is_delay=True,
        ),
        RuleKind(
            "no_limit_yet",
            no_limit_yet,
            _lt("Customer without a credit decision"),
            _lt("No credit decision has been made for this customer yet."),
            _lt("No credit limit has been decided yet."),
        ),
        RuleKind(
            "order_below",
            order_below,
            _lt("Amount of the document up to"),
            _lt("The total is %(figure)s, within %(threshold)s."),
            settings=_THRESHOLD,
            is_about_document=True,
        ),
        RuleKind(
            "intercompany",
            intercompany,
            _lt("Customer is one of our companies"),
            _lt("The customer is one of our companies."),
        ),
        RuleKind(
            "always",
            always,
            _lt("Every document"),
            _lt("A credit controller reviews every document of this customer."),
        ),
    )
}
