from . import (
    credit_contact_log,
    credit_contact_outcome,
    credit_contact_role,
    credit_portfolio,
    credit_profile,
    credit_timeline,
    credit_worklist,
    credit_worklist_bracket,
    credit_worklist_criterion,
    credit_worklist_strategy,
    res_partner,
)
