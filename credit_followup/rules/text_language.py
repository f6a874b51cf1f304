"""Which version of a text a customer can be sent."""


def choose_language(wanted, available):
    """The version for somebody who reads ``wanted``; ``None`` when there is none.

    Another country's version of the same language will do: it is read without a second thought. Another language
    will not: a formal notice in a language that the customer does not read is a weak proof.

    :param wanted: code of a language, ``fr_BE``
    :param available: codes of the versions that exist

    >>> choose_language("fr_FR", ["en_US", "fr_FR"]), choose_language("fr_BE", ["en_US", "fr_FR"])
    ('fr_FR', 'fr_FR')
    >>> choose_language("en_GB", ["de_DE", "en_US"])
    'en_US'
    >>> choose_language("de_DE", ["en_US", "fr_FR"]) is None
    True
    """
    if wanted in available:
        return wanted
    language = wanted.split("_")[0]
    return next((code for code in sorted(available) if code.split("_")[0] == language), None)
