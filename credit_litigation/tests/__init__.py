from . import test_insolvency, test_litigation, test_rules, test_translation
