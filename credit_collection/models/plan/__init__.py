from . import (
    credit_payment_plan,
    credit_payment_plan_instalment,
    credit_payment_plan_judge,
    credit_payment_plan_life,
    credit_payment_plan_line,
    credit_profile,
    res_company,
    res_config_settings,
)
