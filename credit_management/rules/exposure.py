"""Which sums count as exposure. Sums of a customer are read by source, and by how far ahead they are due."""

import math


def sums_that_count(sources, names, horizon_days=None):
    """The sums that a way to count adds up: pairs ``(source, days)``, where ``days`` is how far ahead it may be due.

    :param sources: ``{key: source}``, a source with ``name``, ``in_horizon`` and ``unless``, names of the sources that
        stand for it where they count
    :param names: names of the sources that count
    :param horizon_days: how far ahead orders count; ``None``: all of them

    >>> from types import SimpleNamespace
    >>> nothing = frozenset()
    >>> sources = {
    ...     "receivable": SimpleNamespace(name="receivable", in_horizon=False, unless=nothing),
    ...     "draft_of_order": SimpleNamespace(name="draft_invoice", in_horizon=False, unless=frozenset({"ordered"})),
    ...     "ordered": SimpleNamespace(name="ordered", in_horizon=True, unless=nothing)}
    >>> sums_that_count(sources, {"receivable", "draft_invoice", "ordered"}, 30)
    (('receivable', None), ('ordered', 30))
    >>> sums_that_count(sources, {"receivable", "draft_invoice"}, 30)
    (('receivable', None), ('draft_of_order', None))
    """
    return tuple(
        (key, horizon_days if source.in_horizon else None)
        for key, source in sources.items()
        if is_counted(source, names)
    )


def is_counted(source, names):
    """Whether a source counts among those of some names.

    >>> from types import SimpleNamespace
    >>> draft = SimpleNamespace(name="draft_invoice", unless=frozenset({"ordered"}))
    >>> is_counted(draft, {"draft_invoice"}), is_counted(draft, {"draft_invoice", "ordered"}), is_counted(draft, {"ordered"})
    (True, False, False)
    """
    return source.name in names and source.unless.isdisjoint(names)


def add_up(amounts, decimals):
    """The sum of amounts of a currency, without what binary fractions leave over.

    >>> add_up([0.1, 0.2], 2), add_up([], 2)
    (0.3, 0.0)
    """
    return round(math.fsum(amounts), decimals)
