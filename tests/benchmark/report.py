"""The report: Markdown for people, JSON for programs."""

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from .competitors import Competitors
from .figures import Finding
from .turns import Turns

INDEXES = """
SELECT c.relname, pg_size_pretty(pg_relation_size(c.oid)) FROM pg_class c
 WHERE c.relkind = 'i' AND (c.relname LIKE '%credit_exposure_idx' OR c.relname = 'account_move_line_pkey')
 ORDER BY pg_relation_size(c.oid) DESC
"""
HEAD = "| | figure | 95 % interval | by processor time | target | |\n|---|---:|---:|---:|---:|---|"


def environment(competitors: Competitors, suite: str) -> dict:
    """On what it was measured."""
    rows = competitors.sql(suite, INDEXES).splitlines()
    size = competitors.sql(suite, "SELECT pg_size_pretty(pg_database_size(current_database()))")
    lines = competitors.sql(suite, "SELECT COUNT(*) FROM account_move_line")
    return {
        "sizes": competitors.sizes.as_dict(),
        "journal items": int(lines or 0),
        "database": size,
        "indexes": dict(row.split("|") for row in rows),
        "PostgreSQL": competitors.sql(suite, "SHOW server_version"),
        "Python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
    }


def write(path: Path, about: dict, findings: dict[str, list[Finding]], turns: dict[str, Turns]):
    """`path.md` and `path.json`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".md").write_text(markdown(about, findings, turns))
    raw = {title: _samples(asked) for title, asked in turns.items()}
    found = {
        part: [asdict(one) | {"verdict": one.verdict} for one in row]
        for part, row in findings.items()
    }
    data = {"about": about, "findings": found, "samples": raw}
    path.with_suffix(".json").write_text(json.dumps(data, indent=1))


def markdown(about: dict, findings: dict[str, list[Finding]], turns: dict[str, Turns]) -> str:
    """The report for people."""
    parts = ["# Benchmark", "", *(f"- {key}: {_plain(value)}" for key, value in about.items()), ""]
    for part, row in findings.items():
        parts += [f"## {part.capitalize()}", "", HEAD, *map(_line, row), ""]
    parts += [
        "## Medians",
        "",
        "| question | series | ms | processor ms | queries |",
        "|---|---|---:|---:|---:|",
    ]
    for title, asked in turns.items():
        clock, work = asked.rounds(), asked.rounds("cpu_ms")
        parts += [
            f"| {title} ({len(clock)} rounds) | {name} | {clock.median(name):.1f} |"
            f" {work.median(name):.1f} | {asked.queries(name)} |"
            for name in asked.samples
        ]
    return "\n".join(parts) + "\n"


def _line(finding):
    spread = f"{finding.low:.2f} to {finding.high:.2f}" if finding.rounds > 1 else ""
    cpu = "" if finding.cpu is None else f"{finding.cpu:.2f}"
    target = "" if finding.target is None else f"≤ {finding.target:.2f}"
    figure = f"{finding.value:.2f} {finding.unit}"
    return f"| {finding.name} | {figure} | {spread} | {cpu} | {target} | {finding.verdict} |"


def _samples(turns):
    """What was measured, one list for each series and figure."""
    return {
        series: {
            what: [round(value, 3) for value in turns.rounds(what).values[series]]
            for what in ("ms", "cpu_ms", "flush_ms", "flush_cpu_ms")
        }
        | {"queries": turns.queries(series)}
        for series in turns.samples
    }


def _plain(value):
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else value
