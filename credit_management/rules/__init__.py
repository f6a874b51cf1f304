"""The rules of credit: plain Python, no database, every figure an argument."""

from .assessment import Assessment, Demand, Policy, Reason, Rule, Standing, assess_in_turn
from .growth import Size, of_whole_order, surplus_quantity
from .kinds import KINDS
from .limits import deposit_share, excess_over

__all__ = [
    "KINDS",
    "Assessment",
    "Demand",
    "Policy",
    "Reason",
    "Rule",
    "Size",
    "Standing",
    "assess_in_turn",
    "deposit_share",
    "excess_over",
    "of_whole_order",
    "surplus_quantity",
]
