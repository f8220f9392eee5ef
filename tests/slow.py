"""The formulas of `pii`, one number at a time: no arrays, no tricks, to hold the library against.

A row is a list of floats, one a unit, NaN where not measured. Each function is dispatched on the method that it
transcribes, so that a new method without a transcription here fails its family's contract.
"""

# ruff: noqa: ARG001 - the transcriptions of a family share its signature

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch
from math import exp, fsum, inf, isnan, log, nan, sqrt
from statistics import median
from typing import Literal, TypeAlias

from pii.methods import aggregate as ag
from pii.methods import denominate as de
from pii.methods import impute as im
from pii.methods import normalise as no
from pii.methods import rank as ra
from pii.methods import treat as tr
from pii.methods import weigh as we
from pii.scheme import Scheme
from pii.spec import Method
from pii.table import Table
from pii.tree import Group, Node

Row: TypeAlias = list[float]


def present(x: Sequence[float]) -> Row:
    """What was measured."""
    return [v for v in x if not isnan(v)]


def mean(x: Sequence[float]) -> float:
    """The sum over the count."""
    return fsum(x) / len(x)


def sd(x: Sequence[float]) -> float:
    """The standard deviation with n - 1."""
    m = mean(x)
    return sqrt(fsum((v - m) ** 2 for v in x) / (len(x) - 1))


def skewness(x: Sequence[float]) -> float:
    """Type 2 skewness of the measured values: G1 = g1 sqrt(n (n - 1)) / (n - 2)."""
    x = present(x)
    n = len(x)
    if n < 4 or min(x) == max(x):
        return nan
    m = mean(x)
    m2 = fsum((v - m) ** 2 for v in x) / n
    m3 = fsum((v - m) ** 3 for v in x) / n
    return m3 / sqrt(m2) ** 3 * sqrt(n * (n - 1)) / (n - 2)


def kurtosis(x: Sequence[float]) -> float:
    """Type 2 excess kurtosis of the measured values: G2 = ((n + 1) g2 + 6) (n - 1) / ((n - 2) (n - 3))."""
    x = present(x)
    n = len(x)
    if n < 4 or min(x) == max(x):
        return nan
    m = mean(x)
    m2 = fsum((v - m) ** 2 for v in x) / n
    m4 = fsum((v - m) ** 4 for v in x) / n
    return ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


def percentile(x: Sequence[float], q: float) -> float:
    """Linear interpolation between the order statistics around position q (n - 1) / 100."""
    x = sorted(x)
    position = q / 100 * (len(x) - 1)
    below = int(position)
    above = min(below + 1, len(x) - 1)
    return x[below] + (position - below) * (x[above] - x[below])


# Denominate


@singledispatch
def denominate(method: Method, x: float, d: float) -> float:
    """One quantity put per its denominator."""
    raise NotImplementedError(method)


@denominate.register
def _(method: de.Ratio, x: float, d: float) -> float:
    return nan if isnan(x) or isnan(d) else x / (d / method.scale)


@denominate.register
def _(method: de.NoDenominator, x: float, d: float) -> float:
    return x


# Impute


@singledispatch
def impute(method: Method, x: Row, groups: Sequence[str]) -> Row:
    """One indicator with its gaps filled; groups are the units' labels, empty for none."""
    raise NotImplementedError(method)


@singledispatch
def impute_together(method: Method, rows: Sequence[Row], groups: Sequence[str], around: im.Around) -> list[Row]:
    """The indicators that share a method; those that do not look across are filled one at a time."""
    return [impute(method, x, groups) for x in rows]


@impute.register
def _(method: im.NoImputation, x: Row, groups: Sequence[str]) -> Row:
    return x


@impute.register
def _(method: im.Mean, x: Row, groups: Sequence[str]) -> Row:
    return [(mean(present(x)) if present(x) else nan) if isnan(v) else v for v in x]


@impute.register
def _(method: im.Median, x: Row, groups: Sequence[str]) -> Row:
    return [(median(present(x)) if present(x) else nan) if isnan(v) else v for v in x]


def _companions(x: Row, groups: Sequence[str], group: str) -> Row:
    return [v for v, g in zip(x, groups, strict=True) if g and g == group and not isnan(v)]


@impute.register
def _(method: im.GroupMean, x: Row, groups: Sequence[str]) -> Row:
    filled = []
    for v, group in zip(x, groups, strict=True):
        others = _companions(x, groups, group)
        filled.append(mean(others) if isnan(v) and others else v)
    return filled


@impute.register
def _(method: im.GroupMedian, x: Row, groups: Sequence[str]) -> Row:
    filled = []
    for v, group in zip(x, groups, strict=True):
        others = _companions(x, groups, group)
        filled.append(median(others) if isnan(v) and others else v)
    return filled


# Treat


@singledispatch
def treat(method: Method, x: Row) -> Row:
    """One indicator treated."""
    raise NotImplementedError(method)


@treat.register
def _(method: tr.NoTreatment, x: Row) -> Row:
    return x


def passes(method: tr.Winsorise | tr.WinsoriseThenLog, x: Row) -> bool:
    """Whether the shape needs no treatment; one that cannot be told needs none."""
    skew, kurt = skewness(x), kurtosis(x)
    return isnan(skew) or abs(skew) < method.skewness or kurt < method.kurtosis


def winsorised(method: tr.Winsorise | tr.WinsoriseThenLog, x: Row) -> Row:
    """Every point at the extreme moves to the next value, until the shape passes or the rule says stop."""
    now, limit = list(x), method.limit
    if isinstance(limit, float):
        limit = int(limit * len(present(x)) + 1e-9)
    while not passes(method, now):
        top = skewness(now) >= 0
        extreme = max(present(now)) if top else min(present(now))
        inner = [v for v in present(now) if v != extreme]
        target = max(inner) if top else min(inner)
        step = [target if v == extreme else v for v in now]
        moved = sum(a != b for a, b in zip(present(x), present(step), strict=True))
        already = sum(a != b for a, b in zip(present(x), present(now), strict=True))
        if limit is not None:
            counted = moved if method.ties == "keep_limit" else already + 1
            if counted > limit:
                break
        if len(set(present(step))) == 1:
            break
        now = step
    return now


def logged(x: Row) -> Row:
    """COINr's shifted logarithm; a constant indicator stays."""
    known = present(x)
    if not known or min(known) == max(known):
        return x
    low, high = min(known), max(known)
    return [v if isnan(v) else log(v - low + 0.01 * (high - low)) for v in x]


@treat.register
def _(method: tr.Winsorise, x: Row) -> Row:
    return winsorised(method, x)


@treat.register
def _(method: tr.Log, x: Row) -> Row:
    return logged(x)


@treat.register
def _(method: tr.WinsoriseThenLog, x: Row) -> Row:
    tempered = winsorised(method, x)
    return tempered if passes(method, tempered) else logged(x)


def clipped(x: Row, low: float, high: float) -> Row:
    """Nothing below low, nothing above high."""
    return [v if isnan(v) else min(max(v, low), high) for v in x]


@treat.register
def _(method: tr.ClipSpread, x: Row) -> Row:
    known = present(x)
    if len(known) < 2:
        return x
    reach = method.width * sd(known)
    return clipped(x, mean(known) - reach, mean(known) + reach)


@treat.register
def _(method: tr.ClipFences, x: Row) -> Row:
    known = present(x)
    if not known:
        return x
    first, third = percentile(known, 25), percentile(known, 75)
    return clipped(x, first - method.width * (third - first), third + method.width * (third - first))


@treat.register
def _(method: tr.ClipPercentiles, x: Row) -> Row:
    known = present(x)
    return clipped(x, percentile(known, method.low), percentile(known, method.high)) if known else x


# Normalise: values and marks times direction, so that more is better


@singledispatch
def normalise(method: Method, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    """One indicator on its scale."""
    raise NotImplementedError(method)


def _line(v: float, low: float, high: float, floor: float, ceiling: float) -> float:
    return floor + (v - low) / (high - low) * (ceiling - floor)


@normalise.register
def _(method: no.MinMax, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    known = present(reference)
    if method.constant is not None and (not known or min(known) == max(known)):
        return [nan if isnan(v) else method.constant for v in x]
    return [_line(v, min(known), max(known), method.floor, method.ceiling) for v in x]


@normalise.register
def _(method: no.ZScore, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    known = present(reference)
    if method.constant is not None and (not known or min(known) == max(known)):
        return [nan if isnan(v) else method.constant for v in x]
    return [method.mean + method.sd * (v - mean(known)) / sd(known) for v in x]


@normalise.register
def _(method: no.FixedGoalposts, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    f = log if method.logarithmic else float
    scores = [_line(f(v), f(worst), f(best), method.floor, method.ceiling) for v in x]
    return clipped(scores, method.floor, method.ceiling) if method.clip else scores


@normalise.register
def _(method: no.DistanceToTarget, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    scores = [_line(v, min(present(reference)), target, 0.0, method.ceiling) for v in x]
    return clipped(scores, -inf, method.ceiling) if method.cap else scores


def _place(v: float, reference: Row, ties: Literal["min", "average", "max"]) -> float:
    """The place of a value counted from the worst of the reference."""
    if isnan(v):
        return nan
    first = 1 + sum(r < v for r in reference)
    last = max(first, sum(r <= v for r in reference))
    return {"min": first, "average": (first + last) / 2, "max": last}[ties]


@normalise.register
def _(method: no.Rank, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    return [_place(v, reference, method.ties) for v in x]


@normalise.register
def _(method: no.PercentileRank, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    n = len(present(reference))
    return [min((_place(v, reference, method.ties) - 1) / (n - 1), 1) * method.ceiling for v in x]


@normalise.register
def _(method: no.NoNormalisation, x: Row, reference: Row, worst: float, best: float, target: float) -> Row:
    return x


# Weigh


@singledispatch
def weigh(method: Method, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()) -> Row:
    """The shares of a group's children; an ArithmeticError where there are none."""
    raise NotImplementedError(method)


@weigh.register
def _(method: we.Given, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()) -> Row:
    return [w / sum(given) for w in given]


@weigh.register
def _(method: we.Equal, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()) -> Row:
    return [1 / len(given) for _ in given]


@weigh.register
def _(
    method: we.EqualOverIndicators, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()
) -> Row:
    return [size / sum(sizes) for size in sizes]


# Aggregate: one unit's scores by child


@singledispatch
def aggregate(method: Method, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    """One unit's score in a group, of all these units; children without a score drop out."""
    raise NotImplementedError(method)


def _pairs(x: Row, w: Row) -> list[tuple[float, float]]:
    return [(v, u) for v, u in zip(x, w, strict=True) if not isnan(v)]


def _power_mean(x: Row, w: Row, p: float) -> float:
    pairs = _pairs(x, w)
    total = fsum(u for _, u in pairs)
    if total == 0:
        return nan
    if p == 0:
        return exp(fsum(u * log(v) for v, u in pairs) / total)
    return float((fsum(u * v**p for v, u in pairs) / total) ** (1 / p))


@aggregate.register
def _(method: ag.Arithmetic, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    return _power_mean(x, w, 1)


@aggregate.register
def _(method: ag.Geometric, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    return _power_mean(x, w, 0)


@aggregate.register
def _(method: ag.Harmonic, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    return _power_mean(x, w, -1)


@aggregate.register
def _(method: ag.Power, x: Row, w: Row, units: Sequence[Row] = ()) -> float:
    return _power_mean(x, w, method.p)


def slopes(method: Method, x: Row, w: Row) -> Row:
    """How fast the score rises with each child's, by central differences; 0 for a missing child."""
    found = []
    for at, v in enumerate(x):
        h = 1e-5 * abs(v)
        up, down = [*x[:at], v + h, *x[at + 1 :]], [*x[:at], v - h, *x[at + 1 :]]
        found.append(0.0 if isnan(v) else (aggregate(method, up, w) - aggregate(method, down, w)) / (2 * h))
    return found


# Rank


@singledispatch
def rank(method: Method, x: Row) -> Row:
    """Places from 1 for the highest score."""
    raise NotImplementedError(method)


@rank.register
def _(method: ra.Competition, x: Row) -> Row:
    return [nan if isnan(v) else 1 + sum(u > v for u in x) for v in x]


@rank.register
def _(method: ra.Dense, x: Row) -> Row:
    return [nan if isnan(v) else 1 + len({u for u in x if u > v}) for v in x]


@rank.register
def _(method: ra.Modified, x: Row) -> Row:
    return [nan if isnan(v) else sum(u >= v for u in x) for v in x]


@rank.register
def _(method: ra.Average, x: Row) -> Row:
    return [nan if isnan(v) else (1 + sum(u > v for u in x) + sum(u >= v for u in x)) / 2 for v in x]


# The whole


@dataclass(frozen=True)
class Index:
    """Everything that the whole computation finds, by code."""

    ranked: list[str]
    """Codes of the units that have data enough."""
    scores: dict[str, Row]
    """Scores of every node."""
    ranks: Row
    """Places in the index."""


def compute(scheme: Scheme, table: Table) -> Index:
    """A whole index, for schemes that screen by the overall share of indicators measured."""
    units = table.units
    column = {code: table.values[:, at].tolist() for at, code in enumerate(table.columns)}
    values: dict[str, Row] = {}
    for indicator in scheme.indicators:
        x, method = column[indicator.code], indicator.denominate or scheme.denominate
        per = column[indicator.denominator] if indicator.denominator else None
        values[indicator.code] = (
            x if per is None else [denominate(method, v, d) for v, d in zip(x, per, strict=True)]
        )
    ranked = []
    for at in range(len(units)):
        measured = sum(not isnan(x[at]) for x in values.values())
        if measured / len(values) >= scheme.screen.measured:
            ranked.append(at)
    scores: dict[str, Row] = {}
    for indicator in scheme.indicators:
        imputer = indicator.impute or scheme.impute
        labels = units.labels[imputer.groups_by] if imputer.groups_by else [""] * len(units)
        x = impute(imputer, [values[indicator.code][at] for at in ranked], [labels[at] for at in ranked])
        x = [v * indicator.direction for v in treat(indicator.treat or scheme.treat, x)]
        posts = indicator.goalposts
        worst, best = sorted(indicator.direction * v for v in (posts.low, posts.high)) if posts else (nan, nan)
        target = indicator.target * indicator.direction if isinstance(indicator.target, float) else nan
        scores[indicator.code] = normalise(
            indicator.normalise or scheme.normalise, x, x, worst=worst, best=best, target=target
        )
    _score(scheme, scheme.index, scores, len(ranked))
    return Index([units.codes[at] for at in ranked], scores, rank(scheme.rank, scores[scheme.index.code]))


def _score(scheme: Scheme, node: Node, scores: dict[str, Row], n: int) -> None:
    if not isinstance(node, Group):
        return
    for child in node.children:
        _score(scheme, child, scores, n)
    sizes = [float(len(c.indicators())) if isinstance(c, Group) else 1.0 for c in node.children]
    w = weigh(node.weigh or scheme.weigh, [c.weight for c in node.children], sizes)
    limit = scheme.coverage if node.coverage is None else node.coverage
    found = []
    for at in range(n):
        units = [[scores[c.code][other] for c in node.children] for other in range(n)]
        x = units[at]
        enough = len(present(x)) / len(x) >= limit
        found.append(aggregate(node.aggregate or scheme.aggregate, x, w, units) if enough else nan)
    scores[node.code] = found
