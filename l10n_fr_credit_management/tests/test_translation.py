from odoo.addons.credit_management.tests import test_translation
from odoo.tests import tagged


@tagged("post_install", "-at_install", "post_install_l10n")
class TestTranslationTemplate(test_translation.TestTranslationTemplate):
    addon = "l10n_fr_credit_management"
