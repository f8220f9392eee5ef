"""Imputers that look across indicators or columns, one number at a time."""

# ruff: noqa: ARG001 - the transcriptions of a family share its signature

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isnan, nan, sqrt
from statistics import median

from pii.methods import impute as im
from tests import slow
from tests.slow import Row, mean, present, sd


@slow.impute.register
def _(method: im.Constant, x: Row, groups: Sequence[str]) -> Row:
    return [method.value if isnan(v) else v for v in x]


def _companions(around: im.Around, level: int, k: int) -> list[list[int]]:
    """For each indicator, those of its group, itself included."""
    group = around.lineage[level].tolist()
    return [[other for other in range(k) if group[other] == group[one]] for one in range(k)]


def _rowwise(
    method: im.RowMean | im.RowMedian, rows: Sequence[Row], around: im.Around, statistic: Callable[[Row], float]
) -> list[Row]:
    direction = around.direction[:, 0].tolist()
    filled = [list(x) for x in rows]
    for one, companions in enumerate(_companions(around, method.level, len(rows))):
        for unit, v in enumerate(rows[one]):
            if not isnan(v) or not present(rows[one]):
                continue
            if method.scale == "none":
                others = present([rows[other][unit] for other in companions])
                filled[one][unit] = statistic(others) if others else nan
                continue
            low, high = min(present(rows[one])), max(present(rows[one]))
            others = []
            for other in companions:
                w, known = rows[other][unit], present(rows[other])
                if not isnan(w) and min(known) < max(known):
                    z = (w - min(known)) / (max(known) - min(known))
                    others.append(z if direction[other] > 0 else 1 - z)
            if low == high:
                filled[one][unit] = low
            elif others:
                z = statistic(others)
                filled[one][unit] = low + (z if direction[one] > 0 else 1 - z) * (high - low)
    return filled


@slow.impute_together.register
def _(method: im.RowMean, rows: Sequence[Row], groups: Sequence[str], around: im.Around) -> list[Row]:
    return _rowwise(method, rows, around, mean)


@slow.impute_together.register
def _(method: im.RowMedian, rows: Sequence[Row], groups: Sequence[str], around: im.Around) -> list[Row]:
    return _rowwise(method, rows, around, median)


def solved(a: Sequence[Row], b: Row) -> Row:
    """What a times it is b, by elimination."""
    left = [[*row, right] for row, right in zip(a, b, strict=True)]
    n = len(left)
    for at in range(n):
        pivot = max(range(at, n), key=lambda row: abs(left[row][at]))
        left[at], left[pivot] = left[pivot], left[at]
        left[at] = [v / left[at][at] for v in left[at]]
        for row in range(n):
            if row != at:
                left[row] = [v - left[row][at] * u for v, u in zip(left[row], left[at], strict=True)]
    return [row[-1] for row in left]


@slow.impute_together.register
def _(method: im.Regression, rows: Sequence[Row], groups: Sequence[str], around: im.Around) -> list[Row]:
    told = [[1.0, *z] for z in zip(*(around.columns[code].tolist() for code in method.on), strict=True)]
    filled = []
    for x in rows:
        both = [(v, z) for v, z in zip(x, told, strict=True) if not isnan(v) and not isnan(sum(z))]
        if not present(x):
            filled.append(x)
            continue
        p = len(told[0])
        squares = [[sum(z[i] * z[j] for _, z in both) for j in range(p)] for i in range(p)]
        b = solved(squares, [sum(v * z[i] for v, z in both) for i in range(p)])
        filled.append(
            [sum(s * t for s, t in zip(b, z, strict=True)) if isnan(v) else v for v, z in zip(x, told, strict=True)]
        )
    return filled


def _apart(rows: Sequence[Row], i: int, j: int) -> float:
    squares = []
    for x in rows:
        if len(present(x)) > 1 and not isnan(x[i] + x[j]):
            varies = min(present(x)) < max(present(x))
            squares.append(((x[i] - x[j]) / sd(present(x))) ** 2 if varies else 0.0)
    return sqrt(mean(squares)) if squares else inf


@slow.impute_together.register
def _(method: im.NearestUnits, rows: Sequence[Row], groups: Sequence[str], around: im.Around) -> list[Row]:
    filled = [list(x) for x in rows]
    for one, companions in enumerate(_companions(around, method.level, len(rows))):
        for unit, v in enumerate(rows[one]):
            if not isnan(v):
                continue
            apart = [
                (_apart([rows[other] for other in companions], unit, at), w)
                for at, w in enumerate(rows[one])
                if not isnan(w)
            ]
            apart = sorted((d, w) for d, w in apart if d < inf)
            if not apart:
                continue
            farthest = apart[min(method.k, len(apart)) - 1][0] * (1 + 1e-9)
            near = [(d, w) for d, w in apart if d <= farthest]
            same = [w for d, w in near if d == 0]
            if method.weights == "equal":
                filled[one][unit] = mean([w for _, w in near])
            elif same:
                filled[one][unit] = mean(same)
            else:
                filled[one][unit] = sum(w / d for d, w in near) / sum(1 / d for d, _ in near)
    return filled


def _expected(x: Row, mu: Row, sigma: Sequence[Row]) -> tuple[Row, list[Row]]:
    """What a normal expects of one unit, and the covariance of what it lacks."""
    k = len(x)
    known = [at for at in range(k) if not isnan(x[at])]
    gaps = [at for at in range(k) if isnan(x[at])]
    part = [[sigma[i][j] for j in known] for i in known]
    filled, left = list(x), [[0.0] * k for _ in range(k)]
    for i in gaps:
        slopes = solved(part, [sigma[i][j] for j in known])
        filled[i] = mu[i] + sum(b * (x[j] - mu[j]) for b, j in zip(slopes, known, strict=True))
        for h in gaps:
            left[i][h] = sigma[i][h] - sum(b * sigma[h][j] for b, j in zip(slopes, known, strict=True))
    return filled, left


def _em(rows: Sequence[Row], tolerance: float) -> list[Row]:
    k, every = len(rows), list(range(len(rows)))
    centre = [mean(present(x)) for x in rows]
    spread = [sqrt(mean([(v - c) ** 2 for v in present(x)])) for x, c in zip(rows, centre, strict=True)]
    units = [[(v - c) / s for v, c, s in zip(x, centre, spread, strict=True)] for x in zip(*rows, strict=True)]
    some = [x for x in units if present(x)]
    mu, sigma, moved = [0.0] * k, [[float(i == j) for j in every] for i in every], inf
    while moved > tolerance:
        told = [_expected(x, mu, sigma) for x in some]
        better = [mean([x[i] for x, _ in told]) for i in every]
        wider = [
            [mean([(x[i] - better[i]) * (x[j] - better[j]) + left[i][j] for x, left in told]) for j in every]
            for i in every
        ]
        moved = max(
            *(abs(better[i] - mu[i]) for i in every),
            *(abs(wider[i][j] - sigma[i][j]) for i in every for j in every),
        )
        mu, sigma = better, wider
    filled = [_expected(x, mu, sigma)[0] for x in units]
    return [[x[i] * spread[i] + centre[i] for x in filled] for i in every]


@slow.impute_together.register
def _(
    method: im.ExpectationMaximisation, rows: Sequence[Row], groups: Sequence[str], around: im.Around
) -> list[Row]:
    filled = []
    for one, companions in enumerate(_companions(around, method.level, len(rows))):
        together = [rows[other] for other in companions]
        filled.append(_em(together, method.tolerance)[companions.index(one)])
    return filled
