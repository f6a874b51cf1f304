"""Fills a database: `generate.py SIZES-AS-JSON -- ODOO OPTIONS`. Prints its progress, fails when its checks do."""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmark.inside import documents, fill, templates, verify
from benchmark.inside.session import environment, open_registry
from benchmark.sizes import Sizes


def main(sizes, options) -> int:
    """Make templates, fill, add the documents to measure, verify."""
    start = time.monotonic()

    def progress(text):
        sys.stdout.write(f"{time.monotonic() - start:6.1f} s  {text}\n")
        sys.stdout.flush()

    registry = open_registry(options)
    with environment(registry) as env:
        rows = templates.make(env)
        env.cr.commit()
    with registry.cursor() as cr:
        connection = cr._cnx
        connection.autocommit = True
        fill.Filler(cr._obj, sizes, rows, progress).run()
        connection.autocommit = False
    with environment(registry) as env:
        plan = documents.make(env, sizes, rows)
        env.cr.commit()
        progress("verify")
        found = verify.verify(env, [row["partner"] for row in plan["customers"].values()])
        env.cr.rollback()
    for check, wrong in found.items():
        progress(f"{'WRONG' if wrong else 'right'}: {check}{wrong and ': '}{wrong}")
    return int(any(found.values()))


if __name__ == "__main__":
    cut = sys.argv.index("--")
    sys.exit(main(Sizes(**json.loads(sys.argv[1])), sys.argv[cut + 1 :]))
