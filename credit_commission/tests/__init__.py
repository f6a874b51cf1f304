from . import test_rules, test_worked_examples
