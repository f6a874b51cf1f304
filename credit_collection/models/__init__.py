from . import promise, plan, dispute, worklist  # isort: skip
