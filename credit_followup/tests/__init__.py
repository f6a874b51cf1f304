from . import (
    test_gate_followup,
    test_letter,
    test_notice,
    test_procedure,
    test_rules,
    test_statement,
    test_statement_files,
)
