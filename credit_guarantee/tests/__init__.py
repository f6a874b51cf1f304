from . import test_guarantee, test_insurance, test_rules, test_translation
