from . import (
    test_gate_followup,
    test_interest,
    test_late_charge,
    test_letter,
    test_notice,
    test_notice_charges,
    test_procedure,
    test_rules,
    test_statement,
    test_statement_files,
)
