"""Checks with python-stdnum whether a company's identifiers are well formed and consistent."""

import re
from importlib import import_module

from stdnum import get_cc_module, lei
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.iso7064 import mod_97_10

#: name and stdnum module of each country's registration number, where stdnum has one for exactly that
_REGISTRIES = {
    "AU": "au.acn",
    "BE": "be.vat",
    "BR": "br.cnpj",
    "CH": "ch.uid",
    "DK": "dk.cvr",
    "EE": "ee.registrikood",
    "ES": "es.cif",
    "FI": "fi.ytunnus",
    "IT": "it.iva",
    "NO": "no.orgnr",
    "SE": "se.orgnr",
}
_SIREN = re.compile(r"\d{9}(\d{5})?")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")


def bare(number):
    """Letters and digits only, in capitals.

    >>> bare(" fr 44-732 829.320"), bare(None)
    ('FR44732829320', '')
    """
    return re.sub(r"[^A-Z0-9]", "", (number or "").upper())


def _find_fault(module, number):
    """``checksum``, ``length`` or ``format``, or nothing."""
    try:
        module.validate(number)
    except InvalidChecksum:
        return "checksum"
    except InvalidLength:
        return "length"
    except ValidationError:
        return "format"
    return ""


def check_registry(country, number):
    """``(name of the number, fault)``, or None if it is valid or cannot be checked.

    >>> check_registry("FR", "732 829 320"), check_registry("FR", "73282932000074")
    (None, None)
    >>> check_registry("FR", "732829321"), check_registry("FR", "73282932000075"), check_registry("FR", "7328")
    (('SIREN', 'checksum'), ('SIRET', 'checksum'), ('SIRET', 'length'))
    >>> check_registry("FR", "35600000049837") is None  # La Poste has a rule of its own
    True
    >>> check_registry("BE", "0477472700"), check_registry("XX", "whatever"), check_registry("", "1")
    (('registration number', 'checksum'), None, None)
    """
    number = bare(number)
    if not number:
        return None
    if country == "FR":
        name = "SIREN" if len(number) == 9 else "SIRET"
        module = import_module(f"stdnum.fr.{name.lower()}")
    elif country in _REGISTRIES:
        name, module = "registration number", import_module(f"stdnum.{_REGISTRIES[country]}")
    else:
        return None
    fault = _find_fault(module, number)
    return (name, fault) if fault else None


def check_vat(country, number):
    """As :func:`check_registry`, for a VAT number with or without the letters of its country.

    >>> check_vat("FR", "FR44732829320"), check_vat("", "BE0477472701"), check_vat("FR", "/")
    (None, None, None)
    >>> check_vat("FR", "FR45732829320"), check_vat("BE", "BE0477472700"), check_vat("DE", "DE12")
    (('VAT', 'checksum'), ('VAT', 'checksum'), ('VAT', 'length'))
    >>> check_vat("US", "anything") is None
    True
    """
    number = bare(number)
    if not number:
        return None
    prefix = number[:2] if number[:2].isalpha() else country
    module = prefix and _get_vat_module(prefix.lower())
    fault = _find_fault(module, number) if module else ""
    return ("VAT", fault) if fault else None


def _get_vat_module(country):
    """Odoo imports stdnum in its own way; a module that then lacks its data table cannot be used."""
    try:
        return get_cc_module(country, "vat")
    except OSError:
        return None


def check_lei(number):
    """As :func:`check_registry`, for a legal entity identifier.

    >>> check_lei("213800KUD8LAJWSQ9D15"), check_lei("213800KUD8LAJWSQ9D16"), check_lei("")
    (None, ('LEI', 'checksum'), None)
    """
    fault = number and _find_fault(lei, bare(number))
    return ("LEI", fault) if fault else None


def check_iban(number):
    """As :func:`check_registry`, for account numbers that look like an IBAN; others are not checked.

    ``stdnum.iban`` also knows the layout of each country, but does not load within Odoo.

    >>> check_iban("FR14 2004 1010 0505 0001 3M02 606"), check_iban("12345")
    (None, None)
    >>> check_iban("FR1420041010050500013M02607")
    ('IBAN', 'checksum')
    """
    number = bare(number)
    fault = _IBAN.fullmatch(number) and _find_fault(mod_97_10, number[4:] + number[:4])
    return ("IBAN", fault) if fault else None


def siren_of(registry, vat):
    """SIRENs contained in a French registration number and VAT number: one, or two that differ.

    >>> siren_of("73282932000074", "FR44732829320"), siren_of("732829320", "FR83404833048")
    (['732829320'], ['732829320', '404833048'])
    >>> siren_of("", "BE0477472701"), siren_of("", "FR53000004605")  # the second from Monaco, which has none
    ([], [])
    """
    registry, vat = bare(registry), bare(vat)
    found = [registry[:9]] if _SIREN.fullmatch(registry) else []
    if re.fullmatch(r"FR[A-Z0-9]{2}\d{9}", vat) and not vat.startswith("000", 4):
        found.append(vat[4:])
    return list(dict.fromkeys(found))
