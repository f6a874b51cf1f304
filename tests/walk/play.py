"""`play(url, …)`: the jobs of some roles against an Odoo that runs."""

import argparse
import sys
import time

from .jobs import BARE, JOBS
from .person import chromium
from .stage import Stage


def play(url, roles=(), *, language="fr", phone=False, pictures=None, told=lambda _line: None):
    """Walk; the troubles met, one line each.

    :param roles: keys of :data:`JOBS`, all if empty, or of :data:`BARE`
    :param pictures: folder for a picture of each screen, or ``None``
    :param told: gets a line for each job
    :rtype: list[str]
    """
    tag = time.strftime("%H%M%S")
    troubles = []
    with chromium() as browser:
        for role in roles or JOBS:
            stage = Stage(
                browser,
                url,
                language=language,
                phone=phone,
                pictures=pictures and f"{pictures}/{role}",
                tag=tag,
            )
            for job in (JOBS | BARE)[role]:
                start = time.monotonic()
                stage.play(job)
                told(f"{role}: {job.__name__}, {time.monotonic() - start:.0f} s")
            stage.leave()
            troubles += stage.troubles
    return troubles


def main() -> int:
    """The words of `python -m walk.play`."""
    words = argparse.ArgumentParser(prog="walk.play", description=__doc__)
    words.add_argument("url")
    words.add_argument("roles", nargs="*", choices=[*JOBS, *BARE, []])
    words.add_argument("--language", choices=("fr", "en"), default="fr")
    words.add_argument("--phone", action="store_true")
    words.add_argument("--pictures")
    options = words.parse_args()
    troubles = play(
        options.url,
        options.roles,
        language=options.language,
        phone=options.phone,
        pictures=options.pictures,
        told=lambda line: sys.stdout.write(line + "\n"),
    )
    sys.stdout.write("".join(f"✗ {line}\n" for line in troubles))
    return int(bool(troubles))


if __name__ == "__main__":
    sys.exit(main())
