from . import (
    test_accrual,
    test_bill,
    test_my_commissions,
    test_rules,
    test_statement,
    test_statement_flow,
    test_statement_review,
    test_worked_examples,
)
