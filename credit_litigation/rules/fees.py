"""What a third party costs: a fixed fee, and percents of an amount by slices."""


def fee(
    amount: float,
    fixed: float = 0.0,
    slices: tuple[tuple[float, float], ...] = (),
    decimals: int = 2,
) -> float:
    """The fee on an amount, in its currency.

    :param slices: pairs ``(from which amount, percent)``: each percent is taken of the part of the amount above its
        threshold and up to the next one

    >>> fee(5000.0, 150.0)
    150.0
    >>> fee(5000.0, 0.0, ((0.0, 10.0),))
    500.0
    >>> fee(5000.0, 50.0, ((1000.0, 8.0), (0.0, 15.0))) # 50 + 15 % of 1 000 + 8 % of 4 000
    520.0
    >>> fee(800.0, 0.0, ((0.0, 15.0), (1000.0, 8.0)))
    120.0
    """
    steps = sorted(slices) or [(0.0, 0.0)]
    ends = [threshold for threshold, _percent in steps[1:]] + [float("inf")]
    parts = (
        max(min(amount, end) - threshold, 0.0) * percent / 100
        for (threshold, percent), end in zip(steps, ends, strict=True)
    )
    return round(fixed + sum(parts), decimals)
