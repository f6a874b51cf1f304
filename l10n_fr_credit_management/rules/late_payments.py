"""The tables of late payments of the management report: code de commerce, L441-14, D441-6 and annexe 4-1 (A441-2).

The words of the decree are in French, in whatever language the rest is read.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

#: last day late of each bracket but the last; the first one is for information and not in the total
_LAST_DAYS = (0, 30, 60, 90)

COLUMNS = (
    "0 jour (indicatif)",
    "1 à 30 jours",
    "31 à 60 jours",
    "61 à 90 jours",
    "91 jours et plus",
    "Total (1 jour et plus)",
)

TITLES = {
    "open": "Factures reçues et émises non réglées à la date de clôture de l'exercice dont le terme est échu",
    "year": "Factures reçues et émises ayant connu un retard de paiement au cours de l'exercice",
}

BLOCKS = {
    ("open", "received"): (
        "Article D. 441-6 I 1° : Factures reçues non réglées à la date de clôture de l'exercice dont le terme est échu"
    ),
    ("open", "issued"): (
        "Article D. 441-6 I 2° : Factures émises non réglées à la date de clôture de l'exercice dont le terme est échu"
    ),
    ("year", "received"): (
        "Article D. 441-6 II : Factures reçues ayant connu un retard de paiement au cours de l'exercice"
    ),
    ("year", "issued"): (
        "Article D. 441-6 II : Factures émises ayant connu un retard de paiement au cours de l'exercice"
    ),
}

BRACKETS = "(A) Tranches de retard de paiement"
EXCLUDED = "(B) Factures exclues du (A) relatives à des dettes et créances litigieuses ou non comptabilisées"
TERMS = "(C) Délais de paiement de référence utilisés (contractuel ou délai légal, articles L. 441-10 et L. 441-11)"
TERMS_USED = "Délais contractuels : échéance de chaque facture"


@dataclass(frozen=True)
class Lot:
    """Invoices equally late: days late, whether disputed, how many and their amount."""

    days: int
    disputed: bool
    count: int
    amount: Decimal | float


@dataclass(frozen=True)
class Block:
    """The received or the issued invoices of a table. Amounts are in the currency of the company.

    ``counts``, ``amounts`` and ``percents`` have one value for each of ``COLUMNS``; a percentage without base is ``None``.
    """

    counts: tuple
    amounts: tuple
    percents: tuple
    count_percent: Decimal | None
    excluded_count: int
    excluded_amount: Decimal
    base: Decimal


def bracket(days) -> int:
    """The column of a number of days late.

    >>> [bracket(days) for days in (0, 1, 30, 31, 60, 61, 90, 91, 400)]
    [0, 1, 1, 2, 2, 3, 3, 4, 4]
    """
    return sum(days > last for last in _LAST_DAYS)


def percent(part, whole) -> Decimal | None:
    """A percentage with two decimals, none of nothing.

    >>> percent(10000, 6000000), percent(90000, 6000000), percent(5, 0)
    (Decimal('0.17'), Decimal('1.50'), None)
    """
    if not whole:
        return None
    return _round(_exact(part) * 100 / _exact(whole), 2)


def build_block(lots, base, base_count=0, places=2) -> Block:
    """Sort lots into the brackets.

    Each bracket is rounded, and the total is their sum, so that the printed table adds up; the percentage of the total is
    computed from the total.

    :param base: purchases or turnover of the year; ``base_count``: invoices of the year; ``places``: decimals of the currency

    At 31 December 2025, with a turnover of 6 000 000:

    >>> late = (0, 10000), (21, 20000), (46, 30000), (87, 15000), (213, 25000)
    >>> lots = [Lot(days, False, 1, Decimal(amount)) for days, amount in late]
    >>> block = build_block([*lots, Lot(40, True, 1, Decimal(12000))], Decimal(6000000), 50, 0)
    >>> block.counts, [int(amount) for amount in block.amounts]
    ((1, 1, 1, 1, 1, 4), [10000, 20000, 30000, 15000, 25000, 90000])
    >>> [str(each) for each in block.percents], str(block.count_percent)
    (['0.17', '0.33', '0.50', '0.25', '0.42', '1.50'], '8.00')
    >>> block.excluded_count, str(block.excluded_amount)
    (1, '12000')
    """
    counts, sums = [0] * len(COLUMNS[:-1]), [Decimal(0)] * len(COLUMNS[:-1])
    kept = [lot for lot in lots if not lot.disputed]
    excluded = [lot for lot in lots if lot.disputed]
    for lot in kept:
        column = bracket(lot.days)
        counts[column] += lot.count
        sums[column] += _exact(lot.amount)
    counts.append(sum(counts[1:]))
    amounts = [_round(each, places) for each in sums]
    amounts.append(sum(amounts[1:]))
    return Block(
        counts=tuple(counts),
        amounts=tuple(amounts),
        percents=tuple(percent(amount, base) for amount in amounts),
        count_percent=percent(counts[-1], base_count),
        excluded_count=sum(lot.count for lot in excluded),
        excluded_amount=_round(sum(_exact(lot.amount) for lot in excluded), places),
        base=_round(base, places),
    )


def labels(variant, direction, tax) -> dict:
    """The words of the rows, with HT or TTC as the company states it.

    >>> labels("open", "issued", "incl")["percent"]
    "Pourcentage du chiffre d'affaires de l'exercice (TTC)"
    >>> labels("year", "received", "excl")["amount"]
    'Montant cumulé des factures concernées (HT)'
    """
    mark = f"({'TTC' if tax == 'incl' else 'HT'})"
    word = "reçues" if direction == "received" else "émises"
    of_year = f"des factures {word} dans l'année"
    base = (
        "montant total des achats de l'exercice"
        if direction == "received"
        else "chiffre d'affaires de l'exercice"
    )
    return {
        "count": f"Nombre {'cumulé ' if variant == 'year' else ''}de factures concernées",
        "amount": f"Montant {'cumulé' if variant == 'year' else 'total'} des factures concernées {mark}",
        "percent": f"Pourcentage du montant total {of_year} {mark}"
        if variant == "year"
        else f"Pourcentage du {base} {mark}",
        "count_percent": f"Pourcentage du nombre total {of_year}",
        "excluded_count": "Nombre des factures exclues",
        "excluded_amount": f"Montant total des factures exclues {mark}",
        "base": f"{base[0].upper()}{base[1:]} {mark}"
        if variant == "open"
        else f"Montant total {of_year} {mark}",
    }


def _exact(value):
    """The decimal number that a float stands for."""
    return Decimal(str(value))


def _round(value, places):
    return _exact(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
