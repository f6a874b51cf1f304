"""What is asked about commissions, and the targets the answers have to meet."""

from workbench.console import step

from .figures import Finding
from .questions import SHARE, TIMES, Field, expect
from .raw import COMPARED
from .sizes import MEASURED
from .turns import Turns, in_turn

LABELS = ODOO, SUITE, OCA = "odoo", "commission", "ocacommission"
STEPS = "log", "entries", "statements"

#: how often it is asked, and beside raw SQL; once and alone where it takes many minutes
ROUNDS = 3
PART = 10
#: for one among ten times as many: indexes are deeper
GROWTH = 1.1
ABOVE_RAW = 2.0
#: OCA runs out of memory with 250 000 lines
OCA_LINES = 150_000
#: lines whose commission OCA computes, one after the other
OCA_COMPUTED = 5_000
SHARE_OF_OCA = 0.25
MORE_MEMORY = 64.0
PAYMENT = 5.0


def commission(field: Field) -> list:
    """Log, entries and statements of all that was collected."""
    title = "Commissions on all that was collected"
    lines, owed = field.act(SUITE, "owed")().result
    compared = lines <= COMPARED
    asked = {
        "a tenth": field.act(SUITE, "earn", share=PART),
        "suite": field.act(SUITE, "earn"),
    }
    if compared:
        asked["raw"] = field.act(SUITE, "raw_earn")
    with step(title):
        whole = in_turn(ROUNDS if compared else 1, asked, 0)
    turns = field.turns[title] = whole.by_step()
    for series in asked.keys() - {"a tenth"}:
        found = whole.result(series)[:4]
        expect(
            [*found[:2], round(found[3], 2)] == [lines, lines, round(owed, 2)],
            f"{title}: {series} {found}, {lines} reconciliations earn {owed}",
        )
    few = whole.result("a tenth")[1]
    return [
        *(one for name in STEPS for one in _step_findings(name, turns, lines, few)),
        *_memory_findings(whole, lines, few),
        *_oca_findings(field, turns, lines),
    ]


def _step_findings(name, turns, lines, few):
    suite, part, raw = (f"{series} {name}" for series in ("suite", "a tenth", "raw"))
    title = f"{name.capitalize()} of {lines:,} reconciliations"
    findings = [
        turns.find(f"{title}: suite", lambda r: r.median(suite)),
        turns.find(
            f"{name.capitalize()}: time for one, over the one among {few:,}",
            lambda r: r.ratio(suite, part) * few / lines,
            TIMES,
            GROWTH,
        ),
    ]
    if raw in turns.samples:
        findings += [
            turns.find(f"{title}: INSERT … SELECT alone", lambda r: r.median(raw)),
            turns.find(
                f"{name.capitalize()}: suite over raw",
                lambda r: r.ratio(suite, raw),
                TIMES,
                None if name == "log" else ABOVE_RAW,
            ),
        ]
    return findings


def _memory_findings(whole, lines, few):
    most = {
        series: max(sample.result[-1] for sample in whole.samples[series])
        for series in ("suite", "a tenth")
    }
    return [
        _figure(f"Memory, {lines:,} reconciliations", most["suite"]),
        _figure(f"Memory more than for {few:,}", most["suite"] - most["a tenth"], MORE_MEMORY),
    ]


def _oca_findings(field, turns, lines):
    """Once: it takes long."""
    if OCA not in field.workers or lines > OCA_LINES:
        return []
    title = "OCA: the same"
    with step(title):
        asked = {
            "compute": field.act(OCA, "oca_compute", count=OCA_COMPUTED),
            "settle": field.act(OCA, "oca_settle"),
        }
        oca = field.turns[title] = in_turn(1, asked, 0)
    computed = oca.result("compute")
    settled, _amount, memory = oca.result("settle")
    expect(computed and settled, f"{title}: {computed} lines computed, {settled} settled")

    beside = Turns(turns.samples | {name: row * ROUNDS for name, row in oca.samples.items()})

    def per_line(rounds):
        return rounds.median("compute") / computed + rounds.median("settle") / settled

    def share(*steps):
        return lambda r: sum(r.median(f"suite {step}") for step in steps) / lines / per_line(r)

    return [
        oca.find(f"OCA: {computed:,} commissions computed", lambda r: r.median("compute")),
        oca.find(f"OCA: {settled:,} commissions settled", lambda r: r.median("settle")),
        _figure("OCA: memory", memory),
        beside.find(
            "Entries and statements as a share of OCA's computing and settling, for a line",
            share("entries", "statements"),
            TIMES,
            SHARE_OF_OCA,
        ),
        beside.find("The same with the log", share(*STEPS), TIMES),
    ]


def payments(field: Field) -> list:
    """What commissions add to a payment."""
    title = "Register a payment"
    asked = {
        f"{worker} {name}": field.act(
            worker, "pay", moves=[field.plan["customers"][name]["unpaid"]]
        )
        for name in MEASURED
        for worker in (ODOO, SUITE)
    }
    turns = field.ask(f"{title}, with commissions", field.rounds, asked)
    for series in turns.samples:
        found = turns.result(series)
        expect(set(found) <= {"in_payment", "paid"}, f"{series}: {found}")
    findings = []
    for name in MEASURED:
        odoo, suite = f"{ODOO} {name}", f"{SUITE} {name}"
        findings += [
            turns.find(f"{title}, {field.words[name]}: Odoo alone", lambda r, o=odoo: r.median(o)),
            turns.find(
                f"{title}, {field.words[name]}: commissions more than Odoo",
                lambda r, o=odoo, s=suite: 100 * r.share(s, o),
                SHARE,
                PAYMENT,
            ),
        ]
    return findings


def _figure(title, value, target=None):
    return Finding(title, value, value, value, "MB", target)


ALL = {"commission": commission, "payments": payments}
