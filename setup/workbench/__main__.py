"""The two commands."""

import argparse
import signal
import sys

from . import running, testing
from .console import say
from .problem import Problem


def parser() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    whole = argparse.ArgumentParser(prog="setup/", description=__doc__)
    commands = whole.add_subparsers(dest="command", required=True, metavar="run|test")
    run = commands.add_parser("run", prog="setup/run", description=running.__doc__)
    test = commands.add_parser("test", prog="setup/test", description=testing.__doc__)
    for each in (run, test):
        each.add_argument("--odoo", metavar="PATH", help="an Odoo 19 package, tree or checkout")
    _add_run(run)
    _add_test(test)
    return whole


def _add_run(run):
    run.add_argument("--port", type=int, default=running.PORT, help="HTTP port, 0 for any free one")
    run.add_argument("--host", default="127.0.0.1", help="address to listen on")
    run.add_argument("--workers", type=int, default=0, help="Odoo worker processes")
    run.add_argument("--fresh", action="store_true", help="make the demo database anew")
    run.add_argument("--detach", action="store_true", help="leave Odoo running and return")
    stop = "stop all of this data home: its PostgreSQL and every detached Odoo, those of other checkouts too"
    run.add_argument("--stop", action="store_true", help=stop)
    run.set_defaults(main=running.main)


def _add_test(test):
    test.add_argument("--only", choices=testing.PARTS, action="append", help="this part only")
    where = "an add-on, or addon:TestClass, or addon:TestClass.test_method"
    test.add_argument("target", nargs="*", help=where)
    test.set_defaults(main=testing.main)


def main() -> int:
    """Do what was asked; a Problem is told in two lines."""
    options = parser().parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return options.main(options)
    except Problem as problem:
        say(f"\n{problem}")
    except KeyboardInterrupt:
        say("\nStopped. Start again, and it goes on where it was.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
