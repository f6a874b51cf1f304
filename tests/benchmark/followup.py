"""What is asked about reminders and statements of account, and the targets the answers have to meet."""

from workbench.console import step

from .figures import Finding
from .questions import TIMES, Field, expect
from .turns import in_turn

LABELS = SUITE, OCA = "followup", "ocafollowup"

#: how often the suite is put a question that takes seconds
ROUNDS = 9
#: OCA takes minutes and gigabytes for more items, and the time of its statements grows with the square of the customers
OCA_ITEMS = 60_000
OCA_CUSTOMERS = 200
SHARE = 10
STATEMENTS, MONTHS = 1000, 12
MORE_MEMORY = 64.0


def reminders(field: Field) -> list:
    """Preview and notices of everything overdue."""
    title = "Prepare a run over all that is overdue"
    asked = {
        "suite": field.act(SUITE, "remind"),
        "a tenth": field.act(SUITE, "remind", share=SHARE),
        "raw": field.act(SUITE, "raw_remind"),
    }
    turns = field.ask(title, min(field.rounds, ROUNDS), asked)
    notices, items, amount, _memory = turns.result("suite")
    _few_notices, few_items, _few_amount, _few_memory = turns.result("a tenth")
    memory, few_memory = (_get_memory(turns, series) for series in ("suite", "a tenth"))
    raw = turns.result("raw")
    expect(
        [notices, items, round(amount, 2)] == [*raw[:2], round(raw[2], 2)],
        f"{title}: {notices} notices, {items} items, {amount}, raw {raw}",
    )
    told = f"{items:,} items, {notices:,} customers"
    grown = memory - few_memory
    growth = few_items / items
    return [
        turns.find(f"INSERT … SELECT alone, {told}", lambda r: r.median("raw")),
        turns.find(f"Run prepared, {told}", lambda r: r.median("suite")),
        turns.find("Run over raw", lambda r: r.ratio("suite", "raw"), TIMES, 2.0),
        turns.find(
            f"Time for an item, over the one among {few_items:,} items",
            lambda r: r.ratio("suite", "a tenth") * growth,
            TIMES,
            1.0,
        ),
        _figure(f"Memory, {told}", memory),
        _figure(f"Memory more than for {few_items:,} items", grown, MORE_MEMORY),
        *_oca_reminders(field, turns, items),
    ]


def _get_memory(turns, series):
    """The most that one of the rounds took."""
    return max(sample.result[-1] for sample in turns.samples[series])


def _oca_reminders(field, turns, items):
    """Once: it takes long."""
    if OCA not in field.workers or items > OCA_ITEMS:
        return []
    title = "OCA: credit control lines of the same"
    with step(title):
        oca = in_turn(1, {"oca": field.act(OCA, "oca_remind")}, 0)
    field.turns[title] = oca
    _customers, lines, _amount, memory = oca.result("oca")
    expect(lines >= items, f"{title}: {lines} lines of {items}")
    return [
        oca.find(f"{title}, {lines:,} lines", lambda r: r.median("oca")),
        _figure("OCA: memory", memory),
        _share_of_oca("Run as a share of OCA's", turns, oca),
    ]


def statements(field: Field) -> list:
    """Movements of a year of many customers."""
    count = min(STATEMENTS, field.plan["sizes"]["customers"])
    arguments = {"first": field.plan["first"], "count": count, "months": MONTHS}
    title = f"Statements of {count:,} customers, {MONTHS} months"
    asked = {
        "suite": field.act(SUITE, "statements", **arguments),
        "raw": field.act(SUITE, "raw_statements", **arguments),
    }
    turns = field.ask(title, min(field.rounds, ROUNDS), asked)
    lines, balances, ages = turns.result("suite")
    expect([lines, balances, ages] == turns.result("raw"), f"{title}: other answer than raw")
    told = f"{title}, {lines:,} movements"
    return [
        turns.find(f"{told}: raw", lambda r: r.median("raw")),
        turns.find(f"{told}: suite", lambda r: r.median("suite")),
        turns.find(f"{title}: suite over raw", lambda r: r.ratio("suite", "raw"), TIMES, 4.0),
        *_oca_statements(field, arguments),
    ]


def _oca_statements(field, arguments):
    """Of fewer customers, once."""
    if OCA not in field.workers:
        return []
    count = min(arguments["count"], OCA_CUSTOMERS)
    arguments = arguments | {"count": count}
    title = f"Statements of {count:,} customers, {MONTHS} months"
    with step(f"OCA: {title}"):
        turns = field.ask(
            title, ROUNDS // 2, {"suite": field.act(SUITE, "statements", **arguments)}
        )
        oca = in_turn(1, {"oca": field.act(OCA, "oca_statements", **arguments)}, 0)
    field.turns[f"OCA: {title}"] = oca
    return [
        oca.find(f"OCA: {title}, {oca.result('oca'):,} lines", lambda r: r.median("oca")),
        _share_of_oca(f"{title}: as a share of OCA's", turns, oca),
    ]


def _share_of_oca(title, turns, oca):
    """At most a tenth."""
    whole = oca.rounds().median("oca")
    return turns.find(title, lambda r: r.median("suite") / whole, TIMES, 0.1, cpu=False)


def _figure(title, value, target=None):
    return Finding(title, value, value, value, "MB", target)


ALL = {"reminders": reminders, "statements": statements}
