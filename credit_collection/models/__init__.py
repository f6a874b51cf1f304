from . import answer  # isort: skip
from . import promise, plan, dispute, worklist, portal  # isort: skip
from . import (
    account_partial_reconcile,
    credit_exposure,
    credit_followup_item,
    credit_policy,
    credit_policy_rule,
    credit_position,
    credit_tile,
)
