from . import credit_hold_decision, credit_limit_refusal
