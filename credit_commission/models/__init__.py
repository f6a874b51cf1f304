from . import credit_commission_plan_part

# isort: split
from . import (
    account_move,
    account_partial_reconcile,
    credit_commission_agent,
    credit_commission_collection,
    credit_commission_cursor,
    credit_commission_entry,
    credit_commission_log,
    credit_commission_plan,
    credit_commission_plan_adjusting,
    credit_commission_plan_earning,
    credit_commission_rule,
    credit_commission_speed,
    credit_commission_statement,
    credit_commission_tier,
    product_category,
)
