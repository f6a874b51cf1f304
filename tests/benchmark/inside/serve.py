"""An Odoo that answers questions, one JSON a line: `serve.py -- ODOO OPTIONS`.

`{"act": name, "arguments": {…}}` is measured in a transaction of its own, which is rolled back: milliseconds,
number of queries on all connections, and what the act returns. `{"setup": name}` prepares the database for good.
"""

import gc
import json
import os
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmark.inside import commission, documents, followup  # noqa: F401 (registers their acts)
from benchmark.inside.acts import ACTS
from benchmark.inside.processes import Processes
from benchmark.inside.session import environment, open_registry
from benchmark.inside.setups import SETUPS

LOGIN = "admin"


def main(options):
    """Answer until the end of the input."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what anything else prints goes to the log
    registry = open_registry(options)
    threading.current_thread().query_count = 0
    gc.freeze()
    for line in sys.stdin:
        answers.write(json.dumps(_answer(registry, json.loads(line)), default=str) + "\n")
        answers.flush()


def _answer(registry, question):
    if "setup" in question:
        with environment(registry) as env:
            SETUPS[question["setup"]](env)
            env.cr.commit()
        return {}
    if "plan" in question:
        with environment(registry) as env:
            return documents.read(env)
    return measure(registry, ACTS[question["act"]], question["arguments"], question["first"])


def measure(registry, act, arguments, first=False):
    """Milliseconds of the clock and of the processors, queries and result of an act."""
    thread = threading.current_thread()
    gc.collect(1)
    with environment(registry, LOGIN) as env:
        processes = Processes(env.cr, first)
        running = act(env, **arguments)
        next(running)
        queries, cpu, start = thread.query_count, processes.cpu(), time.perf_counter()
        steps, result = _run(env, running, processes)
        env.flush_all()
        flush_ms, flush_cpu_ms = 1000 * (time.perf_counter() - start), processes.cpu() - cpu
        env.cr.flush()  # the hooks before the commit: tracking, messages
        ms, cpu_ms = 1000 * (time.perf_counter() - start), processes.cpu() - cpu
        queries = thread.query_count - queries
        answer = {"ms": ms, "cpu_ms": cpu_ms, "flush_ms": flush_ms, "flush_cpu_ms": flush_cpu_ms}
        return answer | {"queries": queries, "result": result(), "steps": steps}


def _run(env, running, processes):
    """`{step: [milliseconds of the clock, of the processors]}`, and what the act returns."""
    steps = {}
    cpu, start = processes.cpu(), time.perf_counter()
    while True:
        try:
            step = next(running)
        except StopIteration as end:
            return steps, end.value
        env.flush_all()
        steps[step] = [1000 * (time.perf_counter() - start), processes.cpu() - cpu]
        cpu, start = processes.cpu(), time.perf_counter()


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :])
