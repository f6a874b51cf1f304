"""What a collector may grant a customer alone."""

#: kinds of concessions: days until the money comes, instalments, share of discount (%), late charges waived (amount)
KINDS = ("days", "instalments", "discount", "waiver")


def choose(margins, class_id, portfolio_id):
    """The margin that counts for a customer: of its portfolio and class, else of its portfolio, its class, else of everybody.

    :param margins: rows ``(id, class id or None, portfolio id or None)``
    :return: an id, or ``None``

    >>> margins = [(1, None, None), (2, 5, None), (3, None, 7), (4, 5, 7)]
    >>> [choose(margins, *customer) for customer in ((5, 7), (6, 7), (5, 8), (6, 8))]
    [4, 3, 2, 1]
    >>> choose([(2, 5, None)], 6, 7)
    """
    fitting = [
        (portfolio is not None, of_class is not None, -number)
        for number, of_class, portfolio in margins
        if of_class in (None, class_id) and portfolio in (None, portfolio_id)
    ]
    return -max(fitting)[2] if fitting else None


def is_within(asked, margin, granted=()):
    """Whether a concession needs nobody else: it is within the margin, or somebody granted as much.

    :param margin: ``None`` where there is none: everything is within it
    :param granted: what managers granted this customer

    >>> is_within(30, 30), is_within(31, 30), is_within(31, 30, granted=(40,))
    (True, False, True)
    >>> is_within(1000, None)
    True
    """
    return margin is None or asked <= margin or any(asked <= figure for figure in granted)
