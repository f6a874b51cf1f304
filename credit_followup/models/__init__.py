from . import (
    credit_followup_exclusion,
    credit_followup_level,
    credit_followup_notice,
    credit_followup_notice_line,
    credit_followup_pause,
    credit_followup_procedure,
    credit_followup_restart,
    credit_followup_run,
    credit_profile,
    credit_risk_class,
    res_company,
    res_config_settings,
)
