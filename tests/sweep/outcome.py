"""What became of a call, and how the list of what is allowed is read and compared. No Odoo here."""

#: kinds of calls, in the order of the list
KINDS = ("read", "see", "create", "write", "copy", "unlink", "call", "fault")

HEAD = """\
# Who gets through, call by call: reviewed by people. Anything that is not here fails the sweep.
# "read": sees records of the company of the scene; "see": reads one of the figures of credit on Odoo's own records;
# "call": a public method does not refuse; "fault": it ends in an error that is no sentence.
# kind what: actors # why, where it does not explain itself
"""


def to_lines(found: dict[tuple[str, str], set[str]], reasons: dict | None = None) -> str:
    """The list as text.

    >>> print(to_lines({("read", "credit.hold"): {"manager", "analyst"}}).splitlines()[-1])
    read credit.hold: analyst manager
    >>> print(to_lines({("call", "a.b"): {"portal"}}, {("call", "a.b"): "a window"}).splitlines()[-1])
    call a.b: portal # a window
    """
    order = sorted(found, key=lambda key: (KINDS.index(key[0]), key[1]))
    lines = (_line(key, found[key], (reasons or {}).get(key)) for key in order)
    return HEAD + "\n" + "".join(f"{line}\n" for line in lines)


def _line(key, actors, reason=None):
    kind, what = key
    words = f"{kind} {what}: {' '.join(sorted(actors))}"
    return f"{words} # {reason}" if reason else words


def from_lines(text: str) -> dict[tuple[str, str], set[str]]:
    """The list as it was reviewed.

    >>> from_lines("# words\\nread credit.hold: analyst manager # why\\n") == {
    ...     ("read", "credit.hold"): {"analyst", "manager"}}
    True
    """
    return {key: set(actors.split()) for key, actors, _reason in _rows(text)}


def reasons_of(text: str) -> dict[tuple[str, str], str]:
    """Why something is allowed that does not explain itself.

    >>> reasons_of("call a.b: portal # a window\\ncall a.c: manager\\n")
    {('call', 'a.b'): 'a window'}
    """
    return {key: reason for key, _actors, reason in _rows(text) if reason}


def _rows(text):
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            said, _hash, reason = line.partition(" # ")
            head, _colon, actors = said.rpartition(":")
            yield tuple(head.split(" ", 1)), actors, reason


def model_of(kind: str, what: str) -> str:
    """The model that a line is about.

    >>> model_of("read", "credit.hold"), model_of("call", "credit.hold.action_release")
    ('credit.hold', 'credit.hold')
    >>> model_of("fault", "credit.hold write KeyError"), model_of("fault", "credit.hold.action_release KeyError")
    ('credit.hold', 'credit.hold')
    """
    words = what.split()
    of_a_method = kind in ("call", "see") or (kind == "fault" and len(words) == 2)
    return words[0].rpartition(".")[0] if of_a_method else words[0]


def compare(allowed: dict, found: dict) -> tuple[list[str], list[str]]:
    """What is new, and what is allowed and happens no more; each as lines of the list.

    >>> compare({("read", "a"): {"x"}}, {("read", "a"): {"x", "y"}, ("call", "a.b"): {"x"}})
    (['call a.b: x', 'read a: y'], [])
    >>> compare({("read", "a"): {"x"}}, {})
    ([], ['read a: x'])
    """

    def beyond(these, those):
        left = {key: actors - those.get(key, set()) for key, actors in these.items()}
        return sorted(_line(key, actors) for key, actors in left.items() if actors)

    return beyond(found, allowed), beyond(allowed, found)
