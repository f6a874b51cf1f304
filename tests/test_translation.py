"""Each add-on is in French to the last term; that its template is fresh is a test of the add-on, inside Odoo."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest

REPO = Path(__file__).parents[1]
ADDONS = [manifest.parent for manifest in sorted(REPO.glob("*/__manifest__.py"))]
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-zA-Z%]")
MARKUP = re.compile(r"</?\w+|\{\{.*?\}\}|\bt-[a-z-]+=\"[^\"]*\"")

each_addon = pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)


def french_terms(addon):
    return polib.pofile(str(addon / "i18n" / "fr.po"))


@each_addon
def test_every_term_is_in_french(addon):
    french = french_terms(addon)
    assert [entry.msgid for entry in french.untranslated_entries()] == []
    assert [entry.msgid for entry in french.fuzzy_entries()] == []
    assert [entry.msgid for entry in french.obsolete_entries()] == []


@each_addon
def test_the_french_terms_are_those_of_the_template(addon):
    template = polib.pofile(str(addon / "i18n" / f"{addon.name}.pot"))
    assert {entry.msgid for entry in french_terms(addon)} == {entry.msgid for entry in template}


@each_addon
def test_a_label_has_one_term(addon):
    """A place left over from an earlier term would get that term's French."""
    places = [
        place
        for entry in french_terms(addon)
        for place, _line in entry.occurrences
        if place.startswith("model:")
    ]
    assert [place for place, times in Counter(places).items() if times > 1] == []


@each_addon
def test_placeholders_markup_and_line_ends_are_kept(addon):
    for entry in french_terms(addon):
        for kept in (PLACEHOLDER, MARKUP):
            assert sorted(kept.findall(entry.msgstr)) == sorted(kept.findall(entry.msgid))
        assert entry.msgstr.endswith("\n") == entry.msgid.endswith("\n"), entry.msgid
