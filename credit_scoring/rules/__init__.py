from .chance import CHECKPOINTS, HALF_LIFE, STRENGTHS, Counts, count_history, late_chances
from .payer import ANCHORS, payer_score, points_for

__all__ = [
    "ANCHORS",
    "CHECKPOINTS",
    "HALF_LIFE",
    "STRENGTHS",
    "Counts",
    "count_history",
    "late_chances",
    "payer_score",
    "points_for",
]
