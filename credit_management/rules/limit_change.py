"""A new limit from the one in force: set, raised or lowered, then rounded. All amounts in the same currency."""

import math

_ROUNDERS = {"up": math.ceil, "down": math.floor, "nearest": lambda steps: math.floor(steps + 0.5)}


def changed_limit(current, method, value, step=0.0, direction="nearest"):
    """The new limit; ``None`` if there is none to change. It may be negative, which the caller refuses.

    :param current: limit in force, ``None`` when unlimited
    :param method: ``set`` to ``value``, ``add`` it, or change by ``value`` ``percent``
    :param step: round the new limit to a multiple of it, 0 for none; a set amount is not rounded
    :param direction: ``up``, ``down`` or ``nearest``

    >>> changed_limit(1000.0, "set", 1234.0, 100.0), changed_limit(None, "set", 500.0)
    (1234.0, 500.0)
    >>> changed_limit(1000.0, "add", -250.0), changed_limit(1000.0, "add", -1250.0)
    (750.0, -250.0)
    >>> [changed_limit(1000.0, "percent", 12.0, 50.0, direction) for direction in ("nearest", "up", "down")]
    [1100.0, 1150.0, 1100.0]
    >>> changed_limit(1000.0, "percent", 10.0, 100.0, "up")
    1100.0
    >>> changed_limit(None, "percent", 10.0) is None
    True
    """
    if method == "set":
        return value
    if current is None:
        return None
    changed = current + value if method == "add" else current * (100 + value) / 100
    if step <= 0:
        return changed
    return _ROUNDERS[direction](round(changed / step, 9)) * step
