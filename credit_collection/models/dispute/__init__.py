from . import (
    account_move,
    credit_dispute,
    credit_dispute_analysis,
    credit_dispute_category,
    credit_dispute_cause,
    credit_dispute_credit,
    credit_dispute_line,
    credit_dispute_owner,
    credit_late_measure,
    credit_profile,
)
