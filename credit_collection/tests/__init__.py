from . import test_promise, test_rules, test_translation
