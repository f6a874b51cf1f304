from . import (
    base_partner_merge,
    credit_hold_decision,
    credit_hold_manual,
    credit_hold_request,
    credit_limit_batch,
    credit_limit_batch_file,
    credit_limit_batch_line,
    credit_limit_refusal,
    credit_policy_simulation_comparison,
    credit_policy_use,
)
