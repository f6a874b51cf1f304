from . import test_litigation, test_rules, test_translation
