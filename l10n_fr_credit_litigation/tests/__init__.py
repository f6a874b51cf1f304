from . import test_french_deadlines, test_translation
