from . import (
    test_french_invoice,
    test_french_late_charges,
    test_french_letter,
    test_french_mentions,
    test_translation,
)
