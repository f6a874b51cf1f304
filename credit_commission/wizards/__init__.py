from . import (
    account_move_reversal,
    credit_commission_answer,
    credit_commission_contest,
    credit_commission_outlook,
    credit_commission_outlook_line,
    credit_commission_outlook_tier,
    credit_commission_period,
)
