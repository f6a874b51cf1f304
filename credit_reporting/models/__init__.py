# mixins the other models inherit
from . import (  # isort: skip
    credit_ledger_mixin,
    credit_figure_mixin,
)
from . import (
    account_partial_reconcile,
    credit_ageing,
    credit_figure,
    credit_home,
    credit_snapshot,
    credit_snapshot_difference,
    credit_tile,
    res_company,
    res_config_settings,
)
