"""The rules of commission: plain Python, no database, every figure an argument."""

from .earning import Line, increments, part, to_cents
from .matching import Rule, Sale, first_match
from .periods import period_end, period_start
from .shares import Share, find_gap, shares_of
from .speed import Speed, factor_of, rate_of, step_of
from .tiers import Tier, cap_adjustment, in_money, missing, reached, tier_adjustment, tier_part

__all__ = [
    "Line",
    "Rule",
    "Sale",
    "Share",
    "Speed",
    "Tier",
    "cap_adjustment",
    "factor_of",
    "find_gap",
    "first_match",
    "in_money",
    "increments",
    "missing",
    "part",
    "period_end",
    "period_start",
    "rate_of",
    "reached",
    "shares_of",
    "step_of",
    "tier_adjustment",
    "tier_part",
    "to_cents",
]
