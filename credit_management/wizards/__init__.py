from . import base_partner_merge, credit_hold_decision, credit_limit_refusal
