from . import (
    base_partner_merge,
    credit_hold_decision,
    credit_limit_batch,
    credit_limit_batch_file,
    credit_limit_batch_line,
    credit_limit_refusal,
)
