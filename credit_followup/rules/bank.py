"""Whether bank data are up to date, so that customers who have paid are not reminded."""


def bank_is_behind(today, last_line, unmatched, *, max_days, max_unmatched):
    """Why reminders wait for the bank: ``never``, ``old``, ``unmatched`` or an empty string.

    :param last_line: date of the last bank statement line, or ``None``
    :param unmatched: number of unmatched receipts

    >>> from datetime import date
    >>> def behind(last_line, unmatched=0):
    ...     day = last_line and date(2026, 3, last_line)
    ...     return bank_is_behind(date(2026, 3, 9), day, unmatched, max_days=3, max_unmatched=10)
    >>> behind(9), behind(6), behind(5), behind(None)
    ('', '', 'old', 'never')
    >>> behind(9, 10), behind(9, 11)
    ('', 'unmatched')
    """
    if not last_line:
        return "never"
    if (today - last_line).days > max_days:
        return "old"
    return "unmatched" if unmatched > max_unmatched else ""
