from . import credit_commission_plan_part

# isort: split
from . import (
    credit_commission_agent,
    credit_commission_cost,
    credit_commission_plan,
    credit_commission_plan_adjusting,
    credit_commission_plan_earning,
    credit_commission_plan_expecting,
    credit_commission_plan_facts,
    credit_commission_plan_holding,
    credit_commission_rule,
    credit_commission_simulation,
    credit_commission_simulation_line,
    credit_commission_speed,
    credit_commission_tier,
    credit_commission_waiting,
    product_category,
    sale_order,
)
