"""More treatments, one number at a time; what maximises a likelihood is searched in 40 digits, without a slope."""

# ruff: noqa: ARG001 - the transcriptions of a family share its signature

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal, localcontext
from math import isnan, log

from pii.methods import treat as tr
from tests import slow
from tests.slow import Row, logged, passes, present, skewness, winsorised

CHAINED = {
    "log": tr.Log(),
    "log_plus": tr.LogPlus(),
    "log_shift": tr.LogShift(),
    "log_gii": tr.LogGii(),
    "ln": tr.Ln(),
    "boxcox": tr.BoxCox(),
    "yeojohnson": tr.YeoJohnson(),
}


def _constant(x: Row) -> bool:
    return len(set(present(x))) < 2


@slow.treat.register
def _(method: tr.LogPlus, x: Row) -> Row:
    if skewness(x) < 0:
        return x if _constant(x) else [-v for v in logged([-v for v in x])]
    return logged(x)


@slow.treat.register
def _(method: tr.LogShift, x: Row) -> Row:
    return x if _constant(x) else [log(v - min(present(x)) + 1) for v in x]


@slow.treat.register
def _(method: tr.LogGii, x: Row, direction: int = 1) -> Row:
    if _constant(x):
        return x
    low, high = min(present(x)), max(present(x))
    powers = (10.0**exponent for exponent in range(400))
    top = high * (method.factor or next((f for f in powers if high * f > 1), 1.0))
    if direction == 1:
        return [log((top - 1) * (v - low) / (high - low) + 1) for v in x]
    return [-log((top - 1) * (high - v) / (high - low) + 1) for v in x]


@slow.treat.register
def _(method: tr.Ln, x: Row) -> Row:
    return [log(v) for v in x]


def _power(v: Decimal, exponent: Decimal) -> Decimal:
    """Box and Cox's transform of one value above 0."""
    return v.ln() if exponent == 0 else ((exponent * v.ln()).exp() - 1) / exponent


def _mirrored_power(v: Decimal, exponent: Decimal) -> Decimal:
    """Yeo and Johnson's transform of one value."""
    return _power(1 + v, exponent) if v >= 0 else -_power(1 - v, 2 - exponent)


def _bent(
    x: Row,
    exponent: float | None,
    transform: Callable[[Decimal, Decimal], Decimal],
    density: Callable[[Decimal], Decimal],
    ends: tuple[int, int],
) -> Row:
    """All values transformed; without an exponent, with the likeliest between the ends, by golden sections."""
    with localcontext() as context:
        context.prec = 40
        known = [Decimal(v) for v in present(x)]
        best = _likeliest(known, transform, density, ends) if exponent is None else Decimal(exponent)
        return [v if isnan(v) else float(transform(Decimal(v), best)) for v in x]


def _likeliest(
    x: Sequence[Decimal],
    transform: Callable[[Decimal, Decimal], Decimal],
    density: Callable[[Decimal], Decimal],
    ends: tuple[int, int],
) -> Decimal:
    n, densities = len(x), sum(density(v) for v in x)

    def likelihood(exponent: Decimal) -> Decimal:
        values = [transform(v, exponent) for v in x]
        mean = sum(values, Decimal(0)) / n
        variance = sum(((v - mean) ** 2 for v in values), Decimal(0)) / n
        return -Decimal(n) / 2 * variance.ln() + (exponent - 1) * densities

    golden = (Decimal(5).sqrt() - 1) / 2
    low, high = map(Decimal, ends)
    a, b = high - golden * (high - low), low + golden * (high - low)
    at_a, at_b = likelihood(a), likelihood(b)
    for _ in range(85):
        if at_a > at_b:
            high, b, at_b = b, a, at_a
            a = high - golden * (high - low)
            at_a = likelihood(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + golden * (high - low)
            at_b = likelihood(b)
    return (low + high) / 2


@slow.treat.register
def _(method: tr.BoxCox, x: Row) -> Row:
    if _constant(x):
        return x
    shifted = [v - min(present(x)) + 1 for v in x] if method.shift else x
    return _bent(shifted, method.exponent, _power, lambda v: v.ln(), (-5, 5))


@slow.treat.register
def _(method: tr.YeoJohnson, x: Row) -> Row:
    if _constant(x):
        return x
    return _bent(x, method.exponent, _mirrored_power, lambda v: (1 + v).ln() if v >= 0 else -(1 - v).ln(), (-3, 5))


@slow.treat.register
def _(method: tr.Root, x: Row) -> Row:
    now = x
    for exponent in method.exponents:
        if not skewness(now) > method.skewness:
            break
        now = [v**exponent for v in x]
    return now


@slow.treat.register
def _(method: tr.WinsoriseThenLog, x: Row) -> Row:
    tempered = winsorised(method, x)
    if passes(method, tempered):
        return tempered
    return slow.treat(CHAINED[method.then], tempered if method.of == "winsorised" else x)
