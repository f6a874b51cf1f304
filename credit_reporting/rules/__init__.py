"""The rules of figures: plain Python without a database; every figure is an argument."""

from .figures import KINDS, Figure, FigureKind, measure
from .periods import Period, last_day, month_ends, months_before, months_of, period_of

__all__ = [
    "KINDS",
    "Figure",
    "FigureKind",
    "Period",
    "last_day",
    "measure",
    "month_ends",
    "months_before",
    "months_of",
    "period_of",
]
