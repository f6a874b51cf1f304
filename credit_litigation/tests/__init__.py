from . import (
    test_insolvency,
    test_litigation,
    test_provision,
    test_rules,
    test_translation,
    test_write_off,
)
