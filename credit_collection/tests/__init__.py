from . import (
    test_contact_log,
    test_dispute,
    test_promise,
    test_rules,
    test_translation,
    test_worklist,
)
