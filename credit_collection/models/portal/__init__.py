from . import (
    credit_contact_log,
    credit_customer_account,
    credit_customer_answer,
    credit_followup_notice,
    credit_payment_plan,
    credit_profile,
    res_company,
    res_config_settings,
)
