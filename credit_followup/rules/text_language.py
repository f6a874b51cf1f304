"""Choice of the language version of a text."""


def choose_language(wanted, available):
    """The version for a reader of ``wanted``; ``None`` if there is none.

    Another country's version of the same language is accepted. Another language is not: a formal notice that the
    customer cannot read is weak evidence.

    :param wanted: language code such as ``fr_BE``
    :param available: codes of the existing versions

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
