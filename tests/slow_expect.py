"""The curves of expectation, one number at a time and without rounding: normal equations of fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import singledispatch
from math import fsum, sqrt

from pii.methods import expect as ex
from pii.spec import Method
from tests.slow import Row, percentile

Exact = list[Fraction]

PERCENTILES: dict[int, Row] = {
    3: [10, 50, 90],
    4: [5, 35, 65, 95],
    5: [5, 27.5, 50, 72.5, 95],
    6: [5, 23, 41, 59, 77, 95],
    7: [2.5, 18.33, 34.17, 50, 65.83, 81.67, 97.5],
}
"""Where Harrell puts knots."""


@singledispatch
def terms(method: Method, x: Row) -> list[Exact]:
    """What a curve is a mix of: one row a unit, the constant first."""
    raise NotImplementedError(type(method).__name__)


@terms.register
def _(method: ex.Line, x: Row) -> list[Exact]:  # noqa: ARG001 - the transcriptions of a family share its signature
    return [[Fraction(1), Fraction(v)] for v in x]


@terms.register
def _(method: ex.NaturalSpline, x: Row) -> list[Exact]:
    knots = [Fraction(percentile(x, q)) for q in PERCENTILES[method.knots]]
    return [natural(Fraction(v), knots) for v in x]


def natural(v: Fraction, knots: Exact) -> Exact:
    """Equations 5.4 and 5.5 of Hastie, Tibshirani and Friedman as they are printed."""

    def above(knot: Fraction) -> Fraction:
        return max(v - knot, Fraction(0)) ** 3

    def d(knot: Fraction) -> Fraction:
        return (above(knot) - above(knots[-1])) / (knots[-1] - knot)

    return [Fraction(1), v, *(d(knot) - d(knots[-2]) for knot in knots[:-2])]


def expected(method: Method, x: Row, y: Row) -> tuple[Row, Row, float, int]:
    """The curve at each unit, leverages, the spread about it, and the degrees of freedom."""
    rows = terms(method, x)
    p = len(rows[0])
    products = [[_dot([r[i] for r in rows], [r[j] for r in rows]) for j in range(p)] for i in range(p)]
    sums = [_dot([r[i] for r in rows], list(map(Fraction, y))) for i in range(p)]
    inverse = [_solved(products, [Fraction(int(i == j)) for i in range(p)]) for j in range(p)]
    slopes = [_dot(row, sums) for row in inverse]
    mean = [_dot(row, slopes) for row in rows]
    leverage = [_dot(row, [_dot(column, row) for column in inverse]) for row in rows]
    left = fsum(float((Fraction(v) - m) ** 2) for v, m in zip(y, mean, strict=True))
    freedom = len(x) - p
    return list(map(float, mean)), list(map(float, leverage)), sqrt(left / freedom), freedom


def _dot(a: Exact, b: Exact) -> Fraction:
    return sum((u * v for u, v in zip(a, b, strict=True)), Fraction(0))


def _solved(matrix: Sequence[Exact], right: Exact) -> Exact:
    """Gauss and Jordan."""
    rows = [[*row, v] for row, v in zip(matrix, right, strict=True)]
    for at in range(len(rows)):
        pivot = next(i for i in range(at, len(rows)) if rows[i][at] != 0)
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [v / rows[at][at] for v in rows[at]]
        for i in range(len(rows)):
            if i != at:
                rows[i] = [v - rows[i][at] * w for v, w in zip(rows[i], rows[at], strict=True)]
    return [row[-1] for row in rows]
