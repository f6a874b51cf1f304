from . import credit_contact_role_choice, credit_dispute_decision
