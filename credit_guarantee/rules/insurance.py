"""Dates of a contract with a credit insurer."""

from datetime import timedelta


def stop_date(due, declared, extension_days, declaration_days):
    """The first day without cover for new deliveries because of an unpaid item, or ``None``.

    :param date due: of the item
    :param bool declared: the item was declared to the insurer
    :param extension_days: days after the due date during which deliveries are still covered; 0 for no such term
    :param declaration_days: days after the due date within which an unpaid item is declared; 0 for no such term

    >>> from datetime import date
    >>> stop_date(date(2026, 1, 31), False, 60, 30)
    datetime.date(2026, 3, 3)
    >>> stop_date(date(2026, 1, 31), True, 60, 30)
    datetime.date(2026, 4, 2)
    >>> stop_date(date(2026, 1, 31), True, 0, 30) is None
    True
    """
    terms = [extension_days, 0 if declared else declaration_days]
    days = [days for days in terms if days]
    return due + timedelta(min(days) + 1) if days else None


def find_next_step(due, declared, handed_over, declaration_days, handover_days):
    """What an unpaid item needs next, and by when: ``("declare", day)``, ``("hand_over", day)`` or ``("", None)``.

    >>> from datetime import date
    >>> find_next_step(date(2026, 1, 31), False, False, 30, 90)
    ('declare', datetime.date(2026, 3, 2))
    >>> find_next_step(date(2026, 1, 31), True, False, 30, 90)
    ('hand_over', datetime.date(2026, 5, 1))
    >>> find_next_step(date(2026, 1, 31), True, True, 30, 90)
    ('', None)
    """
    if declaration_days and not declared and not handed_over:
        return "declare", due + timedelta(declaration_days)
    if handover_days and not handed_over:
        return "hand_over", due + timedelta(handover_days)
    return "", None
