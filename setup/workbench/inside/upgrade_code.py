"""Lists the files of a folder that `odoo upgrade_code` would rewrite: `upgrade_code.py FOLDER`.

The command itself scans Odoo's own tree too; called this way it sees the folder only, and
writes nothing.
"""

import sys

FROM = "17.0"


def main(folder) -> int:
    """Print the files, tell whether there are any."""
    from odoo import release
    from odoo.cli import upgrade_code
    from odoo.tools import parse_version

    return upgrade_code.migrate(
        addons_path=[folder],
        glob="*/**/*",
        from_version=parse_version(FROM),
        to_version=parse_version(release.version),
        dry_run=True,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
