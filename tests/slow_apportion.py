"""Sensitivity indices, one number at a time."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, isnan, nan

import numpy as np

from tests.slow import Row, percentile

Points = list[Row]


def design(a: Points, b: Points, groups: Sequence[Sequence[int]], *, second_order: bool) -> Points:
    """A, B, A with each group from B, and B with each group from A."""
    found = [*a, *b]
    for here, there in [(a, b), (b, a)] if second_order else [(a, b)]:
        for group in groups:
            for own, other in zip(here, there, strict=True):
                found.append([other[j] if j in group else own[j] for j in range(len(own))])
    return found


def indices(y: Row, n: int, k: int, *, second_order: bool, centred: bool) -> tuple[Row, Row, list[Row]]:
    """First, total and second order of one output: Saltelli 2010, Jansen 1999, Saltelli 2002."""
    blocks = [y[at : at + n] for at in range(0, len(y), n)]
    a, b, ab, ba = blocks[0], blocks[1], blocks[2 : 2 + k], blocks[2 + k :]
    both = a + b
    mean = fsum(both) / (2 * n)
    v = fsum((value - mean) ** 2 for value in both) / (2 * n - 1)
    if min(both) == max(both):
        return [nan] * k, [nan] * k, [[nan] * k for _ in range(k)]
    c = mean if centred else 0.0
    first = [fsum((b[r] - c) * (ab[i][r] - a[r]) for r in range(n)) / n / v for i in range(k)]
    total = [fsum((a[r] - ab[i][r]) ** 2 for r in range(n)) / (2 * n) / v for i in range(k)]
    second = [[nan] * k for _ in range(k)]
    if second_order:
        for i in range(k):
            for j in range(i + 1, k):
                closed = fsum((ba[i][r] - c) * (ab[j][r] - c) - (a[r] - c) * (b[r] - c) for r in range(n))
                second[i][j] = second[j][i] = closed / n / v - first[i] - first[j]
    return first, total, second


def resamples(n: int, times: int, seed: int) -> list[list[int]]:
    """The rows that each resample takes."""
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0xB0,)))
    return [[int(row) for row in random.integers(n, size=n)] for _ in range(times)]


def resampled(y: Row, n: int, rows: Sequence[int]) -> Row:
    """The outputs of some rows of every block."""
    return [y[start + row] for start in range(0, len(y), n) for row in rows]


def bounds(estimates: Row, level: float) -> tuple[float, float]:
    """Where the middle of the estimates begins and ends."""
    if any(isnan(value) for value in estimates):
        return nan, nan
    return percentile(estimates, 50 * (1 - level)), percentile(estimates, 50 * (1 + level))
