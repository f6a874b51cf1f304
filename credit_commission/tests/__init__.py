from . import (
    test_access,
    test_accrual,
    test_bill,
    test_collection,
    test_my_commissions,
    test_plan,
    test_rules,
    test_simulation,
    test_statement,
    test_statement_flow,
    test_statement_review,
    test_worked_examples,
)
