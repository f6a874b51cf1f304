"""The processes that do the work: this one, and PostgreSQL's for the connections to this database."""

import os
import time
from pathlib import Path


class Processes:
    """As they are now; PostgreSQL's are known only where it runs on this machine, parallel workers never.

    :param first: they get a processor before whatever else runs on this machine
    """

    def __init__(self, cr, first=False):
        cr.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
        )
        files = {pid: Path(f"/proc/{pid}/schedstat") for (pid,) in cr.fetchall()}
        self._backends = {pid: file for pid, file in files.items() if _is_postgres(pid)}
        for process in (0, *self._backends) if first else ():
            os.sched_setscheduler(process, os.SCHED_RR, os.sched_param(1))

    def cpu(self) -> float:
        """Milliseconds of processor time so far: what others do on the machine does not count."""
        nanoseconds = sum(int(file.read_text().split()[0]) for file in self._backends.values())
        return nanoseconds / 1e6 + 1000 * time.process_time()


def _is_postgres(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().startswith("postgres")
    except OSError:
        return False
