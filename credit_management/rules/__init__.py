"""The credit rules: plain Python without a database; every figure is an argument."""

from .assessment import (
    Assessment,
    CreditGroup,
    CreditRequest,
    MissingFactError,
    Policy,
    Position,
    Reason,
    Rule,
    assess,
    assess_in_turn,
    measure_releases,
)
from .exposure import add_up, is_counted, sums_that_count
from .growth import Size, free_quantity, surplus_quantity
from .kinds import FACTS, KINDS, RuleKind
from .limits import (
    GrantedLimit,
    default_limit,
    deposit_share,
    excess_over,
    groups_that_count,
    limit_in_force,
)

__all__ = [
    "FACTS",
    "KINDS",
    "Assessment",
    "CreditRequest",
    "CreditGroup",
    "GrantedLimit",
    "MissingFactError",
    "Policy",
    "Reason",
    "Rule",
    "RuleKind",
    "Size",
    "Position",
    "add_up",
    "assess",
    "assess_in_turn",
    "default_limit",
    "deposit_share",
    "excess_over",
    "groups_that_count",
    "is_counted",
    "limit_in_force",
    "measure_releases",
    "free_quantity",
    "sums_that_count",
    "surplus_quantity",
]
