"""Reliability: against COINr, the Handbook's own example, and what holds by construction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.arrays import Matrix
from pii.numerics.pairwise import pairwise
from pii.numerics.reliability import adequacy, alpha, alpha_without, item_rest_correlation, omega, sphericity
from tests.shared import read_rows

FILES = {"Raw": "step_1_Raw.csv", "Normalised": "step_6_Normalised.csv", "Aggregated": "step_7_Aggregated.csv"}


def drawn(seed: int, k: int = 5, n: int = 200) -> Matrix:
    """Rows with one common factor."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(size=(k, n)) + rng.normal(size=n), dtype=np.float64)


def test_alpha_equals_coinr() -> None:
    """Of every group of the ASEM example, raw with gaps, normalised and aggregated."""
    meta = read_rows("coinr", "in_ASEM_iMeta.csv")
    for row in read_rows("coinr", "cronbach.csv"):
        codes = [node["iCode"] for node in meta if node["Parent"] == row["group"]]
        table = read_rows("coinr", FILES[row["dset"]])
        x = np.array([[float(unit[code]) if unit[code] != "NA" else np.nan for unit in table] for code in codes])
        assert alpha(pairwise(x).covariance) == pytest.approx(float(row["alpha"]), abs=1e-10)


@given(st.integers(0, 1000))
def test_alpha_without_a_row_is_alpha_of_the_rest(seed: int) -> None:
    """And its correlation with the rest is that with their sum."""
    x = drawn(seed)
    covariance = np.cov(x)
    for row in range(len(x)):
        rest = np.delete(x, row, axis=0)
        assert alpha_without(covariance)[row] == pytest.approx(alpha(np.cov(rest)), abs=1e-12)
        expected = np.corrcoef(x[row], rest.sum(axis=0))[0, 1]
        assert item_rest_correlation(covariance)[row] == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.floats(0.3, 0.9), min_size=3, max_size=8))
def test_omega_of_one_factor_is_exact(loadings: list[float]) -> None:
    """The factor's own loadings are found again."""
    own = np.array(loadings)
    correlation = np.outer(own, own)
    np.fill_diagonal(correlation, 1.0)
    expected = own.sum() ** 2 / (own.sum() ** 2 + (1 - own**2).sum())
    assert omega(correlation) == pytest.approx(expected, abs=1e-6)


def test_adequacy_by_partial_correlation() -> None:
    """Partial correlations are those of the residuals on all other rows."""
    x = drawn(3, k=4)
    r = pairwise(x).correlation
    squares = partials = 0.0
    for i in range(4):
        for j in range(4):
            if i != j:
                others = np.array([np.ones(x.shape[1]), *(x[m] for m in range(4) if m not in (i, j))]).T
                a, b = (x[m] - others @ np.linalg.lstsq(others, x[m], rcond=None)[0] for m in (i, j))
                squares += r[i, j] ** 2
                partials += np.corrcoef(a, b)[0, 1] ** 2
    overall, by_row = adequacy(r)
    assert overall == pytest.approx(squares / (squares + partials), abs=1e-10)
    assert by_row.min() <= overall <= by_row.max()
    assert np.isnan(adequacy(np.ones((3, 3)))[0])


def test_sphericity_rejects_as_often_as_it_says() -> None:
    """Of 500 tables without any correlation, about one in twenty is below 0.05; one with it is far below."""
    rng = np.random.default_rng(0)
    p = [sphericity(pairwise(rng.normal(size=(4, 100))).correlation, 100).p_value for _ in range(500)]
    assert 0.03 < np.mean(np.array(p) < 0.05) < 0.07
    assert sphericity(pairwise(drawn(1)).correlation, 200).p_value < 1e-10
    assert np.isnan(sphericity(np.ones((2, 2)), 10).statistic)


def test_a_loading_above_1_leaves_no_omega() -> None:
    """One row would have a variance below 0 of its own: 0.9 * 0.9 / 0.5 is the square of its loading."""
    assert np.isnan(omega(np.array([[1.0, 0.9, 0.9], [0.9, 1.0, 0.5], [0.9, 0.5, 1.0]])))


def test_too_few_rows_have_no_reliability() -> None:
    """NaN, not an error: a group of one or two is legal."""
    assert np.isnan(alpha(np.eye(1)))
    assert np.isnan(alpha_without(np.eye(2))).all()
    assert np.isnan(omega(np.eye(2)))


def test_a_sum_that_does_not_vary_has_no_alpha() -> None:
    """As of two opposite rows, whatever rounding leaves of their sum."""
    opposite = np.array([[0.1, -0.1], [-0.1, 0.1 + 1e-17]])
    assert np.isnan(alpha(opposite))
    three = np.array([[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert np.isnan(alpha_without(three)).tolist() == [False, False, True]
