from . import (
    credit_financial_statement,
    credit_late_chance,
    credit_payer,
    credit_policy_rule,
    credit_position,
    credit_profile,
    credit_review,
    credit_score,
    credit_score_input,
    credit_scorecard,
    credit_scorecard_bracket,
    credit_scorecard_criterion,
)
