"""What the reader sees while something takes time."""

import contextlib
import sys
import time

QUIET_SECONDS = 20


def say(text: str = "") -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str):
    """Announce a step, hand out its progress, and say how long it took."""
    progress = Progress(title)
    say(f"· {title} …")
    try:
        yield progress
    except BaseException:
        progress.close(f"✗ {title}")
        raise
    progress.close(f"✓ {title}")


class Progress:
    """The state of one step: a line that rewrites itself, or a line now and then in a log."""

    def __init__(self, title: str):
        self.title = title
        self.start = self.last = time.monotonic()
        self.terminal = sys.stdout.isatty()

    def __call__(self, state: str) -> None:
        now = time.monotonic()
        if self.terminal:
            self._rewrite(f"  {state[:70]}")
        elif now - self.last >= QUIET_SECONDS:
            self.last = now
            say(f"  {state[:70]} ({now - self.start:.0f} s)")

    def note(self, text: str) -> None:
        """Print a line that stays."""
        self._clear()
        say(text)

    def close(self, text: str) -> None:
        """Print the last line, with the time taken."""
        self._clear()
        say(f"{text} ({time.monotonic() - self.start:.1f} s)")

    def _clear(self):
        if self.terminal:
            self._rewrite("")

    def _rewrite(self, text):
        sys.stdout.write(f"\r\033[K{text}")
        sys.stdout.flush()
