from . import (
    account_partial_reconcile,
    credit_commission_collection,
    credit_commission_cursor,
    credit_commission_log,
    credit_commission_log_clearing,
    credit_commission_log_transfers,
    credit_commission_log_undoing,
)
