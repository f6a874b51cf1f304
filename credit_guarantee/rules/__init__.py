from .cover import Cover, raise_limit, share_exposure
from .insurance import find_next_step, stop_date

__all__ = ["Cover", "find_next_step", "raise_limit", "share_exposure", "stop_date"]
