"""An Odoo process on one database, asked one question at a time."""

import json
import subprocess
from dataclasses import dataclass, field

from workbench.bench import Bench
from workbench.problem import Problem

from . import HERE

#: for all alike: with queries of milliseconds, compiling them is a loss
NO_JIT = "-c jit=off"
#: for all alike: parallel workers of PostgreSQL would not go before others
NO_PARALLEL = "-c max_parallel_workers_per_gather=0"


@dataclass(frozen=True)
class Sample:
    """One measurement: ``ms`` up to the commit, with Odoo's hooks before it; ``flush_ms`` without these.

    ``cpu``: the same, but only the time that Odoo and PostgreSQL had a processor.
    """

    ms: float
    cpu_ms: float
    flush_ms: float
    flush_cpu_ms: float
    queries: int
    result: object
    #: ``{step of the act: (ms, cpu_ms)}``
    steps: dict = field(default_factory=dict)


class Worker:
    """Use as a context: the process ends with it. With ``first``, it goes before what else runs here."""

    def __init__(self, bench: Bench, database: str, *options: str, first: bool = False):
        self.database = database
        self.first = first
        script = [bench.python, HERE / "inside" / "serve.py", "--"]
        words = [*script, *bench.options(database, *options)]
        self.log = bench.log(f"benchmark-{database}")
        self._file = self.log.open("w")
        self._process = subprocess.Popen(
            [str(word) for word in words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._file,
            text=True,
            env=bench.environ() | {"PGOPTIONS": f"{NO_JIT} {NO_PARALLEL}" if first else NO_JIT},
        )

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._file.close()

    def ask(self, **question):
        """The answer to a question."""
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        if answer := self._process.stdout.readline():
            return json.loads(answer)
        self._process.wait()
        tail = "\n".join(self.log.read_text().splitlines()[-15:])
        raise Problem(f"Odoo ended on {self.database}:\n{tail}", f"Read {self.log}")

    def measure(self, act: str, /, **arguments) -> Sample:
        """One measurement of an act."""
        return Sample(**self.ask(act=act, arguments=arguments, first=self.first))

    def plan(self) -> dict:
        """What the generator made to be measured."""
        return self.ask(plan=True)
