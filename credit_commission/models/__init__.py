from . import credit_commission_owned_mixin

# isort: split
from . import collection, plan, statement

# isort: split
from . import account_move, res_config_settings
