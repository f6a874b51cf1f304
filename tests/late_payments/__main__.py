"""`python3 tests/late_payments`, as one would start setup/test: see `command`."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "setup")]

from late_payments.command import main  # noqa: E402

sys.exit(main())
