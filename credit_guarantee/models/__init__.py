from . import (
    credit_cover,
    credit_guarantee,
    credit_guarantee_type,
    credit_insurance_declaration,
    credit_insurance_item,
    credit_insurance_policy,
    credit_policy_rule,
    credit_position,
    credit_profile,
    credit_tile,
)
