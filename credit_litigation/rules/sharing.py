"""How money received in a case is shared between what is owed."""

#: what money pays first: by law costs and interest before the principal (C. civ. 1343-1), or as agreed
ORDERS = {
    "law": ("costs", "interest", "fixed", "principal"),
    "principal": ("principal", "costs", "interest", "fixed"),
}


def share(amount: float, due: dict[str, float], order: tuple[str, ...], decimals: int = 2) -> dict:
    """Each debt takes what it can, in order; what is left over is ``excess``. Amounts in one currency.

    >>> due = {"costs": 80.0, "interest": 20.5, "fixed": 40.0, "principal": 1000.0}
    >>> share(100.0, due, ORDERS["law"])
    {'costs': 80.0, 'interest': 20.0, 'fixed': 0.0, 'principal': 0.0, 'excess': 0.0}
    >>> share(1140.51, due, ORDERS["law"])
    {'costs': 80.0, 'interest': 20.5, 'fixed': 40.0, 'principal': 1000.0, 'excess': 0.01}
    >>> share(100.0, due, ORDERS["principal"])
    {'principal': 100.0, 'costs': 0.0, 'interest': 0.0, 'fixed': 0.0, 'excess': 0.0}
    >>> round(sum(share(333.33, due, ORDERS["law"]).values()), 2) == 333.33
    True
    """
    shared, left = {}, amount
    for name in order:
        shared[name] = round(min(max(due.get(name, 0.0), 0.0), left), decimals)
        left = round(left - shared[name], decimals)
    return shared | {"excess": left}
