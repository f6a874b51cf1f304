"""A loss and the tax in it that is recovered."""

from .provision import provision


def split_loss(amount: float, share: float, taxes: tuple[float, ...], decimals: int = 2) -> tuple:
    """The loss without taxes and the tax of each tax line; together the amount, in one currency.

    :param share: the part of the document without taxes
    :param taxes: the tax lines of the document, as amounts; the tax is shared between them, the last takes the cent
    :return: ``(loss, (tax, …))``

    >>> split_loss(8400.0, 10000 / 12000, (2000.0,)) # the remainder of D 4.7
    (7000.0, (1400.0,))
    >>> split_loss(100.0, 1.0, ())
    (100.0, ())
    >>> split_loss(100.0, 0.8, (10.0, 10.0, 10.0))
    (80.0, (6.67, 6.67, 6.66))
    """
    if not taxes or not sum(taxes):
        return amount, ()
    loss = provision(amount, share, 100.0, decimals)
    tax = round(amount - loss, decimals)
    parts = [round(tax * part / sum(taxes), decimals) for part in taxes[:-1]]
    return loss, (*parts, round(tax - sum(parts), decimals))
