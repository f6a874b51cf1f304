from . import (
    credit_late_measure,
    credit_payment_plan,
    credit_payment_plan_instalment,
    credit_payment_plan_judge,
    credit_payment_plan_life,
    credit_payment_plan_line,
    credit_payment_plan_note,
    credit_profile,
    credit_statement,
    res_company,
    res_config_settings,
)
