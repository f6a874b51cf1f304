from . import answer  # isort: skip
from . import promise, plan, dispute, worklist  # isort: skip
from . import credit_exposure, credit_policy, credit_policy_rule, credit_position
