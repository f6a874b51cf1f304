"""The rules of credit: plain Python, no database, every figure an argument."""

from .assessment import (
    Assessment,
    Demand,
    Level,
    MissingFactError,
    Policy,
    Reason,
    Rule,
    Standing,
    assess,
    assess_in_turn,
    measure_in_turn,
)
from .growth import Size, free_quantity, surplus_quantity
from .kinds import KINDS, RuleKind
from .limits import deposit_share, excess_over, levels_that_count

__all__ = [
    "KINDS",
    "Assessment",
    "Demand",
    "Level",
    "MissingFactError",
    "Policy",
    "Reason",
    "Rule",
    "RuleKind",
    "Size",
    "Standing",
    "assess",
    "assess_in_turn",
    "deposit_share",
    "excess_over",
    "levels_that_count",
    "measure_in_turn",
    "free_quantity",
    "surplus_quantity",
]
