"""Covariances and correlations over the units that both rows have."""

import numpy as np
import pytest

from pii.numerics.pairwise import pairwise
from tests.shared import same


def test_without_gaps_they_are_numpys() -> None:
    """Covariances and correlations of whole rows."""
    x = np.random.default_rng(1).normal(5.0, 2.0, (4, 30))
    found = pairwise(x)
    assert same(found.covariance, np.cov(x), 1e-13)
    assert same(found.correlation, np.corrcoef(x), 1e-13)


def test_with_gaps_each_pair_is_over_what_both_have() -> None:
    """As if the others were not in the table."""
    x = np.random.default_rng(2).normal(1e3, 1.0, (3, 20))
    x[0, :4] = x[1, 3:7] = np.nan
    found = pairwise(x)
    for i in range(3):
        for j in range(3):
            both = ~np.isnan(x[i]) & ~np.isnan(x[j])
            assert found.units[i, j] == both.sum()
            assert same(found.correlation[i, j], np.corrcoef(x[i, both], x[j, both])[0, 1], 1e-10)
            assert same(found.covariance[i, j], np.cov(x[i, both], x[j, both])[0, 1], 1e-10)


def test_a_constant_row_has_no_correlation() -> None:
    """Not even by the rounding of its mean."""
    x = np.vstack([np.full(7, 0.1), np.arange(7.0)])
    assert np.isnan(pairwise(x).correlation[0]).all()


@pytest.mark.parametrize("factor", [1e-99, 1e-50, 1e50, 1e99])
def test_correlations_do_not_depend_on_the_unit_of_measurement(factor: float) -> None:
    """Though the products of squares are no numbers; covariances go with the square."""
    x = np.random.default_rng(3).normal(5.0, 2.0, (3, 12))
    x[0, 4] = np.nan
    found, expected = pairwise(x * factor), pairwise(x)
    assert same(found.correlation, expected.correlation, 1e-12)
    assert same(found.covariance / factor / factor, expected.covariance, 1e-12)
