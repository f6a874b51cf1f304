from . import test_late_payments, test_rules, test_translation
