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

from benchmark.inside import documents
from benchmark.inside.acts import ACTS
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


def _hurry(registry, priority):
    """Before whatever else runs on this machine: this process, and its two connections to PostgreSQL."""
    with registry.cursor() as first, registry.cursor() as second:
        for cr in (first, second):
            cr.execute("SELECT pg_backend_pid()")
            os.setpriority(os.PRIO_PROCESS, cr.fetchone()[0], priority)
    os.setpriority(os.PRIO_PROCESS, 0, priority)


def _answer(registry, question):
    if "setup" in question:
        with environment(registry) as env:
            SETUPS[question["setup"]](env)
            env.cr.commit()
        return {}
    if "priority" in question:
        _hurry(registry, question["priority"])
        return {}
    if "plan" in question:
        with environment(registry) as env:
            return documents.read(env)
    return measure(registry, ACTS[question["act"]], question["arguments"])


def measure(registry, act, arguments):
    """Milliseconds, queries and result of an act."""
    thread = threading.current_thread()
    gc.collect(1)
    with environment(registry, LOGIN) as env:
        running = act(env, **arguments)
        next(running)
        queries, start = thread.query_count, time.perf_counter()
        try:
            next(running)
        except StopIteration as end:
            result = end.value
        env.flush_all()
        took, queries = time.perf_counter() - start, thread.query_count - queries
        env.cr.flush()  # and the hooks before the commit: tracking, mails
        hooks = time.perf_counter() - start
        answer = {"ms": 1000 * took, "hooks_ms": 1000 * hooks, "queries": queries}
        return answer | {"result": result()}


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :])
