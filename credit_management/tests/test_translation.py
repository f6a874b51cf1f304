import re

import polib
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_path
from odoo.tools.translate import TranslationModuleReader

#: labels of Odoo's mixins and website forms on our models: which, depends on the other modules installed
_OF_OTHERS = re.compile(
    r"\.field_\w+?__(?:activity|message|rating|website_message)_\w+$|^model:ir\.model,website_"
)


def _own_terms(terms):
    """Sources of ``(source, place)`` pairs that have a place of our own."""
    return {source for source, place in terms if not _OF_OTHERS.search(place)}


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
            for entry in polib.pofile(file_path(f"{self.addon}/i18n/{self.addon}.pot"))
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
