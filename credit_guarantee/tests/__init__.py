from . import test_guarantee, test_insurance, test_rules, test_tiles, test_translation
