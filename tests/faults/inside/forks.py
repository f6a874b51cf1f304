"""A process that knows Odoo and forks a child for each attempt: `forks.py -- ODOO OPTIONS`, orders by line on stdin.

An order names its work, and when its child is killed; the answer says how long it ran and how it ended.
"""

import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2])]

TICK = 0.002


def main(options):
    """Answer until the input ends."""
    from benchmark.inside.session import open_registry

    registry = open_registry(options)
    close_connections()
    say({})
    for line in sys.stdin:
        say(attempt(registry, json.loads(line)))
        close_connections()


def say(answer):
    """A line for whoever asked."""
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def close_connections():
    """A child must not share a connection with its parent, nor keep the database from being dropped."""
    from odoo import sql_db

    sql_db.close_all()


def attempt(registry, order):
    """Run an order in a child; kill it at its moment."""
    reader, writer = os.pipe()
    start = time.monotonic()
    child = os.fork()
    if not child:
        os.close(reader)
        with os.fdopen(writer, "w") as pipe:
            code = obey(registry, order, pipe)
        sys.stderr.flush()
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        killed = kill_in_time(child, start, order.get("kill"))
        said = pipe.read()
    _pid, status = os.waitpid(child, 0)
    seconds = time.monotonic() - start
    done = os.waitstatus_to_exitcode(status) == 0
    return {"seconds": seconds, "killed": killed and not done, "done": done, "said": said}


def kill_in_time(child, start, moment):
    """Kill the child at its moment, unless it ended before; whether it was killed."""
    while moment is not None:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return False
        if time.monotonic() - start >= moment:
            os.kill(child, signal.SIGKILL)
            return True
        time.sleep(TICK)
    return False


def obey(registry, order, pipe):
    """In the child: 0 when the work was done. What it has to say goes to the pipe, or to a file that is named."""
    from faults.inside import state, work, world

    try:
        with environment(registry) as env:
            if order["do"] == "prepare":
                world.prepare(env, *order["size"])
                pipe.write(json.dumps(state.newest(env.cr)))
            elif order["do"] == "state":
                Path(order["file"]).write_text(json.dumps(state.read(env.cr, order["before"])))
            else:
                work.ALL[order["do"]](env)
    except Exception as error:  # noqa: BLE001 – whatever it is, who asked is told
        pipe.write(f"{type(error).__name__}: {error}")
        traceback.print_exc()
        return 1
    return 0


def environment(registry):
    """Odoo as its administrator, on a connection of this process."""
    from benchmark.inside.session import environment as opened

    return opened(registry, "admin")


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--") + 1 :])
