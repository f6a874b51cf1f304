from . import reminder, late_charge, statement  # isort: skip
from . import (
    account_move_line,
    credit_policy_rule,
    credit_risk_class,
    credit_summary,
    res_company,
    res_config_settings,
    res_partner_moved,
)
