from . import (
    test_payer,
    test_review,
    test_rules,
    test_score,
    test_statement,
    test_translation,
)
