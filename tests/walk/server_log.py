"""What the server's log says of a walk."""

import re

from workbench.results import complaints

#: a job that calls one of our add-ons and met a person at work: Odoo undoes it and runs it again
MET_SOMEBODY = re.compile(
    r"""ERROR odoo\.addons\.base\.models\.ir_cron: Job '(?P<job>.+?)' \(\d+\) server action #\d+ failed\s*
(?s:.*)File "ir\.actions\.server\(\d+,\)", line 1, in <module>
  File "[^"]*/(?P<addon>\w+)/models/\w+\.py"(?s:.*)
(?:psycopg2\.errors\.|odoo\.exceptions\.)?(?:SerializationFailure|ConcurrencyError): """
)


def troubles(log: str, addons, met: set[str]) -> list[str]:
    """Warnings and errors about our add-ons.

    :param met: jobs of ours that met somebody already: each is passed over once, and added here
    """
    return [each for each in complaints(log, addons) if not _is_run_again(each, addons, met)]


def _is_run_again(complaint, addons, met):
    found = MET_SOMEBODY.match(complaint)
    if not found or found["addon"] not in addons or found["job"] in met:
        return False
    met.add(found["job"])
    return True
