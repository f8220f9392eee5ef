"""Peers one unit and one indicator at a time, as the definition is read aloud."""

from __future__ import annotations

from math import fsum, inf, isnan, sqrt
from statistics import stdev

from pii.result import Result
from tests.slow import Row, present


def apart(one: Row, other: Row) -> float:
    """How far two profiles are from each other, over what both have."""
    squares = [(a - b) ** 2 for a, b in zip(one, other, strict=True) if not isnan(a) and not isnan(b)]
    return sqrt(fsum(squares) / len(squares)) if squares else inf


def standardised(column: Row) -> Row:
    """Values in standard deviations; none where they do not vary, or where only one is measured."""
    known = present(column)
    if len(known) < 2:
        return [float("nan")] * len(column)
    return [v / stdev(known) if stdev(known) > 0 else v * 0.0 for v in column]


def nearest(
    result: Result, unit: str, profiles: dict[str, Row], among: set[str], n: int | None
) -> dict[str, float]:
    """Who is as near as the n-th nearest, with the distances."""
    others = {code: apart(profiles[unit], profiles[code]) for code in result.composite.units.codes if code in among}
    others.pop(unit, None)
    finite = sorted(d for d in others.values() if d < inf)
    limit = inf if n is None else finite[min(n, len(finite)) - 1] * (1 + 1e-9)
    return {code: d for code, d in others.items() if d <= limit}


def place(mine: float, others: Row) -> float:
    """One more than those that are better."""
    return float("nan") if isnan(mine) else 1.0 + sum(score > mine for score in others)
