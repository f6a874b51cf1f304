"""The reference and the QR code of a payment for several items: ISO 11649 and EPC069-12, version 2 (SEPA credit transfer)."""

import re

#: largest amount of a SEPA credit transfer
LARGEST = 999999999.99
#: what a reference stands for: a reminder, or the account of a customer
KINDS = ("N", "C")
_REFERENCE = re.compile(r"RF\d\d([A-Z])(\d+)")


def is_payable(amount):
    """Whether an amount can be transferred.

    >>> is_payable(0.01), is_payable(0.0), is_payable(1e9)
    (True, False, False)
    """
    return 0 < round(amount, 2) <= LARGEST


def read_reference(reference):
    """``(kind, id)`` of a reference of ours; ``None`` for any other.

    >>> read_reference("RF12 N 345"), read_reference("rf12c7"), read_reference("RF18539007547034"), read_reference("INV/1")
    (('N', 345), ('C', 7), None, None)
    """
    found = _REFERENCE.fullmatch("".join((reference or "").upper().split()))
    return (found[1], int(found[2])) if found and found[1] in KINDS else None


def payload(values, amount):
    """The text of the code: Odoo's lines with the lengths and the amount of the standard.

    >>> lines = ["BCD", "002", "1", "SCT", "", "N" * 80, "FR76", "EUR12.0", "", "RF18539007547034", "", ""]
    >>> text = payload(lines, 1234.5).split("\\n")
    >>> len(text[5]), text[7], len(text)
    (70, 'EUR1234.50', 12)
    """
    lines = [" ".join(str(value).split()) for value in values]
    lines[5] = lines[5][:70]
    lines[7] = f"EUR{amount:.2f}"
    lines[10] = lines[10][:140]
    return "\n".join(lines)
