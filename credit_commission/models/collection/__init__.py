from . import (
    account_partial_reconcile,
    credit_commission_collection,
    credit_commission_collection_clearing,
    credit_commission_collection_log,
    credit_commission_collection_transfers,
    credit_commission_collection_undoing,
    credit_commission_cursor,
)
