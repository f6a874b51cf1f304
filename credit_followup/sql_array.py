"""Thousands of numbers for one query."""


def sql_array(numbers):
    """The literal of an array of numbers, ``None`` is ``NULL``: for ``%s::int[]``.

    The driver makes an expression of a list, ``ARRAY[1, 2]``, which takes it and PostgreSQL longer than the query.

    >>> sql_array([1, None, 2.5])
    '{1,NULL,2.5}'
    """
    return f"{{{','.join(['NULL' if number is None else str(number) for number in numbers])}}}"
