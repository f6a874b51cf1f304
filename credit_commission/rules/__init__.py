"""The rules of commission: plain Python, no database, all figures passed as arguments."""

from .earning import Ledger, part, share_out, to_cents
from .entering import Entering, Entry, Part
from .holding import Deal, why_held
from .matching import Rule, Sale, first_match
from .periods import period_end, period_start
from .shares import Share, find_gap, shares_of
from .speed import Speed, factor_of, rate_of, step_of
from .terms import Term, Terms
from .tiers import Periods, Sums, Tier, in_money, missing, reached, slices

__all__ = [
    "Deal",
    "Entering",
    "Entry",
    "Ledger",
    "Part",
    "Periods",
    "Rule",
    "Sale",
    "Share",
    "Speed",
    "Sums",
    "Term",
    "Terms",
    "Tier",
    "factor_of",
    "find_gap",
    "first_match",
    "in_money",
    "missing",
    "part",
    "period_end",
    "period_start",
    "rate_of",
    "reached",
    "share_out",
    "shares_of",
    "slices",
    "step_of",
    "to_cents",
    "why_held",
]
