from . import reminder, late_charge, statement  # isort: skip
from . import (
    account_move_line,
    credit_policy_rule,
    credit_position,
    credit_risk_class,
    res_company,
    res_config_settings,
    res_partner_moved,
)
