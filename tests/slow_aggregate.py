"""The formulas of the aggregators beyond power means, one unit at a time; `tests.slow` dispatches on them."""

# ruff: noqa: ARG001 - the transcriptions of a family share its signature

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, permutations
from math import fsum, isnan, lcm, nan, sqrt

from pii.arrays import Matrix
from pii.methods import aggregate as ag
from tests import slow
from tests.slow import Row, present

__all__ = ["kemeny_by_subsets"]


def _weighted(x: Row, w: Row) -> list[tuple[float, float]]:
    """Scores with their shares, of children that have a score and a weight; the best first."""
    pairs = [(v, u) for v, u in zip(x, w, strict=True) if not isnan(v) and u > 0]
    total = fsum(u for _, u in pairs)
    return sorted(((v, u / total) for v, u in pairs), reverse=True)


def _mean(x: Row, w: Row) -> float:
    return fsum(v * u for v, u in _weighted(x, w))


@slow.aggregate.register
def _(method: ag.Median, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    pairs = _weighted(x, w)
    # A score is in the middle when neither those above it nor those below it have more than half of the weight.
    middle = [
        v
        for v, _ in pairs
        if fsum(u for o, u in pairs if o > v) <= 0.5 + 1e-12 and fsum(u for o, u in pairs if o < v) <= 0.5 + 1e-12
    ]
    return (min(middle) + max(middle)) / 2 if pairs else nan


@slow.aggregate.register
def _(method: ag.Minimum, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    return min((v for v, _ in _weighted(x, w)), default=nan)


@slow.aggregate.register
def _(method: ag.Maximum, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    return max((v for v, _ in _weighted(x, w)), default=nan)


@slow.aggregate.register
def _(method: ag.OrderedWeights, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    pairs, k = _weighted(x, w), len(method.weights)

    # Each ordered weight is spread evenly over its k-th of the way from the best to the worst.
    def overlap(low: float, high: float, at: int) -> float:
        return max(0.0, min(high, (at + 1) / k) - max(low, at / k)) * k

    score, done = 0.0, 0.0
    for v, u in pairs:
        score += v * fsum(o * overlap(done, done + u, at) for at, o in enumerate(method.weights))
        done += u
    return score / fsum(method.weights) if pairs else nan


@slow.aggregate.register
def _(method: ag.MazziottaPareto, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    pairs = _weighted(x, w)
    if not pairs:
        return nan
    m = _mean(x, w)
    s = sqrt(fsum(u * (v - m) ** 2 for v, u in pairs))
    return m - s * (s / m) if method.penalty == "subtract" else m + s * (s / m)


@slow.aggregate.register
def _(method: ag.MeanMin, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    pairs = _weighted(x, w)
    if not pairs:
        return nan
    m = _mean(x, w)
    return m - method.alpha * (sqrt((m - min(v for v, _ in pairs)) ** 2 + method.beta**2) - method.beta)


def _above(x: Row, y: Row, w: Row) -> float:
    """The share of weight on which one stands above the other; half of it where they are even."""
    both = [(a, b, u) for a, b, u in zip(x, y, w, strict=True) if not isnan(a) and not isnan(b)]
    total = fsum(u for _, _, u in both)
    if total == 0:
        return 0.5
    return fsum(u if a > b else u / 2 if a == b else 0.0 for a, b, u in both) / total


def _others(units: Sequence[Row], w: Row) -> list[Row]:
    return [unit for unit in units if _weighted(unit, w)]


@slow.aggregate.register
def _(method: ag.Copeland, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    if not _weighted(x, w):
        return nan
    margins = [_above(x, other, w) - 0.5 for other in _others(units, w)]
    return float(sum(m > 1e-12 for m in margins) - sum(m < -1e-12 for m in margins))


@slow.aggregate.register
def _(method: ag.NetOutranking, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    if not _weighted(x, w):
        return nan
    return fsum(_above(x, other, w) for other in _others(units, w)) - 0.5  # against itself


@slow.aggregate.register
def _(method: ag.Kemeny, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    if not _weighted(x, w):
        return nan
    counted = tuple(u for u in w if u > 0)
    rows = [tuple(v for v, u in zip(unit, w, strict=True) if u > 0) for unit in [x, *_others(units, w)]]
    keys = [tuple(None if isnan(v) else v for v in row) for row in rows]
    return _kemeny_places(tuple(keys[1:]), counted)[keys[0]]


Key = tuple[float | None, ...]


@lru_cache(maxsize=64)
def _kemeny_places(units: tuple[Key, ...], w: Row) -> dict[Key, float]:
    """Every order of the different units is tried; the best ones' places are averaged."""
    kinds = sorted(set(units), key=repr)
    size = [units.count(kind) for kind in kinds]
    rows = [[nan if v is None else v for v in kind] for kind in kinds]
    k = range(len(kinds))
    o = [[size[i] * size[j] * _above(rows[i], rows[j], list(w)) for j in k] for i in k]
    scored = [(sum(o[i][j] for i, j in combinations(order, 2)), order) for order in permutations(k)]
    best = max(score for score, _ in scored)
    winners = [order for score, order in scored if score > best - 1e-9]
    places = {}
    for i in k:
        found = [sum(size[j] for j in order[order.index(i) + 1 :]) + (size[i] + 1) / 2 for order in winners]
        places[kinds[i]] = fsum(found) / len(found)
    return places


def kemeny_by_subsets(o: Matrix) -> list[float]:
    """Mean places from the bottom over all best orders: every subset, exactly, nothing ruled out.

    A set maps to its best sum, in how many orders, and the sum of each unit's places over them.
    """
    k = len(o)
    exact = [[Fraction(v).limit_denominator(10**12) for v in row] for row in o.tolist()]
    # Whole numbers add faster than fractions.
    common = lcm(*(v.denominator for row in exact for v in row))
    whole = [[int(v * common) for v in row] for row in exact]
    level: dict[int, tuple[int, int, list[int]]] = {0: (0, 1, [0] * k)}
    for place in range(1, k + 1):
        above: dict[int, tuple[int, int, list[int]]] = {}
        for below, (value, ways, places) in level.items():
            under = [j for j in range(k) if below >> j & 1]
            for unit in range(k):
                if below >> unit & 1:
                    continue
                gained = value + sum(whole[unit][j] for j in under)
                best = above.get(below | 1 << unit)
                if best is not None and gained < best[0]:
                    continue
                sums = places.copy()
                sums[unit] += place * ways
                if best is not None and gained == best[0]:
                    sums = [p + q for p, q in zip(sums, best[2], strict=True)]
                    above[below | 1 << unit] = gained, ways + best[1], sums
                else:
                    above[below | 1 << unit] = gained, ways, sums
        level = above
    ((_, ways, places),) = level.values()
    return [total / ways for total in places]


@slow.aggregate.register
def _(method: ag.Wroclaw, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    if not _weighted(x, w):
        return nan
    ideal = [max(present([unit[c] for unit in units]), default=nan) for c in range(len(w))]

    def distance(unit: Row) -> float:
        return sqrt(_mean([(v - b) ** 2 for v, b in zip(unit, ideal, strict=True)], w))

    distances = [distance(unit) for unit in _others(units, w)]
    m = fsum(distances) / len(distances)
    far = m + 2 * sqrt(fsum((d - m) ** 2 for d in distances) / len(distances))
    return 1 - distance(x) / far if far > 0 else 1.0


@slow.aggregate.register
def _(method: ag.BenefitOfTheDoubt, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    has = [c for c, u in enumerate(w) if u > 0 and not isnan(x[c])]
    if not has:
        return nan
    k = len(has)
    own = [Fraction(x[c]) for c in has]
    size = own if method.bounded == "parts" else [Fraction(1)] * k
    rows = [[Fraction(0 if isnan(unit[c]) else unit[c]) for c in has] for unit in units]
    limits = [Fraction(1)] * len(rows)
    least, most = Fraction(method.least), Fraction(method.most)
    for i in range(k):
        rows.append([least * size[j] - (size[j] if i == j else 0) for j in range(k)])
        rows.append([(size[j] if i == j else 0) - most * size[j] for j in range(k)])
        limits += [Fraction(0), Fraction(0)]
    return float(_maximum(own, rows, limits))


def _maximum(c: list[Fraction], rows: list[list[Fraction]], limits: list[Fraction]) -> Fraction:
    """The largest c.w with w not negative and every row.w within its limit: the simplex method by Bland's rule."""
    m, k = len(rows), len(c)
    table = [
        [*row, *(Fraction(i == j) for j in range(m)), b]
        for i, (row, b) in enumerate(zip(rows, limits, strict=True))
    ]
    goal = [*(-v for v in c), *[Fraction(0)] * (m + 1)]
    basis = list(range(k, k + m))
    while True:
        enter = next((j for j in range(k + m) if goal[j] < 0), None)
        if enter is None:
            return goal[-1]
        _, _, leave = min((row[-1] / row[enter], basis[i], i) for i, row in enumerate(table) if row[enter] > 0)
        pivot = [v / table[leave][enter] for v in table[leave]]
        table = [
            pivot if i == leave else [v - row[enter] * p for v, p in zip(row, pivot, strict=True)]
            for i, row in enumerate(table)
        ]
        goal = [v - goal[enter] * p for v, p in zip(goal, pivot, strict=True)]
        basis[leave] = enter
