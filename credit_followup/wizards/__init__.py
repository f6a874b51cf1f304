from . import (
    account_move_reversal,
    credit_followup_approval,
    credit_followup_preview,
    credit_interest_import,
    credit_interest_import_line,
    credit_late_invoice,
    credit_late_waiver,
    credit_statement_wizard,
)
