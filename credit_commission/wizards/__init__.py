from . import (
    credit_commission_answer,
    credit_commission_contest,
    credit_commission_period,
)
