"""Rounds: the same work on the same world, undisturbed and disturbed, and what differs in the end."""

import json
import os
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from workbench import command
from workbench.databases import Databases
from workbench.problem import Problem

INSIDE = Path(__file__).parent / "inside"
WORK = ("reminders", "debit_notes", "commission", "confirmations", "releases", "nightly")
#: sentences and errors that somebody may read whose connection was cut; who tries again succeeds
CUT = ("InterfaceError", "OperationalError", "AdminShutdown", "Confirm again")
TRIES, VAIN, SHOWN, PATIENCE = 200, 5, 5, 60


@dataclass
class Round:
    """One work, disturbed until it was done."""

    work: str
    kills: int = 0
    cuts: int = 0
    said: Counter = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """A line for people."""
        mark = "✗" if self.differences else "✓"
        said = "; ".join(f"{count} × {words}" for words, count in self.said.items())
        return f"{mark} {self.work}: {self.kills} kills, {self.cuts} cuts{said and f' ({said})'}"


def differences(expected: dict, found: dict) -> list[str]:
    """Rows that only one of two databases has.

    >>> differences({"a": ["1", "2"]}, {"a": ["2", "2"]})
    ['a: missing 1', 'a: too much 2']
    """
    lines = []
    for table in sorted(expected.keys() | found.keys()):
        wanted, there = Counter(expected.get(table, ())), Counter(found.get(table, ()))
        lines += [f"{table}: missing {row}" for row in list(wanted - there)[:SHOWN]]
        lines += [f"{table}: too much {row}" for row in list(there - wanted)[:SHOWN]]
    return lines


class World:
    """A template that is filled once, its copies, and the process that works on them."""

    def __init__(self, databases: Databases, template: str, size, random, watch=str):
        self.databases, self.bench = databases, databases.bench
        self.template, self.name = template, template.replace("faults", "faulty")
        self.kept: list[str] = []
        self.size, self.random, self.watch = size, random, watch
        self.before: dict[str, int] = {}
        self._process = None

    def __enter__(self):
        self._begin(self.template)
        self.before = json.loads(self._succeed(do="prepare", size=self.size)["said"])
        self._end()
        self._anew()
        self._begin(self.name)
        return self

    def __exit__(self, *_error):
        self._end()
        for name in (self.name, *self.kept):
            self.databases.drop(name)

    def play(self, works, kills: int, cuts: int) -> list[Round]:
        """The works one after the other, first undisturbed, then disturbed until all were spent."""
        expected, seconds = self._undisturbed(works)
        rounds = []
        for number, work in enumerate(works):
            share = len(works) - number
            killed = self._disturbed(work, expected, seconds, kills=-(-kills // share))
            cut = self._disturbed(work, expected, seconds, cuts=-(-cuts // share))
            kills -= sum(each.kills for each in killed)
            cuts -= sum(each.cuts for each in cut)
            rounds += killed + cut
        return rounds

    def _undisturbed(self, works):
        """The state after each work, and how long it took; a copy is kept of the database before it."""
        expected, seconds = {}, {}
        self._anew()
        for work in works:
            self._keep(work)
            seconds[work] = self._succeed(do=work)["seconds"]
            expected[work] = self._state()
        return expected, seconds

    def _keep(self, work):
        name = self._before(work)
        self._wait_alone()
        self.databases.clone(self.name, name)
        self.kept.append(name)

    def _before(self, work):
        return self.template.replace("faults", f"before{work.replace('_', '')}")

    def _disturbed(self, work, expected, seconds, kills=0, cuts=0):
        """Rounds of one work until so many kills or cuts were dealt out."""
        rounds, vain = [], 0
        while (kills > 0 or cuts > 0) and vain < VAIN:
            self._anew(self._before(work))
            round_ = Round(work)
            quick = self._disturb(round_, seconds[work], kills, cuts)
            round_.differences += differences(expected[work], self._state())
            kills, cuts = kills - round_.kills, cuts - round_.cuts
            rounds.append(round_)
            self.watch(round_.line)
            if not round_.kills and not round_.cuts:  # it was too quick
                vain, seconds[work] = vain + 1, min(seconds[work], quick)
        return rounds

    def _disturb(self, round_, seconds, kills, cuts):
        """Call the work until it is done; how long the last call took."""
        for _number in range(TRIES):
            self._wait_alone()
            moment = self.random.uniform(0.0, seconds)
            if round_.kills < kills:
                answer = self._ask(do=round_.work, kill=moment)
                round_.kills += answer["killed"]
            elif round_.cuts < cuts:
                answer = self._ask_cut(round_, moment)
            else:
                answer = self._ask(do=round_.work)
            if answer["done"]:
                return answer["seconds"]
            if answer["said"]:
                self._note(round_, answer["said"])
        raise Problem(f"{round_.work} does not come to its end", f"Read {self._log}")

    def _note(self, round_, said):
        """What somebody read; more than a cut connection is a difference."""
        expected = any(word in said for word in CUT)
        if not expected:
            round_.differences.append(f"said: {said}")
        round_.said["asked to confirm again" if "Confirm again" in said else said[:60].strip()] += 1

    def _ask_cut(self, round_, moment):
        """Ask, and cut one or all of the connections at a moment."""
        timer = threading.Timer(moment, self._cut, [round_, self.random.random() < 0.5])
        timer.start()
        answer = self._ask(do=round_.work)
        timer.cancel()
        timer.join()
        return answer

    def _wait_alone(self):
        """PostgreSQL needs a moment to see that a process was killed; its locks are held until then."""
        until = time.monotonic() + PATIENCE
        while (
            self._psql(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{self.name}'")
            != "0"
        ):
            if time.monotonic() > until:
                raise Problem("A connection of a killed process stays.", "Look at pg_stat_activity")
            time.sleep(0.02)

    def _cut(self, round_, everything):
        limit = "ALL" if everything else "1"
        query = f"""SELECT count(pg_terminate_backend(pid)) FROM (
            SELECT pid FROM pg_stat_activity WHERE datname = '{self.name}' ORDER BY random() LIMIT {limit}) chosen"""
        round_.cuts += self._psql(query) not in ("", "0")

    def _psql(self, query):
        words = ["psql", "-XAtwq", "-d", "postgres", "-c", query]
        return command.output(words, env=os.environ | self.bench.postgres)

    # === THE PROCESS === #

    def _anew(self, template=None):
        """A copy as at the beginning, or of another; the process holds no connection between two orders."""
        self._wait_alone()
        self.databases.clone(template or self.template, self.name)

    def _state(self):
        path = self.bench.log("faults-state").with_suffix(".json")
        self._succeed(do="state", file=str(path), before=self.before)
        return json.loads(path.read_text())

    def _succeed(self, **order):
        answer = self._ask(**order)
        if not answer["done"]:
            raise Problem(
                f"{order['do']} failed undisturbed: {answer['said']}", f"Read {self._log}"
            )
        return answer

    def _ask(self, **order):
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        if answer := self._process.stdout.readline():
            return json.loads(answer)
        raise Problem("The process that works has ended.", f"Read {self._log}")

    @property
    def _log(self):
        return self.bench.log("faults")

    def _begin(self, database):
        words = [self.bench.python, INSIDE / "forks.py", "--", *self.bench.options(database)]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [str(word) for word in words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=self.bench.environ(),
            )
        if not self._process.stdout.readline():
            raise Problem("Odoo did not start.", f"Read {self._log}")

    def _end(self):
        if self._process:
            self._process.stdin.close()
            self._process.wait(timeout=30)
            self._process = None
