"""What became of a call, and how the list of what is allowed is read and compared. No Odoo here."""

#: kinds of calls, in the order of the list
KINDS = ("read", "see", "create", "write", "copy", "unlink", "call", "fault")

HEAD = """\
# Who gets through, call by call: reviewed by people. Anything that is not here fails the sweep.
# "read": sees records of the company of the scene; "see": reads one of the figures of credit on Odoo's own records;
# "call": a public method does not refuse; "fault": it ends in an error that is no sentence.
# kind what: actors
"""


def to_lines(found: dict[tuple[str, str], set[str]]) -> str:
    """The list as text.

    >>> print(to_lines({("read", "credit.hold"): {"manager", "analyst"}}).splitlines()[-1])
    read credit.hold: analyst manager
    """
    order = sorted(found, key=lambda key: (KINDS.index(key[0]), key[1]))
    lines = (f"{kind} {what}: {' '.join(sorted(found[kind, what]))}\n" for kind, what in order)
    return HEAD + "\n" + "".join(lines)


def from_lines(text: str) -> dict[tuple[str, str], set[str]]:
    """The list as it was reviewed.

    >>> from_lines("# words\\nread credit.hold: analyst manager\\n") == {("read", "credit.hold"): {"analyst", "manager"}}
    True
    """
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            head, _colon, actors = line.rpartition(":")
            kind, what = head.split(" ", 1)
            found[kind, what] = set(actors.split())
    return found


def compare(allowed: dict, found: dict) -> tuple[list[str], list[str]]:
    """What is new, and what is allowed and happens no more; each as lines of the list.

    >>> compare({("read", "a"): {"x"}}, {("read", "a"): {"x", "y"}, ("call", "a.b"): {"x"}})
    (['call a.b: x', 'read a: y'], [])
    >>> compare({("read", "a"): {"x"}}, {})
    ([], ['read a: x'])
    """

    def beyond(these, those):
        left = {key: actors - those.get(key, set()) for key, actors in these.items()}
        return sorted(
            f"{kind} {what}: {' '.join(sorted(actors))}"
            for (kind, what), actors in left.items()
            if actors
        )

    return beyond(found, allowed), beyond(allowed, found)
