"""A running Odoo."""

import contextlib
import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

from .bench import Bench
from .problem import Problem
from .system import free_port

PATIENCE = 120


class Server:
    """An Odoo that answers on a port of this machine."""

    def __init__(
        self,
        bench: Bench,
        database: str,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        workers: int = 0,
    ):
        self.bench = bench
        self.database = database
        self.port = port or free_port()
        self.host = host
        self.workers = workers
        self.log = bench.log(f"server-{self.port}")
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{'127.0.0.1' if self.host == '0.0.0.0' else self.host}:{self.port}"

    @property
    def command(self) -> list[str]:
        """How it is started."""
        words = ["--http-interface", self.host, "--http-port", self.port, "--no-database-list"]
        words += ["--db-filter", f"^{self.database}$", "--workers", self.workers]
        if self.workers:
            words += ["--gevent-port", free_port()]
        return self.bench.odoo_command(self.database, *words)

    def start(self) -> "Server":
        """Start it and wait for its first answer."""
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.bench.environ(),
                start_new_session=True,
            )
        self._wait()
        return self

    def stop(self) -> None:
        """End it, kindly at first."""
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def _wait(self):
        until = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise Problem(f"Odoo did not start:\n{tail(self.log)}", f"Read {self.log}")
            time.sleep(0.2)

    def answers(self) -> bool:
        """Whether it answers now."""
        with contextlib.suppress(OSError):
            return urllib.request.urlopen(f"{self.url}/web/health", timeout=10).status == 200
        return False

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exception):
        self.stop()


def tail(path: Path, lines: int = 15) -> str:
    """The end of a log."""
    return "\n".join(
        f"    {line}" for line in path.read_text(errors="replace").splitlines()[-lines:]
    )
