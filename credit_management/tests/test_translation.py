import re

import polib
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader

_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[a-zA-Z%]")

#: labels of Odoo's mixins and website forms on our models: which, depends on the other modules installed
_OF_OTHERS = re.compile(
    r"\.field_\w+?__(?:activity|message|rating|website_message)_\w+$|^model:ir\.model,website_"
)


def _read(addon, name):
    return polib.pofile(file_path(f"{addon}/i18n/{name}"))


def _own_terms(terms):
    """Sources of ``(source, place)`` pairs that have a place of our own."""
    return {source for source, place in terms if not _OF_OTHERS.search(place)}


class TestTranslation(BaseCase):
    """For another add-on: a subclass with its name in ``addon``."""

    allow_inherited_tests_method = True
    addon = "credit_management"

    def test_every_term_is_in_french(self):
        french = _read(self.addon, "fr.po")
        self.assertEqual([entry.msgid for entry in french.untranslated_entries()], [])
        self.assertEqual([entry.msgid for entry in french.fuzzy_entries()], [])
        self.assertEqual([entry.msgid for entry in french.obsolete_entries()], [])

    def test_the_french_terms_are_those_of_the_template(self):
        template = {entry.msgid for entry in _read(self.addon, f"{self.addon}.pot")}
        self.assertEqual({entry.msgid for entry in _read(self.addon, "fr.po")}, template)

    def test_placeholders_and_line_ends_are_kept(self):
        for entry in _read(self.addon, "fr.po"):
            with self.subTest(entry.msgid):
                self.assertEqual(
                    sorted(_PLACEHOLDER.findall(entry.msgstr)),
                    sorted(_PLACEHOLDER.findall(entry.msgid)),
                )
                self.assertEqual(entry.msgstr.endswith("\n"), entry.msgid.endswith("\n"))


@tagged("post_install", "-at_install")
class TestTranslationTemplate(TransactionCase):
    """For another add-on: a subclass with its name in ``addon``."""

    allow_inherited_tests_method = True
    addon = "credit_management"

    def test_the_template_is_fresh(self):
        exported = _own_terms(
            (source, f"{kind}:{name}:{place}")
            for _module, kind, name, place, source, *_ in TranslationModuleReader(
                self.env.cr, [self.addon]
            )
        )
        template = _own_terms(
            (entry.msgid, place)
            for entry in _read(self.addon, f"{self.addon}.pot")
            for place, _line in entry.occurrences
        )
        missing, gone = sorted(exported - template), sorted(template - exported)
        self.assertFalse(
            missing or gone,
            "\n".join(
                [
                    f"Export {self.addon}.pot again, then complete fr.po.",
                    *(f"missing: {term!r}" for term in missing),
                    *(f"no longer in the add-on: {term!r}" for term in gone),
                ]
            ),
        )
