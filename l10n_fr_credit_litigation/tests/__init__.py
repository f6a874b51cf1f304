from . import test_french_deadlines, test_french_provisions, test_translation
