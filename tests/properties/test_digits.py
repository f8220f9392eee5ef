"""Statistics of values that are large and differ little, against exact fractions and sixty digits."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest

from pii.arrays import Matrix, Vector, skewness_and_kurtosis
from pii.compute import compute
from pii.methods.normalise import NO_MARKS, Logistic, NormalCdf, ZScore
from pii.methods.weigh import StandardDeviation
from pii.numerics.correlation import pearson
from pii.numerics.pairwise import pairwise
from pii.table import Table
from tests.shared import group, leaf, same, scheme

OFFSETS = [0.0, 1.0, 1e6, 1e9, -1e9, 1e11]
far = pytest.mark.parametrize("offset", OFFSETS)


def drawn(offset: float, seed: int = 4, n: int = 60) -> Matrix:
    """Two rows that go together, far from 0 and near each other; as the numbers that they are after that."""
    random = np.random.default_rng(seed)
    a = random.gamma(2.0, size=n)
    return np.vstack([offset + a, offset + 0.5 * a + 0.1 * random.normal(size=n)])


def exact(x: Vector) -> list[Fraction]:
    """Numbers as the fractions that they are, less their mean."""
    values = [Fraction(value) for value in x.tolist()]
    mean = sum(values, Fraction(0)) / len(values)
    return [value - mean for value in values]


def moment(away: list[Fraction], power: int) -> Fraction:
    """A central moment."""
    return sum((value**power for value in away), Fraction(0)) / len(away)


def decimal(value: Fraction) -> Decimal:
    """A fraction to the digits of the context."""
    return Decimal(value.numerator) / Decimal(value.denominator)


@far
def test_z_scores(offset: float) -> None:
    """And what is made of them; to the last digits, though the mean has lost as many as the offset has."""
    x = drawn(offset)
    expected = []
    with localcontext(prec=60):
        for row in x:
            away = exact(row)
            sd = decimal(sum((value**2 for value in away), Fraction(0)) / (len(away) - 1)).sqrt()
            expected.append([float(decimal(value) / sd) for value in away])
    assert same(ZScore()(x, reference=x, marks=NO_MARKS), expected, 1e-13)
    z = np.array(expected)
    assert same(Logistic(ceiling=1.0)(x, reference=x, marks=NO_MARKS), 1 / (1 + np.exp(-z)), 1e-13)
    some = x[:, ::2]
    assert same(NormalCdf()(some, reference=x, marks=NO_MARKS), NormalCdf()(x, reference=x, marks=NO_MARKS)[:, ::2])


@far
def test_skewness_and_kurtosis(offset: float) -> None:
    """Of type 2."""
    x = drawn(offset)
    found = skewness_and_kurtosis(x)
    for at, row in enumerate(x):
        n, away = len(row), exact(row)
        m2, m3, m4 = (moment(away, power) for power in (2, 3, 4))
        with localcontext(prec=60):
            skew = decimal(m3) / (decimal(m2).sqrt() ** 3) * Decimal(n * (n - 1)).sqrt() / (n - 2)
        kurtosis = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
        assert same([found[0][at], found[1][at]], [float(skew), float(kurtosis)], 1e-12)


@far
def test_covariances_and_correlations(offset: float) -> None:
    """Of all units and of those that both rows have."""
    x = drawn(offset)
    for gaps in (slice(0, 0), slice(3, 9)):
        here = x.copy()
        here[0, gaps] = np.nan
        both = ~np.isnan(here).any(axis=0)
        a, b = exact(here[0, both]), exact(here[1, both])
        sums = [sum((p * q for p, q in zip(u, v, strict=True)), Fraction(0)) for u, v in ((a, b), (a, a), (b, b))]
        with localcontext(prec=60):
            expected = float(decimal(sums[0]) / (decimal(sums[1]) * decimal(sums[2])).sqrt())
        found = pairwise(here)
        assert same(found.covariance[0, 1], float(sums[0] / (len(a) - 1)), 1e-12)
        assert same(found.correlation[0, 1], expected, 1e-12)
        assert same(pearson(here).coefficients[0, 1], expected, 1e-12)


@far
def test_weights_by_standard_deviation(offset: float) -> None:
    """Of the children's scores."""
    x = drawn(offset)
    with localcontext(prec=60):
        spreads = [decimal(moment(exact(row), 2)).sqrt() for row in x]
        expected = [float(spread / sum(spreads)) for spread in spreads]
    assert same(StandardDeviation()(np.ones(2), sizes=np.ones(2), scores=lambda: x), expected, 1e-13)


@pytest.mark.parametrize("offset", [0.0, 1e9, -1e12])
@pytest.mark.parametrize("normalise", ["zscore", "minmax", "robust", "normal_cdf"])
def test_the_order_of_rows_is_nothing(offset: float, normalise: str) -> None:
    """To 1e-12, of sums of a thousand values far from 0, in three orders."""
    x = drawn(offset, n=1000)
    rules = scheme(group("g", leaf("a"), leaf("b", direction=-1)), normalise=normalise)
    codes = [f"u{at}" for at in range(1000)]
    table = Table.of({"a": x[0], "b": x[1]}, units=codes)
    expected = compute(rules, table).composite.values
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(1000)
        assert same(compute(rules, table.take(order)).composite.values, expected[order], 1e-12)
