"""The pure parts of setup/: names, counts, sources, ports, sentences."""

import os
import re
import socket
import time
from pathlib import Path

import pytest
from workbench import (
    __main__,
    addons,
    checks,
    cluster,
    command,
    databases,
    home,
    house,
    odoo_source,
    results,
    running,
    shards,
    system,
    testing,
)
from workbench.problem import Problem
from workbench.results import Counts

STAMP = "2026-01-02 10:00:00,000 42"
LOG = f"""{STAMP} INFO db odoo.addons.credit.tests.test_a: Starting TestA.test_one ...
{STAMP} INFO db odoo.addons.credit.tests.test_a: skipped TestA.test_two : no browser
{STAMP} ERROR db odoo.addons.credit.tests.test_a: FAIL: Subtest TestA.test_one (case=1)
Traceback (most recent call last):
AssertionError: 1 != 2
{STAMP} ERROR db odoo.addons.credit.tests.test_a: FAIL: Subtest TestA.test_one (case=2)
Traceback (most recent call last):
AssertionError: 1 != 3
{STAMP} ERROR db odoo.addons.credit.tests.test_b: ERROR: TestB.test_three
ValueError: no
{STAMP} WARNING db odoo.addons.sale.models: nothing of ours
{STAMP} WARNING db odoo.fields: Field credit.thing: unknown parameter
{STAMP} ERROR db odoo.tests.result: 2 failed, 1 error(s) of 9 tests when loading database 'db'
"""


# === Counting === #


def test_a_test_counts_once_however_many_of_its_cases_fail():
    assert results.of_odoo(LOG) == Counts(passed=6, failed=2, skipped=1)
    assert results.failed_tests(LOG) == ["TestA.test_one", "TestB.test_three"]


def test_a_run_that_ends_before_its_summary_has_failed():
    assert results.of_odoo("Killed") == Counts(failed=1)
    assert list(results.of_odoo(LOG).names) == results.failed_tests(LOG) != []


def test_failures_come_with_their_traceback():
    assert "AssertionError: 1 != 3" in results.failures(LOG)[1]


def test_log_lines_that_name_an_addon_are_complaints():
    assert results.complaints(LOG, ["credit"]) == [
        "WARNING odoo.fields: Field credit.thing: unknown parameter"
    ]
    assert results.complaints(LOG, []) == []


def test_a_question_with_a_button_is_no_complaint():
    line = "2026-01-01 10:00:00,000 1 ERROR db odoo.http: Exception during request handling. \nin credit"
    for error, number in (("RedirectWarning", 0), ("UserError", 1)):
        log = f"{line}\nodoo.exceptions.{error}: ('Ask a manager.', 7, 'Ask')\n"
        assert len(results.complaints(log, ["credit"])) == number


def test_skipped_tests_tell_why():
    assert results.skipped_tests(LOG) == ["TestA.test_two: no browser"]


def test_junit_report(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/></testsuites>'
    )
    assert results.of_junit(report) == Counts(2, 2, 1)
    assert results.of_junit(tmp_path / "none.xml") == Counts(failed=1)


def test_what_failed_is_named_at_the_end(tmp_path):
    """A long output may be cut at its beginning."""
    report = tmp_path / "report.xml"
    cases = '<testcase name="a"/><testcase name="b"><failure/></testcase><testcase name="c"><error/></testcase>'
    report.write_text(f'<testsuite tests="3" failures="1" errors="1">{cases}</testsuite>')
    assert (Counts(failed=1, names=("lint",)) + results.of_junit(report)).names == (
        "lint",
        "b",
        "c",
    )


@pytest.mark.parametrize(
    ("counts", "good"),
    [(Counts(1), True), (Counts(), False), (Counts(1, 1), False), (Counts(0, 0, 3), False)],
)
def test_nothing_run_is_not_a_success(counts, good):
    assert counts.good is good


@pytest.mark.parametrize(
    ("good", "text", "counts"),
    [
        (True, "", Counts(1)),
        (False, "E501", Counts(failed=1)),
        (False, "x\n3 passed, 2 failed\n", Counts(3, 2)),
        (False, "Traceback\n3 passed, 0 failed\nSegmentation fault", Counts(3, 1)),
    ],
)
def test_a_check_counts_as_one_unless_it_counts_itself(good, text, counts):
    assert checks.Verdict("", good, text, 0).counts == counts


# === Finding Odoo === #


def _release(folder, version="(19, 0, 0, FINAL, 0, '')"):
    release = folder / "odoo/release.py"
    release.parent.mkdir(parents=True)
    release.write_text(f"version_info = {version}\n")


def test_a_source_is_known_by_what_it_holds(tmp_path):
    _release(tmp_path / "tree")
    _release(tmp_path / "prefix" / odoo_source.IN_PREFIX)
    (tmp_path / "folder").mkdir()
    deb = tmp_path / "folder/odoo-19_19.0.0_all.deb"
    deb.touch()
    found = [odoo_source.kind(tmp_path / name) for name in ("tree", "prefix", "folder", "none")]
    assert found == ["tree", "prefix", "folder", ""]
    assert odoo_source.kind(deb) == "package"


@pytest.fixture
def data_home(tmp_path):
    return home.Home(tmp_path / "home")


def _find(data_home, path):
    data_home.folder()
    return odoo_source.find(data_home, str(path))


def test_another_version_is_refused_with_a_sentence(tmp_path, data_home):
    _release(tmp_path / "tree", "(18, 0, 0, FINAL, 0, '')")
    with pytest.raises(Problem, match=r"is Odoo 18\.0; the suite is made for 19\.0"):
        _find(data_home, tmp_path / "tree")


def test_a_folder_without_odoo_is_refused(tmp_path, data_home):
    with pytest.raises(Problem, match="holds no Odoo"):
        _find(data_home, tmp_path)


def test_a_dangling_link_is_refused(tmp_path, data_home):
    _release(tmp_path / "tree")
    (tmp_path / "tree/odoo/font.woff").symlink_to("nowhere")
    with pytest.raises(Problem, match="links to nothing"):
        _find(data_home, tmp_path / "tree")


def test_the_source_is_remembered(tmp_path, data_home, monkeypatch):
    monkeypatch.delenv("ODOO_SOURCE", raising=False)
    _release(tmp_path / "tree")
    named = _find(data_home, tmp_path / "tree")
    assert odoo_source.find(data_home, None) == named


def test_a_package_that_differs_from_its_checksum_is_refused(tmp_path):
    deb = tmp_path / "odoo-19_19.0.0_all.deb"
    deb.touch()
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  {deb.name}\n")
    with pytest.raises(Problem, match="checksum differs"):
        odoo_source._verify(deb, "1" * 64)


# === Add-ons and databases === #


def _addon(repo, name, manifest="{'name': 'x'}"):
    (repo / name / "tests").mkdir(parents=True)
    (repo / name / "__manifest__.py").write_text(manifest)
    return addons.Addon(repo / name)


def test_addons_are_the_installable_folders_with_a_manifest(tmp_path):
    _addon(tmp_path, "b")
    _addon(tmp_path, "a")
    _addon(tmp_path, "c", "{'installable': False}")
    (tmp_path / "docker").mkdir()
    assert [addon.name for addon in addons.find(tmp_path)] == ["a", "b"]


def test_a_fingerprint_changes_with_what_is_installed(tmp_path):
    addon = _addon(tmp_path, "a")
    before = addon.fingerprint()
    (addon.path / "tests/test_a.py").write_text("1")
    assert addon.fingerprint() == before
    (addon.path / "view.xml").write_text("<odoo/>")
    assert addon.fingerprint() != before


def test_tests_are_shared_out_and_the_browser_stays_in_one_piece(tmp_path):
    addon = _addon(tmp_path, "a")
    cases = "".join(f"    def test_{number}(self): pass\n" for number in range(400))
    for name, base in (
        ("plain", "TransactionCase"),
        ("other", "BaseCase"),
        ("page", "HttpCase"),
    ):
        text = f"class {name.title()}({base}):\n{cases}"
        (addon.path / f"tests/test_{name}.py").write_text(text)
    left, *others = shards.pieces([addon])
    assert left.tags == ["/a", "-/a:Other", "-/a:Plain"]
    assert [piece.tags for piece in others] == [["/a:Other"], ["/a:Plain"]]
    assert [piece.tags for piece in shards.pieces([_addon(tmp_path, "b")])] == [["/b"]]


def test_jobs_are_done_two_at_a_time_the_longest_first():
    done = []

    def job(title, seconds):
        def run(_progress):
            done.append(title)
            return Counts(passed=1)

        return testing.Job(title, seconds, run)

    jobs = [job("short", 1), job("long", 9), job("middle", 5)]
    assert testing.work(jobs) == [Counts(1)] * 3
    assert done[-1] == "short"
    assert testing.work([]) == []


def test_the_time_of_a_test_is_that_of_who_reads_the_log():
    """A test that stops its clock writes another year into the log."""
    moments = iter((1.0, 3.5, 4.0))
    watch = results.Stopwatch(lambda: next(moments))
    for year, name in ((2026, "a"), (2031, "b")):
        watch(f"{year}-01-02 10:00:00,000 42 INFO db odoo.tests: Starting TestA.test_{name} ...")
    assert watch.times == ((2.5, "TestA.test_a"), (0.5, "TestA.test_b"))


def test_what_needs_neighbours_runs_in_a_database_with_them(tmp_path):
    plain, glue = _addon(tmp_path, "a"), _addon(tmp_path, "a_pos", "{'depends': ['pos_sale']}")
    assert (plain.is_apart, glue.is_apart) == (False, True)
    assert shards.beside_neighbours([plain]) == []
    text = '@tagged("credit_neighbours")\nclass TestShop:\n    def test_it(self): pass\n'
    (plain.path / "tests/test_shop.py").write_text(text)
    assert [piece.tags for piece in shards.pieces([plain])] == [["/a"]]
    assert shards.beside_neighbours([plain, glue])[:2] == ["credit_neighbours", "/a_pos"]
    for tag, needed in (("/a:TestShop.test_it", True), ("/a", False), ("/a_pos", True)):
        assert shards.needs_neighbours([plain, glue], tag) is needed


def test_a_rule_that_imports_odoo_is_named(tmp_path):
    rule = tmp_path / "rule.py"
    rule.write_text("import datetime\nfrom . import kinds\nfrom odoo.tools import float_round\n")
    assert [fault.split(": ")[0] for fault in checks.impurities(rule)] == [f"{rule}:3"]


def test_an_unmarked_override_a_missing_changelog_and_a_misnamed_fragment_are_named(tmp_path):
    addon = tmp_path / "credit_thing"
    (addon / "models").mkdir(parents=True)
    fragments = addon / "readme" / "newsfragments"
    fragments.mkdir(parents=True)
    (addon / "models" / "sale_order.py").write_text(
        "class A(models.Model):\n    _inherit = 'sale.order'\n\n"
        "    def action_draft(self):\n        return super().action_draft()\n\n"
        "    def action_lock(self):\n        # EXTENDS 'sale'\n        return super().action_lock()\n"
    )
    for name in ("1.misc.1.md", "1.misc.1.twice.md", "2.misc.1.fine.md", "2.bugfix.slug.md"):
        (fragments / name).touch()
    found = "\n".join(house.faults([addon]))
    assert re.findall(r"[\w.]+: an override|[\w.]+: an add-on has|[\w.]+: name it", found) == [
        "sale.order.action_draft: an override",
        "readme: an add-on has",
        "1.misc.1.twice.md: name it",
        "2.bugfix.slug.md: name it",
    ]


def test_a_second_body_a_stranger_a_hook_that_is_not_there_and_a_limit_alone_are_named(tmp_path):
    (tmp_path / "readme").mkdir()
    (tmp_path / "readme" / "DEVELOP.md").write_text("Extend `_get_one()`, not `_get_none()`.")
    (tmp_path / "readme" / "ROADMAP.md").write_text("\n- No. Meanwhile: wait.\n- Never.")
    (tmp_path / "models").mkdir()
    body = "class A(models.Model):\n    _inherit = ['sale.order']\n\n    def _get_one(self):\n        pass\n"
    for name in ("sale_order", "sale_order_more", "other"):
        (tmp_path / "models" / f"{name}.py").write_text(body)
    found = "\n".join(house.faults([tmp_path]))
    assert re.findall(r"one body|other.py: name it|no _\w+|- Never|Never\.…", found) == [
        "no _get_none",
        "one body",
        "one body",
        "other.py: name it",
        "Never.…",
    ]


def test_methods_that_are_too_long_to_read_are_named_unless_they_are_a_table(tmp_path):
    def method(name, lines):
        return f"def {name}():\n" + "    0\n" * (lines - 1) + "\n"

    many = "".join(method(f"short{n}", 8) for n in range(40))
    for name, text, named in (
        ("fine", many + method("a", 50), []),
        ("longest", many + method("a", 51), ["a has 51 lines: 100%"]),
        ("table", many + "def a():\n    return [\n" + "        0,\n" * 60 + "    ]\n", []),
        ("most", many + "".join(method(f"a{n}", 21) for n in range(5)), ["a0 has 21 lines: 90%"]),
        ("half", many.replace("\n\n", "\n    0\n\n"), ["short27 has 9 lines: 50%"]),
    ):
        addon = tmp_path / name
        (addon / "models").mkdir(parents=True)
        (addon / "models" / "thing.py").write_text(text)
        found = re.findall(r"\w+ has \d+ lines: \d+%", "\n".join(house.faults([addon])))
        assert found == named, name


def test_a_day_of_the_server_in_a_model_is_named(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "thing.py").write_text(
        "def good(self):\n    return fields.Date.context_today(self), fields.Datetime.now()\n\n"
        "def bad(self):\n    return fields.Date.today()\n\n"
        "def worse(self):\n    return datetime.now().date()\n"
    )
    found = "\n".join(house.faults([tmp_path]))
    assert re.findall(r":(\d+): today is", found) == ["5", "8"]


def test_databases_of_processes_that_live_are_not_stale():
    assert not databases.is_stale(f"credit_1_e2e_{os.getpid()}", "credit_1")
    assert not databases.is_stale("credit_2_e2e_999999999", "credit_1")


def test_what_is_made_appears_when_it_is_complete(tmp_path):
    target = tmp_path / "odoo"
    with pytest.raises(RuntimeError), home.made(target) as draft:
        (draft / "half").touch()
        raise RuntimeError
    assert not target.exists()
    with home.made(target) as draft:
        (draft / "whole").touch()
    assert [path.name for path in target.iterdir()] == ["whole"]


# === The machine === #


def test_another_system_is_sent_to_the_container(tmp_path):
    release = tmp_path / "os-release"
    release.write_text('ID=ubuntu\nVERSION_ID="24.04"\n')
    with pytest.raises(Problem, match=r"(?s)ubuntu 24\.04.*docker/"):
        system.require_debian_12(release)


def test_a_port_in_use_is_refused_and_zero_finds_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=f"Port {port} cannot be used"):
            system.require_port(port)
        assert system.require_port(0) not in (0, port)


def test_a_full_disk_is_told_before_it_is_met(data_home, monkeypatch):
    data_home.folder()
    monkeypatch.setattr(home, "FREE_GIB", 10**9)
    with pytest.raises(Problem, match="GiB free"):
        data_home.require_room()


@pytest.mark.parametrize(
    ("environ", "named"),
    [({}, False), ({"PGHOST": "db"}, True), ({"PGPORT": "5433"}, True), ({"PGUSER": "x"}, False)],
)
def test_a_named_postgresql_is_used(environ, named):
    assert cluster.is_named(environ) is named


def test_the_superuser_of_postgresql_is_refused(monkeypatch):
    monkeypatch.setenv("PGHOST", "localhost")
    monkeypatch.setenv("PGUSER", "postgres")
    with pytest.raises(Problem, match="refuses to work as"):
        cluster._named()


# === The commands === #


def test_logins_are_read_from_the_loader(tmp_path):
    loader = tmp_path / "load.py"
    loader.write_text("LOGINS = [('lea', 'secret', 'Analyst')]\n")
    assert running.logins(loader) == [("lea", "secret", "Analyst")]
    assert running.logins(Path("none.py"))[0][0] == "admin"


def test_parts_and_targets_are_understood():
    options = __main__.parser().parse_args(["test", "--only", "lint", "--only", "e2e"])
    assert options.only == ["lint", "e2e"]
    options = __main__.parser().parse_args(["test", "credit_management:TestHold.test_release"])
    assert options.target == ["credit_management:TestHold.test_release"]


def test_an_interrupted_program_takes_its_children_along(tmp_path):
    seen = []

    def stop(line):
        seen.append(int(line))
        raise KeyboardInterrupt

    words = ["sh", "-c", "(echo $$; exec sleep 60); true"]
    with pytest.raises(KeyboardInterrupt):
        command.stream(words, log=tmp_path / "log", watch=stop)
    assert _ends(seen[0])


def _ends(group, seconds=10.0):
    """Whether a killed group of processes is gone, once the system has collected them."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_program_that_is_not_installed_says_nothing():
    assert command.output(["no-such-program"]) == ""
    assert command.output(["sh", "-c", "echo yes"]) == "yes"
