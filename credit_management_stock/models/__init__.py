from . import (
    credit_exposure,
    credit_hold,
    credit_policy,
    credit_policy_rule,
    sale_order,
    sale_order_line,
    stock_move,
    stock_picking,
)
