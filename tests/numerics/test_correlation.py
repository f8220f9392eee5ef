"""Correlations: equal to scipy's pair by pair, with gaps and ties, and to COINr's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pii.arrays import Matrix
from pii.numerics.correlation import Correlations, kendall, pearson, spearman
from tests.shared import read_rows, same

MEASURES: dict[str, tuple[Callable[[Matrix], Correlations], Callable[[Matrix, Matrix], tuple[float, float]]]] = {
    "pearson": (pearson, stats.pearsonr),
    "spearman": (spearman, stats.spearmanr),
    "kendall": (kendall, lambda a, b: stats.kendalltau(a, b, method="asymptotic")),
}
every = pytest.mark.parametrize("name", MEASURES)


def drawn(seed: int, gaps: float, step: float) -> Matrix:
    """Correlated rows with gaps and ties."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4, 25)) + rng.normal(size=25)
    x = np.round(x / step) * step
    x[rng.random(x.shape) < gaps] = np.nan
    return x


@every
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.2]), st.sampled_from([1e-9, 0.5]))
@settings(max_examples=40)
def test_every_pair_equals_scipy(name: str, seed: int, gaps: float, step: float) -> None:
    """Coefficients, p-values and counts over the units that both rows have."""
    measure, scipys = MEASURES[name]
    x = drawn(seed, gaps, step)
    found = measure(x)
    for i in range(4):
        for j in range(4):
            both = ~np.isnan(x[i] * x[j])
            assert found.counts[i, j] == both.sum()
            r, p = scipys(x[i, both], x[j, both])
            assert found.coefficients[i, j] == pytest.approx(r, abs=1e-12)
            if i != j:
                assert found.p_values[i, j] == pytest.approx(p, abs=1e-12)


@every
def test_what_does_not_vary_has_no_correlation(name: str) -> None:
    """Nor has a pair with no unit in common; others are not touched by it."""
    x = np.array(
        [[1.0, 1.0, 1.0, np.nan, np.nan], [0.1, 0.5, 0.2, np.nan, np.nan], [np.nan, np.nan, np.nan, 1.0, 2.0]]
    )
    found = MEASURES[name][0](x)
    assert np.isnan(found.coefficients[0]).all()
    assert np.isnan(found.coefficients[1, 2])
    assert found.coefficients[1, 1] == pytest.approx(1.0)
    assert found.counts[1, 2] == 0


@every
def test_permuting_units_changes_nothing(name: str) -> None:
    """To rounding."""
    x = drawn(0, 0.1, 0.5)
    order = np.random.default_rng(1).permutation(25)
    measure = MEASURES[name][0]
    assert same(measure(x[:, order]).coefficients, measure(x).coefficients, 1e-12)


@every
def test_equals_coinr(name: str) -> None:
    """49 x 49 coefficients of the aggregated ASEM example."""
    rows = read_rows("coinr", f"corr_{name}_L1_L1.csv")
    codes = list(dict.fromkeys(row["Var1"] for row in rows))
    values = read_rows("coinr", "step_7_Aggregated.csv")
    x = np.array([[float(row[code]) for row in values] for code in codes])
    theirs = np.full((len(codes), len(codes)), np.nan)
    for row in rows:
        theirs[codes.index(row["Var1"]), codes.index(row["Var2"])] = float(row["Correlation"])
    assert same(MEASURES[name][0](x).coefficients, theirs, 1e-10)


def test_p_values_equal_coinr() -> None:
    """Of the raw ASEM indicators, with their gaps."""
    rows = read_rows("coinr", "pvals_pearson_Raw.csv")
    codes = [row["row"] for row in rows]
    raw = read_rows("coinr", "step_1_Raw.csv")
    x = np.array([[float(row[code]) if row[code] != "NA" else np.nan for row in raw] for code in codes])
    theirs = np.array([[float(row[code]) for code in codes] for row in rows])
    off_diagonal = ~np.eye(len(codes), dtype=bool)
    assert same(pearson(x).p_values[off_diagonal], theirs[off_diagonal], 1e-10)
