"""Ratios and failure scores of a year's accounts. Amounts in one currency, whatever it is; every figure is of the customer.

Sources: E. Altman, 1968, 1983 and 1993 (coefficients and zones of Z, Z' and Z''); J. Conan and M. Holder, 1979.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accounts:
    """The figures of a year. ``debts`` are all debts, of which ``short_debts`` are due within a year; ``gross_surplus`` is
    the EBE; ``retained`` are reserves and profits kept."""

    fixed_assets: float = 0.0
    stocks: float = 0.0
    receivables: float = 0.0
    cash: float = 0.0
    equity: float = 0.0
    capital: float = 0.0
    retained: float = 0.0
    provisions: float = 0.0
    debts: float = 0.0
    short_debts: float = 0.0
    financial_debts: float = 0.0
    sales: float = 0.0
    added_value: float = 0.0
    staff_costs: float = 0.0
    gross_surplus: float = 0.0
    operating_result: float = 0.0
    interest: float = 0.0

    @property
    def assets(self):
        """Total of the assets."""
        return self.fixed_assets + self.current_assets

    @property
    def current_assets(self):
        return self.stocks + self.receivables + self.cash

    @property
    def liabilities(self):
        """Equity, provisions and debts: equals the assets where the sheet balances."""
        return self.equity + self.provisions + self.debts

    @property
    def gap(self):
        """By how much the sheet does not balance.

        >>> Accounts(cash=100.0, equity=60.0, debts=30.0).gap
        10.0
        """
        return round(self.assets - self.liabilities, 2)


def _share(part, whole):
    return part / whole if whole else None


def altman(accounts):
    """``(Z', Z'')`` of a private company, the second without sales, for any trade; ``None`` without assets or debts.

    >>> example = Accounts(fixed_assets=1_000.0, stocks=100.0, receivables=900.0, equity=600.0, retained=350.0,
    ...                    debts=1_400.0, short_debts=700.0, sales=2_600.0, operating_result=180.0)
    >>> [round(score, 3) for score in altman(example)]
    [2.013, 2.609]
    >>> altman(Accounts())
    (None, None)
    """
    total = accounts.assets
    if not total or not accounts.debts:
        return None, None
    working_capital = (accounts.current_assets - accounts.short_debts) / total
    retained = accounts.retained / total
    result = accounts.operating_result / total
    equity = accounts.equity / accounts.debts
    sales = accounts.sales / total
    private = (
        0.717 * working_capital + 0.847 * retained + 3.107 * result + 0.420 * equity + 0.998 * sales
    )
    any_trade = 6.56 * working_capital + 3.26 * retained + 6.72 * result + 1.05 * equity
    return private, any_trade


def conan_holder(accounts):
    """The score of industrial companies of 10 to 500 people; ``None`` where a figure it divides by is missing.

    >>> example = Accounts(fixed_assets=900.0, stocks=200.0, receivables=900.0, equity=600.0, debts=1_400.0,
    ...                    short_debts=900.0, sales=2_600.0, added_value=1_050.0, staff_costs=700.0,
    ...                    gross_surplus=240.0, interest=45.0)
    >>> round(conan_holder(example), 4)
    0.1524
    >>> conan_holder(Accounts()) is None
    True
    """
    if not (accounts.debts and accounts.assets and accounts.sales and accounts.added_value):
        return None
    lasting = accounts.equity + accounts.debts - accounts.short_debts
    return (
        0.24 * accounts.gross_surplus / accounts.debts
        + 0.22 * lasting / accounts.assets
        + 0.16 * (accounts.receivables + accounts.cash) / accounts.assets
        - 0.87 * accounts.interest / accounts.sales
        - 0.10 * accounts.staff_costs / accounts.added_value
    )


#: ``{score: (from here on grey, from here on safe)}``
ZONES = {"z1": (1.23, 2.90), "z2": (1.10, 2.60), "conan": (0.04, 0.09)}


def zone(name, value):
    """``distress``, ``grey`` or ``safe``; empty where there is no score.

    >>> [zone("z1", value) for value in (1.22, 1.23, 2.90, 2.91, None)]
    ['distress', 'grey', 'grey', 'safe', '']
    >>> [zone("conan", value) for value in (0.039, 0.04, 0.089, 0.09)]
    ['distress', 'grey', 'grey', 'safe']
    """
    if value is None:
        return ""
    grey, safe = ZONES[name]
    is_safe = value >= safe if name == "conan" else value > safe
    return "safe" if is_safe else "grey" if value >= grey else "distress"


def ratios(accounts):
    """``{ratio: value}``, in percent or times; ``None`` where it cannot be computed.

    >>> found = ratios(Accounts(fixed_assets=900.0, stocks=200.0, receivables=800.0, cash=100.0, equity=600.0,
    ...                         debts=1_400.0, short_debts=900.0, financial_debts=400.0, sales=2_600.0,
    ...                         gross_surplus=240.0, interest=45.0))
    >>> {name: round(value, 2) for name, value in found.items()}
    {'equity_ratio': 30.0, 'gearing': 0.5, 'liquidity': 1.22, 'quick_liquidity': 1.0, 'interest_share': 18.75, 'surplus_rate': 9.23}
    """
    return {
        "equity_ratio": _share(100 * accounts.equity, accounts.assets),
        "gearing": _share(accounts.financial_debts - accounts.cash, accounts.equity),
        "liquidity": _share(accounts.current_assets, accounts.short_debts),
        "quick_liquidity": _share(accounts.current_assets - accounts.stocks, accounts.short_debts),
        "interest_share": _share(100 * accounts.interest, accounts.gross_surplus),
        "surplus_rate": _share(100 * accounts.gross_surplus, accounts.sales),
    }


def is_capital_lost(accounts):
    """Equity below half of the share capital, which French law makes a decision of the owners.

    >>> [is_capital_lost(Accounts(equity=equity, capital=100.0)) for equity in (50.0, 49.99)]
    [False, True]
    """
    return accounts.capital > 0 and accounts.equity < accounts.capital / 2
