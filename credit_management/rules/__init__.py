"""The rules of credit: plain Python, no database, every figure an argument."""

from .assessment import Assessment, Demand, Policy, Reason, Rule, Standing, assess_in_turn
from .kinds import KINDS
from .limits import deposit_share, excess_over

__all__ = [
    "KINDS",
    "Assessment",
    "Demand",
    "Policy",
    "Reason",
    "Rule",
    "Standing",
    "assess_in_turn",
    "deposit_share",
    "excess_over",
]
