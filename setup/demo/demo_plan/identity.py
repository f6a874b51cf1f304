"""French company numbers that check, made from a name.

A number that checks is not a number that exists. The first digits are taken where
few numbers were ever given, so that a real company is seldom met.
"""

from random import Random

from stdnum import luhn
from stdnum.fr import siren as fr_siren

from .tables import keyed

FRANCE = "1527"  # the letters as numbers


def siren(code):
    """Nine digits, the last of which is the Luhn check digit."""
    rng = Random(f"siren {code}")
    body = f"6{rng.randrange(10)}{rng.choice('34')}{rng.randrange(10**5):05}"
    return body + luhn.calc_check_digit(body)


def siret(code, establishment=1):
    """The SIREN, the establishment's number and a second check digit."""
    body = f"{siren(code)}{establishment:04}"
    return body + luhn.calc_check_digit(body)


def french_vat(code):
    """The VAT number that follows from the SIREN."""
    return "FR" + fr_siren.to_tva(siren(code)).replace(" ", "")


def vat(code, country="FR"):
    """The VAT number of a customer, empty where there is none."""
    return french_vat(code) if country == "FR" else keyed("vats").get(code, {"vat": ""})["vat"]


def email(code, mailbox="contact"):
    """An address that nobody can receive (RFC 2606)."""
    return f"{mailbox}@{code}.example.com"


def iban(code):
    """A French account number that checks (ISO 13616), at a bank that does not exist.

    >>> from stdnum.iban import is_valid
    >>> is_valid(iban("main"))
    True
    """
    bank, branch = 99999, 10000 + Random(f"branch {code}").randrange(10**4)
    account = Random(f"account {code}").randrange(10**10)
    key = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    number = f"{bank:05}{branch:05}{account:011}{key:02}"
    return f"FR{98 - int(number + FRANCE + '00') % 97:02}{number}"
