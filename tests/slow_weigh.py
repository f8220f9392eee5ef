"""The weighers that read scores or judgements, one number at a time."""

# ruff: noqa: ARG001 - the transcriptions of a family share its signature

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, exp, fsum, isnan, log, pi, sin, sqrt

from pii.methods import weigh as we
from tests import slow
from tests.slow import Row, mean, percentile, present, sd

Square = list[Row]


class Refused(ArithmeticError):
    """The formula has no answer."""


def _shares(amounts: Row) -> Row:
    total = fsum(amounts)
    if total == 0:
        raise Refused
    return [amount / total for amount in amounts]


def _sd(x: Row) -> float:
    known = present(x)
    if len(known) < 2:
        raise Refused
    return 0.0 if min(known) == max(known) else sd(known)


def _both(a: Row, b: Row) -> tuple[Row, Row]:
    pairs = [(u, v) for u, v in zip(a, b, strict=True) if not isnan(u) and not isnan(v)]
    return [u for u, _ in pairs], [v for _, v in pairs]


def _covariance(a: Row, b: Row) -> float:
    a, b = _both(a, b)
    ma, mb = mean(a), mean(b)
    return fsum((u - ma) * (v - mb) for u, v in zip(a, b, strict=True)) / (len(a) - 1)


def correlation(a: Row, b: Row) -> float:
    """Pearson's, over the units that have both."""
    a, b = _both(a, b)
    if len(a) < 3 or min(a) == max(a) or min(b) == max(b):
        raise Refused
    return _covariance(a, b) / (sd(a) * sd(b))


def _correlations(scores: Sequence[Row]) -> Square:
    return [[correlation(a, b) for b in scores] for a in scores]


@slow.weigh.register
def _(
    method: we.StandardDeviation, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()
) -> Row:
    return [1.0] if len(given) == 1 else _shares([_sd(x) for x in scores])


@slow.weigh.register
def _(method: we.Variation, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()) -> Row:
    if len(given) == 1:
        return [1.0]
    if any(mean(present(x)) <= 0 for x in scores):
        raise Refused
    return _shares([_sd(x) / mean(present(x)) for x in scores])


@slow.weigh.register
def _(method: we.Entropy, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()) -> Row:
    if len(given) == 1:
        return [1.0]
    amounts = []
    for x in map(present, scores):
        if min(x) < 0 or len(x) < 2 or max(x) == 0:
            raise Refused
        p = [v / fsum(x) for v in x]
        evenness = -fsum(v * log(v) for v in p if v > 0) / log(len(x))
        amounts.append(0.0 if min(x) == max(x) else 1 - evenness)
    return _shares(amounts)


@slow.weigh.register
def _(method: we.Critic, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()) -> Row:
    if len(given) == 1:
        return [1.0]
    r = _correlations(scores)
    return _shares([_sd(x) * fsum(1 - v for v in row) for x, row in zip(scores, r, strict=True)])


def eigen(a: Square) -> tuple[Row, Square]:
    """Eigenvalues of a symmetric matrix in falling order, and its eigenvectors, by Jacobi's rotations."""
    k = len(a)
    a = [list(row) for row in a]
    v = [[float(i == j) for j in range(k)] for i in range(k)]
    for _ in range(60):
        for p in range(k):
            for q in range(p + 1, k):
                if abs(a[p][q]) < 1e-300:
                    continue
                t = atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2
                c, s = cos(t), sin(t)
                for m in (a, v):
                    for row in m:
                        row[p], row[q] = c * row[p] - s * row[q], s * row[p] + c * row[q]
                a[p], a[q] = (
                    [c * x - s * y for x, y in zip(a[p], a[q], strict=True)],
                    [s * x + c * y for x, y in zip(a[p], a[q], strict=True)],
                )
    order = sorted(range(k), key=lambda i: -a[i][i])
    return [a[i][i] for i in order], [[row[i] for row in v] for i in order]


def _turned(column: Row) -> Row:
    return [-v for v in column] if fsum(v * abs(v) for v in column) < 0 else column


@slow.weigh.register
def _(
    method: we.PrincipalComponent, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()
) -> Row:
    if len(given) == 1:
        return [1.0]
    first = _turned(eigen(_correlations(scores))[1][0])
    if min(first) < -1e-10:
        raise Refused
    return _shares([v**2 if method.squared else v for v in first])


def _criterion(a: Row, b: Row) -> float:
    """The sum of the variances of the squares of two columns."""
    return fsum(fsum(v**4 for v in x) / len(x) - (fsum(v**2 for v in x) / len(x)) ** 2 for x in (a, b))


def _planar(a: Row, b: Row, t: float) -> tuple[Row, Row]:
    pairs = list(zip(a, b, strict=True))
    return [cos(t) * u + sin(t) * v for u, v in pairs], [cos(t) * v - sin(t) * u for u, v in pairs]


def rotated(columns: list[Row]) -> list[Row]:
    """Varimax: of each pair of columns the criterion is m + p cos 4t + q sin 4t, known from three angles."""
    height = [sqrt(fsum(v**2 for v in row)) for row in zip(*columns, strict=True)]
    columns = [[v / h for v, h in zip(column, height, strict=True)] for column in columns]
    for _ in range(100):
        for f in range(len(columns)):
            for g in range(f + 1, len(columns)):
                at = [_criterion(*_planar(columns[f], columns[g], t)) for t in (0, pi / 8, pi / 4)]
                middle = (at[0] + at[2]) / 2
                t = atan2(at[1] - middle, at[0] - middle) / 4
                columns[f], columns[g] = _planar(columns[f], columns[g], t)
    return [_turned([v * h for v, h in zip(column, height, strict=True)]) for column in columns]


@slow.weigh.register
def _(method: we.Factor, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()) -> Row:
    if len(given) == 1:
        return [1.0]
    values, vectors = eigen(_correlations(scores))
    parts = [value / fsum(values) for value in values]
    if method.keep == "number":
        n = int(method.limit or 0)
        if n > len(values):
            raise Refused
    elif method.keep == "eigenvalue":
        n = sum(value > (method.limit or 1.0) for value in values)
    elif method.keep == "share":
        n = sum(part > (method.limit or 0.1) for part in parts)
    else:
        n = next(n for n in range(1, len(parts) + 1) if fsum(parts[:n]) >= (method.limit or 0.6))
    if n == 0:
        raise Refused
    factors = rotated([[sqrt(values[f]) * v for v in vectors[f]] for f in range(n)])
    amounts = []
    for child in range(len(given)):
        loadings = [factor[child] for factor in factors]
        chosen = max(loadings) if method.negative == "next" else max(loadings, key=lambda v: (abs(v), v))
        if chosen < 0 and method.negative != "square":
            raise Refused
        amounts.append(chosen**2)
    return _shares(amounts)


def _solved(a: Square, b: Row, *, pivoting: bool = False) -> Row:
    """Gauss's elimination; without exchange of rows, pivots above 0 say that a matrix is positive definite."""
    rows = [[*row, v] for row, v in zip(a, b, strict=True)]
    k = len(rows)
    for p in range(k):
        if pivoting:
            best = max(range(p, k), key=lambda i: abs(rows[i][p]))
            rows[p], rows[best] = rows[best], rows[p]
        if (abs(rows[p][p]) if pivoting else rows[p][p]) <= 1e-10:
            raise Refused
        rows[p] = [v / rows[p][p] for v in rows[p]]
        for i in range(k):
            if i != p:
                rows[i] = [v - rows[i][p] * u for v, u in zip(rows[i], rows[p], strict=True)]
    return [row[-1] for row in rows]


@slow.weigh.register
def _(
    method: we.InverseCovariance, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()
) -> Row:
    if len(given) == 1:
        return [1.0]
    matrix = _correlations(scores) if method.standardise else [[_covariance(a, b) for b in scores] for a in scores]
    w = _shares(_solved(matrix, [1.0] * len(given)))
    if min(w) < 0 and method.negative == "refuse":
        raise Refused
    return _shares([max(v, 0.0) for v in w])


@slow.weigh.register
def _(
    method: we.PairwiseComparison, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()
) -> Row:
    k = len(method.children)
    a = [[sqrt(method.matrix[i][j] / method.matrix[j][i]) for j in range(k)] for i in range(k)]
    w = [1.0] * k
    for _ in range(1000):
        w = _shares([fsum(u * v for u, v in zip(row, w, strict=True)) for row in a])
    found = dict(zip(method.children, w, strict=True))
    return [found[code] for code in codes]


@slow.weigh.register
def _(
    method: we.BudgetAllocation, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()
) -> Row:
    total = fsum(fsum(row) for row in method.points)
    found = {code: fsum(row[at] for row in method.points) / total for at, code in enumerate(method.children)}
    return [found[code] for code in codes]


def spline_terms(z: Row, knots: int) -> list[Row]:
    """A straight line, and pieces of cubes that are straight beyond the outer knots."""
    at = [percentile(z, 100 * i / (knots - 1)) for i in range(knots)]
    last = at[-1]

    def piece(v: float, knot: float) -> float:
        return (max(v - knot, 0.0) ** 3 - max(v - last, 0.0) ** 3) / (last - knot)

    return [z, *([piece(v, knot) - piece(v, at[-2]) for v in z] for knot in at[:-2])]


def explained(terms: list[Row], y: Row) -> float:
    """The share of an output's variance that a least-squares mix of terms explains, by Gram and Schmidt."""
    done: list[Row] = []
    for term in terms:
        rest = [v - mean(term) for v in term]
        for _ in range(2):
            for other in done:
                along = fsum(u * v for u, v in zip(rest, other, strict=True))
                rest = [u - along * v for u, v in zip(rest, other, strict=True)]
        size = sqrt(fsum(v**2 for v in rest))
        done.append([v / size for v in rest])
    away = [v - mean(y) for v in y]
    along_each = [fsum(u * v for u, v in zip(away, unit, strict=True)) for unit in done]
    return fsum(v**2 for v in along_each) / fsum(v**2 for v in away)


def _means(scores: Sequence[Row], w: Row) -> Row:
    y = []
    for unit in zip(*scores, strict=True):
        known = [(v, u) for v, u in zip(unit, w, strict=True) if not isnan(v)]
        y.append(fsum(v * u for v, u in known) / fsum(u for _, u in known) if known else 0.0)
    return y


def _short(method: we.Influence, scores: Sequence[Row], wanted: Row, logs: Row) -> Row:
    """How far each child but the last is from its target, with weights exp(logs) and 1."""
    y = _means(scores, [*(exp(v) for v in logs), 1.0])
    reached = []
    for x in scores:
        at = [j for j, v in enumerate(x) if not isnan(v)]
        low, high = min(x[j] for j in at), max(x[j] for j in at)
        z = [(x[j] - low) / (high - low) for j in at]
        terms = [z] if method.regression == "linear" else spline_terms(z, method.knots)
        reached.append(explained(terms, [y[j] for j in at]))
    return [s - t for s, t in zip(_shares(reached), wanted, strict=True)][:-1]


def _worst(x: Row) -> float:
    return max(map(abs, x))


@slow.weigh.register
def _(method: we.Influence, given: Row, sizes: Row, scores: Sequence[Row] = (), codes: Sequence[str] = ()) -> Row:
    """Newton's method for the logarithms of the weights, its slopes by differences, steps halved if too long."""
    if len(given) == 1:
        return [1.0]
    if method.targets == "given" and min(given) == 0:
        raise Refused
    wanted = _shares(given) if method.targets == "given" else [1 / len(given)] * len(given)
    # Exact for lines without gaps: in standard deviations, correlation with the mean is R w.
    start = _solved(_correlations(scores), [sqrt(t) for t in wanted], pivoting=True)
    start = [max(v, 1e-3 * _worst(start)) / _sd(x) for v, x in zip(start, scores, strict=True)]
    logs = [log(v / start[-1]) for v in start[:-1]]
    for _ in range(25):
        now = _short(method, scores, wanted, logs)
        if _worst(now) < 1e-11:
            break
        nudged = [[v + 1e-7 * (i == j) for j, v in enumerate(logs)] for i in range(len(logs))]
        columns = [
            [(v - u) / 1e-7 for v, u in zip(_short(method, scores, wanted, n), now, strict=True)] for n in nudged
        ]
        step = _solved([list(row) for row in zip(*columns, strict=True)], now, pivoting=True)
        for _ in range(8):
            tried = [v - s for v, s in zip(logs, step, strict=True)]
            if _worst(tried) < 20 and _worst(_short(method, scores, wanted, tried)) < _worst(now):
                break
            step = [s / 2 for s in step]
        else:
            raise Refused
        logs = tried
    if _worst(_short(method, scores, wanted, logs)) > 1e-9:
        raise Refused
    w = _shares([*(exp(v) for v in logs), 1.0])
    if any(correlation(x, _means(scores, w)) < 0 for x in scores):
        raise Refused
    return w
