from . import credit_exposure, credit_policy_rule_late, credit_policy_rule_returned, credit_position
