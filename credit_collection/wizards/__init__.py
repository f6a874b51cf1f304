from . import credit_dispute_decision
