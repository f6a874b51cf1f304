from odoo.addons.credit_management.tests import test_translation
from odoo.tests import tagged


class TestTranslation(test_translation.TestTranslation):
    addon = "credit_management_stock"


@tagged("post_install", "-at_install")
class TestTranslationTemplate(test_translation.TestTranslationTemplate):
    addon = "credit_management_stock"
