"""Each add-on builds as a wheel the way OCA add-ons do, and its pages are made from its fragments."""

import ast
import email
import importlib.util
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
ADDONS = [manifest.parent for manifest in sorted(REPO.glob("*/__manifest__.py"))]
NOT_SHIPPED = {"__pycache__", "readme", "pyproject.toml", "README.rst"}

each_addon = pytest.mark.parametrize("addon", ADDONS, ids=lambda addon: addon.name)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Builds a wheel without network: the build backend has to be there."""
    if importlib.util.find_spec("whool") is None:
        pytest.skip("whool is not installed: no wheel is built. Remedy: pip install whool")
    folder = tmp_path_factory.mktemp("wheels")

    def build(addon):
        words = ("wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, addon)
        done = subprocess.run(
            [sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False
        )
        assert not done.returncode, done.stderr
        [wheel] = folder.glob(f"odoo_addon_{addon.name}-*.whl")
        return zipfile.ZipFile(wheel)

    return build


@each_addon
def test_wheel_holds_the_addon_and_says_what_it_is(addon, wheels):
    manifest = ast.literal_eval((addon / "__manifest__.py").read_text())
    with wheels(addon) as wheel:
        packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
        [metadata] = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        about = email.message_from_bytes(wheel.read(metadata))

    assert Path(wheel.filename).name.startswith(f"odoo_addon_{addon.name}-19.0.")
    assert packed >= {f"odoo/addons/{addon.name}/{path}" for path in _shipped(addon)}
    assert all(name.startswith(f"odoo/addons/{addon.name}/") for name in packed)
    assert about["Version"].startswith(manifest["version"])
    assert about["License"] == "LGPL-3"
    assert "odoo==19.0.*" in about.get_all("Requires-Dist")
    assert manifest["name"] in about.get_payload()


def _shipped(addon):
    """What has to be in the wheel: the files that Git knows, less those for reading."""
    words = ("git", "-C", addon, "ls-files", "--deduplicate")
    listed = subprocess.run(words, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("This is no Git checkout: what belongs into the wheel is not known.")
    paths = map(Path, listed.stdout.splitlines())
    return [path for path in paths if not NOT_SHIPPED & set(path.parts) and (addon / path).exists()]


@each_addon
def test_pages_are_made_from_the_fragments(addon):
    command = [sys.executable, REPO / "setup/describe.py", "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


@each_addon
def test_every_picture_of_the_fragments_is_shown_and_there(addon):
    folder = addon / "static/description"
    fragments = "".join(path.read_text() for path in sorted((addon / "readme").glob("*.md")))
    meant = {Path(path).name for path in re.findall(r"!\[[^]]*\]\(([^)]+)\)", fragments)}
    shown = set(re.findall(r'src="([^":]+)"', (folder / "index.html").read_text()))
    shown |= {
        Path(path).name for path in re.findall(r"image:: (\S+)", (addon / "README.rst").read_text())
    }
    assert shown == meant
    assert not [name for name in shown if not (folder / name).is_file()]
    assert (folder / "icon.png").is_file()
