from . import (
    credit_followup_restart,
    credit_profile,
    credit_promise,
    credit_promise_judge,
    credit_promise_line,
    res_company,
    res_config_settings,
)
