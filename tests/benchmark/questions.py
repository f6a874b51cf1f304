"""What is asked of the competitors, and the targets the answers have to meet."""

from dataclasses import dataclass, field

from workbench.console import step
from workbench.problem import Problem

from .figures import Finding, Rounds, find
from .sizes import MEASURED
from .turns import Turns, in_turn
from .worker import Worker

MS = "ms"
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

    def everybody(self, act: str, /, **arguments) -> dict:
        """How to ask all workers the same."""
        return {name: self.act(name, act, **arguments) for name in self.workers}


def expect(right: bool, what: str) -> None:
    """A figure that comes from wrong work is worth nothing."""
    if not right:
        raise Problem(f"The benchmark measured something else than it should: {what}", "Mend it")


def confirm(field: Field) -> list[Finding]:
    """What the gate adds to one confirmation."""
    findings = []
    counts = {}
    for name in MEASURED:
        customer, words = field.plan["customers"][name], field.words[name]
        asked = field.everybody("confirm", orders=[customer["order"]])
        asked.pop("no index", None)
        asked["raw"] = field.act("suite", "sql", query="EXPOSURE", partner=customer["partner"])
        turns = field.ask(f"Confirm an order, {words}", field.rounds, asked)
        for worker in asked.keys() - {"raw"}:
            expect(turns.result(worker) == ["sale"], f"{worker}: {turns.result(worker)}")
        counts[words] = turns.queries("suite")
        findings += _confirm_findings(name, words, turns)
    spread = float(max(counts.values()) - min(counts.values()))
    told = ", ".join(f"{count} for {words}" for words, count in counts.items())
    findings.append(
        Finding(f"Queries of a confirmation: {told}; difference", spread, spread, spread, "", 0.0)
    )
    few, history = (
        field.turns[f"Confirm an order, {field.words[n]}"].rounds for n in ("few", "history")
    )
    both = Rounds(
        {
            **{f"{name} few": few.values[name] for name in ("suite", "odoo")},
            **{f"{name} history": history.values[name] for name in ("suite", "odoo")},
        }
    )
    findings.append(
        find(
            f"Gate's addition, {field.words['history']}, over {field.words['few']}",
            both,
            lambda r: r.added("suite history", "odoo history") / r.added("suite few", "odoo few"),
            TIMES,
            1.1,
        )
    )
    return findings


#: what the gate may add at most, as a share of what OCA's check adds
SHARES_OF_OCA = {"few": 2 / 3, "many": 1 / 12}
ABOVE_RAW = 4.0


def _confirm_findings(name, words, turns):
    rounds = turns.rounds
    raw = rounds.median("raw")
    findings = [
        find(f"Odoo alone, {words}", rounds, lambda r: r.median("odoo"), MS),
        find(f"Raw query, {words}", rounds, lambda r: r.median("raw"), MS),
        find(
            f"Gate's addition, {words} (target: raw + {ABOVE_RAW:g} ms)",
            rounds,
            lambda r: r.added("suite", "odoo"),
            MS,
            raw + ABOVE_RAW,
        ),
    ]
    if "oca" in rounds.values:
        findings += [
            find(f"OCA's addition, {words}", rounds, lambda r: r.added("oca", "odoo"), MS),
            find(
                f"Gate's addition as a share of OCA's, {words}",
                rounds,
                lambda r: r.added("suite", "odoo") / r.added("oca", "odoo"),
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
        rounds = turns.rounds
        findings += [
            find(f"{title}: raw", rounds, lambda r: r.median("raw"), MS),
            find(f"{title}: suite", rounds, lambda r: r.median("suite"), MS),
            find(
                f"{title}: suite over raw", rounds, lambda r: r.ratio("suite", "raw"), TIMES, target
            ),
        ]
    page = field.ask(
        "A page of 80, in the order of the files",
        count,
        {"suite": field.act("suite", "page", order="id")},
    )
    findings.append(
        find(
            "A page of 80, in the order of the files: suite",
            page.rounds,
            lambda r: r.median("suite"),
            MS,
        )
    )
    return findings + _oca_lists(field)


def _oca_lists(field):
    """One round each: they take seconds."""
    if "oca" not in field.workers:
        return []
    findings = []
    for title, act, arguments in (
        ("OCA: everybody over the limit", "oca_over", {}),
        ("OCA: a page of 80 with its figures", "oca_page", {"first": field.plan["first"]}),
    ):
        with step(title):
            turns = in_turn(
                1 if act == "oca_over" else 5, {"oca": field.act("oca", act, **arguments)}, 0
            )
        field.turns[title] = turns
        findings.append(find(title, turns.rounds, lambda r: r.median("oca"), MS))
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
        counts = {}
        for name in MEASURED:
            words = field.words[name]
            asked = field.everybody(act, moves=[field.plan["customers"][name][key]])
            turns = field.ask(f"{title}, {words}", field.rounds, asked)
            for worker in asked:
                expect(
                    set(turns.result(worker)) <= set(result), f"{worker}: {turns.result(worker)}"
                )
            counts[words] = turns.queries("suite") - turns.queries("odoo")
            findings += _ledger_findings(f"{title}, {words}", turns.rounds)
        more = float(max(counts.values()))
        findings.append(
            Finding(f"{title}: queries more than Odoo alone", more, more, more, "", 0.0)
        )
    return findings


def _ledger_findings(title, rounds):
    findings = [
        find(f"{title}: Odoo alone", rounds, lambda r: r.median("odoo"), MS),
        find(
            f"{title}: suite more than Odoo",
            rounds,
            lambda r: 100 * r.share("suite", "odoo"),
            SHARE,
            5.0,
        ),
    ]
    if "oca" in rounds.values:
        findings.append(
            find(
                f"{title}: OCA more than Odoo",
                rounds,
                lambda r: 100 * r.share("oca", "odoo"),
                SHARE,
            )
        )
    if "no index" in rounds.values:
        findings.append(
            find(
                f"{title}: the covering index costs",
                rounds,
                lambda r: 100 * r.share("suite", "no index"),
                SHARE,
            )
        )
    return findings


def batch(field: Field) -> list[Finding]:
    """Many orders of as many customers, confirmed at once."""
    orders = field.plan["batch"]
    title = f"Confirm {len(orders)} orders of {len(orders)} customers"
    asked = {name: field.act(name, "confirm", orders=orders) for name in ("odoo", "suite")}
    turns = field.ask(title, max(field.rounds, 5), asked)
    expect(turns.result("suite") == ["sale"], f"{title}: {turns.result('suite')}")
    share = lambda r: 100 * r.share("suite", "odoo")  # noqa: E731
    return [
        find(f"{title}: Odoo alone", turns.with_hooks, lambda r: r.median("odoo"), MS),
        find(f"{title}: suite more than Odoo", turns.with_hooks, share, SHARE, 10.0),
        find(f"{title}: the same without Odoo's messages at commit", turns.rounds, share, SHARE),
    ]


ALL = {"confirm": confirm, "lists": lists, "ledger": ledger, "batch": batch}
