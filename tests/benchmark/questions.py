"""What is asked of the competitors, and the targets the answers have to meet."""

from dataclasses import dataclass, field

from workbench.console import step
from workbench.problem import Problem

from .figures import Finding
from .sizes import MEASURED
from .turns import Turns, in_turn
from .worker import Worker

LABELS = "odoo", "suite", "no index", "collection", "oca"

#: questions that these alone are asked
ASKED_ONLY = {"no index": ("post", "pay"), "collection": ("confirm",)}

TIMES = "times"
SHARE = "%"


@dataclass
class Field:
    """Who takes part, and how often each question is put."""

    workers: dict[str, Worker]
    plan: dict
    rounds: int
    words: dict[str, str]
    turns: dict[str, Turns] = field(default_factory=dict)

    def ask(self, title: str, count: int, series: dict) -> Turns:
        """Put a question in turn to those who take part."""
        present = {name: ask for name, ask in series.items() if ask}
        with step(title):
            self.turns[title] = in_turn(count, present)
        return self.turns[title]

    def act(self, name: str, act: str, /, **arguments):
        """How to ask a worker, if it takes part."""
        worker = self.workers.get(name)
        return worker and (lambda: worker.measure(act, **arguments))


def expect(right: bool, what: str) -> None:
    """A figure that comes from wrong work is worth nothing."""
    if not right:
        raise Problem(f"The benchmark measured something else than it should: {what}", "Mend it")


def measured(field: Field, title: str, act: str, arguments) -> Turns:
    """Ask everybody the same about each measured customer, all in one turn: series ``"suite few"``.

    :param arguments: function from the plan of a customer to the arguments of the act
    """
    asked = {}
    for name in MEASURED:
        customer = field.plan["customers"][name]
        asked |= {
            f"{worker} {name}": field.act(worker, act, **arguments(customer))
            for worker in field.workers
            if act in ASKED_ONLY.get(worker, (act,))
        }
        if act == "confirm":
            query = {"query": "EXPOSURE", "partner": customer["partner"]}
            asked[f"raw {name}"] = field.act("suite", "sql", **query)
    return field.ask(title, field.rounds, asked)


def queries(turns: Turns, series: str) -> dict[str, int]:
    """Queries of a series for each measured customer."""
    return {name: turns.queries(f"{series} {name}") for name in MEASURED}


def confirm(field: Field) -> list[Finding]:
    """What the gate adds to one confirmation."""
    turns = measured(field, "Confirm an order", "confirm", lambda c: {"orders": [c["order"]]})
    for series in turns.samples:
        if not series.startswith("raw"):
            expect(turns.result(series) == ["sale"], f"{series}: {turns.result(series)}")
    findings = []
    for name in MEASURED:
        findings += _confirm_findings(name, field.words[name], turns)
    counts = queries(turns, "suite")
    told = ", ".join(f"{count} for {field.words[name]}" for name, count in counts.items())
    spread = float(max(counts.values()) - min(counts.values()))
    findings.append(
        Finding(f"Queries of a confirmation: {told}; difference", spread, spread, spread, "", 0.0)
    )
    findings.append(
        turns.find(
            f"Gate's addition, {field.words['history']}, over {field.words['few']}",
            lambda r: r.added("suite history", "odoo history") / r.added("suite few", "odoo few"),
            TIMES,
            1.1,
        )
    )
    return findings


#: what the gate may add at most, as a share of what OCA's check adds
SHARES_OF_OCA = {"few": 2 / 3, "many": 1 / 12}
ABOVE_RAW = 4.0
#: what plans and disputes may make of it, where there are none
WITH_COLLECTION = 1.5


def _confirm_findings(name, words, turns):
    series = ("suite", "odoo", "oca", "raw", "collection")
    suite, odoo, oca, raw, collection = (f"{one} {name}" for one in series)
    findings = [
        turns.find(f"Odoo alone, {words}", lambda r: r.median(odoo)),
        turns.find(f"Raw query, {words}", lambda r: r.median(raw)),
        turns.find(
            f"Gate's addition, {words} (target: raw + {ABOVE_RAW:g} ms)",
            lambda r: r.added(suite, odoo),
            target=lambda r: r.median(raw) + ABOVE_RAW,
        ),
    ]
    if collection in turns.samples:
        findings.append(
            turns.find(
                f"Gate's addition with credit_collection, {words}, over the gate's alone",
                lambda r: r.added(collection, odoo) / r.added(suite, odoo),
                TIMES,
                WITH_COLLECTION,
            )
        )
    if oca in turns.samples:
        findings += [
            turns.find(f"OCA's addition, {words}", lambda r: r.added(oca, odoo)),
            turns.find(
                f"Gate's addition as a share of OCA's, {words}",
                lambda r: r.added(suite, odoo) / r.added(oca, odoo),
                TIMES,
                SHARES_OF_OCA.get(name),
            ),
        ]
    return findings


def lists(field: Field) -> list[Finding]:
    """Searches over everybody, and a page of the list."""
    findings = []
    count = max(5, field.rounds // 3)
    for title, act, query, target in (
        ("80 customers by exposure", "highest", "HIGHEST", 1.5),
        ("Everybody over the limit", "over", "OVER", 1.5),
        ("A page of 80 with its figures, by exposure", "page", "PAGE", 3.0),
    ):
        asked = {"suite": field.act("suite", act), "raw": field.act("suite", "sql", query=query)}
        turns = field.ask(title, count, asked)
        expect(
            _ids(turns.result("suite")) == _ids(turns.result("raw")),
            f"{title}: other answer than raw",
        )
        findings += [
            turns.find(f"{title}: raw", lambda r: r.median("raw"), cpu=False),
            turns.find(f"{title}: suite", lambda r: r.median("suite"), cpu=False),
            turns.find(
                f"{title}: suite over raw",
                lambda r: r.ratio("suite", "raw"),
                TIMES,
                target,
                cpu=False,
            ),
        ]
    title = "A page of 80, in the order of the files"
    page = field.ask(title, count, {"suite": field.act("suite", "page", order="id")})
    findings.append(page.find(f"{title}: suite", lambda r: r.median("suite"), cpu=False))
    return findings + _oca_lists(field)


def _oca_lists(field):
    """A few rounds: they take seconds."""
    if "oca" not in field.workers:
        return []
    findings = []
    for title, act, arguments, count in (
        ("OCA: everybody over the limit", "oca_over", {}, 1),
        ("OCA: a page of 80 with its figures", "oca_page", {"first": field.plan["first"]}, 5),
    ):
        with step(title):
            turns = in_turn(count, {"oca": field.act("oca", act, **arguments)}, 0)
        field.turns[title] = turns
        findings.append(turns.find(title, lambda r: r.median("oca"), cpu=False))
    return findings


def _ids(rows):
    """Ids of an answer: rows that begin with one, or ids."""
    return sorted(row[0] if isinstance(row, list) else row for row in rows)


def ledger(field: Field) -> list[Finding]:
    """Posting an invoice and registering a payment: with the suite as fast as without."""
    findings = []
    for title, act, key, result in (
        ("Post an invoice", "post", "draft", ["posted"]),
        ("Register a payment", "pay", "unpaid", ["in_payment", "paid"]),
    ):
        turns = measured(field, title, act, lambda c, key=key: {"moves": [c[key]]})
        for series in turns.samples:
            expect(set(turns.result(series)) <= set(result), f"{series}: {turns.result(series)}")
        for name in MEASURED:
            findings += _ledger_findings(f"{title}, {field.words[name]}", name, turns)
        suite, odoo = queries(turns, "suite"), queries(turns, "odoo")
        more = [suite[name] - odoo[name] for name in MEASURED]
        grow = float(max(more) - min(more))
        told = (
            f"{title}: {max(more)} queries more than Odoo alone; they grow with the open items by"
        )
        findings.append(Finding(told, grow, grow, grow, "", 0.0))
    return findings


def _ledger_findings(title, name, turns):
    suite, odoo, oca, bare = (f"{s} {name}" for s in ("suite", "odoo", "oca", "no index"))
    findings = [
        turns.find(f"{title}: Odoo alone", lambda r: r.median(odoo)),
        turns.find(
            f"{title}: suite more than Odoo", lambda r: 100 * r.share(suite, odoo), SHARE, 5.0
        ),
        turns.find(
            f"{title}: the covering index costs", lambda r: 100 * r.share(suite, bare), SHARE
        ),
    ]
    if oca in turns.samples:
        findings.append(
            turns.find(f"{title}: OCA more than Odoo", lambda r: 100 * r.share(oca, odoo), SHARE)
        )
    return findings


def batch(field: Field) -> list[Finding]:
    """Many orders of as many customers, confirmed at once."""
    orders = field.plan["batch"]
    title = f"Confirm {len(orders)} orders of {len(orders)} customers"
    asked = {name: field.act(name, "confirm", orders=orders) for name in ("odoo", "suite")}
    turns = field.ask(title, max(field.rounds, 5), asked)
    expect(turns.result("suite") == ["sale"], f"{title}: {turns.result('suite')}")

    def share(rounds):
        return 100 * rounds.share("suite", "odoo")

    return [
        turns.find(f"{title}: Odoo alone", lambda r: r.median("odoo")),
        turns.find(f"{title}: suite more than Odoo", share, SHARE, 10.0),
        turns.find(f"{title}: without Odoo's messages at commit", share, SHARE, flush=True),
    ]


ALL = {"confirm": confirm, "lists": lists, "ledger": ledger, "batch": batch}
