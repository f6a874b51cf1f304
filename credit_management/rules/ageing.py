"""Ageing of receivables: amounts not yet due, and overdue by number of days."""

#: upper bound, in days late, of each group except the last; the first group is not yet due
LAST_DAYS = (0, 30, 60, 90)


def group_by_age(items, today):
    """Sums of receivables by their days past due.

    :param items: pairs ``(due date, amount)``; credits are negative
    :return: sums not due, 1 to 30, 31 to 60, 61 to 90, and more than 90 days late

    >>> from datetime import date
    >>> items = [(date(2026, 3, 31), 100.0), (date(2026, 3, 30), 40.0), (date(2026, 2, 28), 7.0), (date(2025, 1, 1), 9.0)]
    >>> group_by_age(items, date(2026, 3, 31))
    (100.0, 40.0, 7.0, 0.0, 9.0)
    >>> group_by_age([], date(2026, 3, 31))
    (0.0, 0.0, 0.0, 0.0, 0.0)
    """
    sums = [0.0] * (len(LAST_DAYS) + 1)
    for due, amount in items:
        sums[find_group((today - due).days)] += amount
    return tuple(sums)


def find_group(days_late):
    """The index of an item's age group.

    >>> [find_group(days) for days in (-5, 0, 1, 30, 31, 90, 91)]
    [0, 0, 1, 1, 2, 3, 4]
    """
    return sum(days_late > last for last in LAST_DAYS)


def share_out(sums):
    """Each sum as a percentage of the positive sums: the widths of a bar.

    >>> share_out((75.0, 25.0, -10.0))
    (75.0, 25.0, 0.0)
    >>> share_out((0.0, -5.0))
    (0.0, 0.0)
    """
    total = sum(amount for amount in sums if amount > 0)
    return tuple(100 * max(amount, 0.0) / total if total else 0.0 for amount in sums)
