#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["docutils==0.20.*", "pypandoc_binary"]
# ///
"""README.rst and the description page of each add-on, from its `readme/` fragments: `setup/describe.py [--check]`.

Needs docutils and pypandoc_binary, unless it only checks: both files carry a digest of what they were made from.
"""

import ast
import re
import sys
from hashlib import sha256
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
FRAGMENTS = {
    "DESCRIPTION": "",
    "CONFIGURE": "Configuration",
    "USAGE": "Usage",
    "ROADMAP": "Known limits",
    "DEVELOP": "For developers",
    "HISTORY": "Changelog",
    "CONTRIBUTORS": "Contributors",
}
IMAGES = "../static/description/"  # as seen from a fragment
DIGEST = re.compile(r"source digest: (\w+)")


def main(arguments):
    """Write both files of every add-on, or say which ones are out of date."""
    addons = [manifest.parent for manifest in sorted(REPO.glob("*/__manifest__.py"))]
    if "--check" in arguments:
        stale = [str(path.relative_to(REPO)) for addon in addons for path in out_of_date(addon)]
        return f"Run setup/describe.py: {', '.join(stale)}" if stale else 0
    for addon in addons:
        write(addon)
    return 0


def outputs(addon):
    """README and description page."""
    return addon / "README.rst", addon / "static/description/index.html"


def out_of_date(addon):
    """The files that were made from other fragments, or not at all."""
    wanted = digest(addon)
    return [path for path in outputs(addon) if _digest_in(path) != wanted]


def _digest_in(path):
    found = path.exists() and DIGEST.search(path.read_text())
    return found and found[1]


def digest(addon):
    """Changes with what the pages are made from."""
    whole = sha256(repr(_about(addon)).encode())
    for _title, path in fragments(addon):
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def _about(addon):
    """Name, version, licence and author of an add-on."""
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    return [manifest[key] for key in ("name", "version", "license", "author")]


def fragments(addon):
    """Title and path of each fragment that is there, in the order of reading."""
    paths = ((title, addon / f"readme/{name}.md") for name, title in FRAGMENTS.items())
    return [(title, path) for title, path in paths if path.exists()]


def write(addon):
    """README.rst by pandoc, and the page from it by docutils."""
    readme, page = outputs(addon)
    text = to_rst(addon)
    mark = f"source digest: {digest(addon)}"
    readme.write_text(f".. Made from readme/ by setup/describe.py; {mark}\n\n{text}")
    page.write_text(to_html(text, mark))


def to_rst(addon):
    """The fragments as one document."""
    import pypandoc

    name, *version = _about(addon)
    parts = [f"# {name}"]
    for title, path in fragments(addon):
        text = path.read_text().replace(IMAGES, "static/description/").strip()
        text = re.sub(r"^# .*\n+", "", text)
        parts += [f"## {title}", text] if title else [text]
    parts += [f"Version {', '.join(version)}."]
    return pypandoc.convert_text(
        "\n\n".join(parts), "rst", format="gfm", extra_args=["--columns=110"]
    )


def to_html(text, mark):
    """The page that Odoo shows in Apps."""
    from docutils.core import publish_parts

    settings = {
        "initial_header_level": 2,
        "syntax_highlight": "none",
        "math_output": "MathML",
        "report_level": 2,
        "halt_level": 2,
    }
    body = publish_parts(text, writer_name="html5", settings_overrides=settings)["html_body"]
    body = body.replace('src="static/description/', 'class="img-fluid border" src="')
    body = body.replace("<table>", '<table class="table">')
    body = re.sub(r'<h1 class="title">.*?</h1>\n', "", body)  # Apps shows the name above
    lines = (
        f"<!-- Made from readme/ by setup/describe.py; {mark} -->",
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8" /></head><body>',
        body.strip(),
        "</body></html>\n",
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
