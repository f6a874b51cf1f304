from . import (
    credit_exposure,
    credit_followup_item,
    credit_policy_rule_late,
    credit_policy_rule_returned,
    credit_position,
    credit_test_rental,
)
