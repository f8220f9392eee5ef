"""Power transforms and their likeliest lambda, against scipy's."""

import warnings

import numpy as np
import pytest

from pii.numerics.powers import boxcox, likeliest_boxcox, likeliest_yeojohnson, yeojohnson
from tests.shared import same

RANDOM = np.random.default_rng(7)
POSITIVE = np.vstack([RANDOM.lognormal(1, 0.7, 40), RANDOM.gamma(2, 3, 40), 5 - RANDOM.beta(2, 5, 40) * 4])
MIXED = np.vstack([RANDOM.normal(0, 1, 40), RANDOM.gumbel(1, 3, 40), -RANDOM.lognormal(0, 0.5, 40)])
LAMBDAS = np.array([-1.5, 0.0, 0.3])


def test_transforms_equal_scipys() -> None:
    """At given lambdas."""
    from scipy import stats

    assert same(boxcox(POSITIVE, LAMBDAS), [stats.boxcox(x, p) for x, p in zip(POSITIVE, LAMBDAS, strict=True)])
    for shift in (0.0, 2.0):
        found = yeojohnson(MIXED, LAMBDAS + shift)
        assert same(found, [stats.yeojohnson(x, p) for x, p in zip(MIXED, LAMBDAS + shift, strict=True)])


def test_likeliest_lambdas_equal_scipys() -> None:
    """As near as its search goes, which compares likelihoods: the square root of the precision of a number."""
    from scipy import stats

    expected = [stats.boxcox_normmax(x, method="mle") for x in POSITIVE]
    assert same(likeliest_boxcox(POSITIVE), expected, 1e-6)
    assert same(likeliest_yeojohnson(MIXED), [stats.yeojohnson_normmax(x) for x in MIXED], 1e-6)


def test_no_lambda_beside_is_likelier() -> None:
    """By scipy's likelihood, a little above or below."""
    from scipy import stats

    for x, found in zip(POSITIVE, likeliest_boxcox(POSITIVE), strict=True):
        assert all(stats.boxcox_llf(found, x) >= stats.boxcox_llf(found + step, x) for step in (-1e-3, 1e-3))
    for x, found in zip(MIXED, likeliest_yeojohnson(MIXED), strict=True):
        assert all(stats.yeojohnson_llf(found, x) >= stats.yeojohnson_llf(found + d, x) for d in (-1e-3, 1e-3))


def test_known_lambdas() -> None:
    """Of values whose logarithms, or which themselves, are symmetric; of two values."""
    even = np.array([[-2.0, -1.0, 0.0, 1.0, 2.0], [3.0, 9.0, 9.0, 9.0, 15.0]])
    assert same(likeliest_boxcox(np.exp(even)), [0.0, 0.0], 1e-12)
    assert same(likeliest_boxcox(np.array([[0.5, 300.0]])), [0.0], 1e-12)
    assert same(likeliest_yeojohnson(np.array([[-4.0, -1.0, 1.0, 4.0]])), [1.0], 1e-12)


def test_mirrored_values_have_the_mirrored_lambda() -> None:
    """Of -x, 2 - lambda (Yeo-Johnson); of 1 / x, -lambda (Box-Cox)."""
    assert same(likeliest_yeojohnson(-MIXED), 2 - likeliest_yeojohnson(MIXED), 1e-11)
    assert same(likeliest_boxcox(1 / POSITIVE), -likeliest_boxcox(POSITIVE), 1e-11)


def test_box_coxs_lambda_does_not_depend_on_the_unit_of_measurement() -> None:
    """Only the transformed values do."""
    assert same(likeliest_boxcox(POSITIVE * 1e9), likeliest_boxcox(POSITIVE), 1e-11)


def test_gaps_do_not_count() -> None:
    """Nor do they spread."""
    gaps = np.insert(POSITIVE, 3, np.nan, axis=1)
    assert same(likeliest_boxcox(gaps), likeliest_boxcox(POSITIVE), 1e-12)
    assert same(likeliest_yeojohnson(gaps), likeliest_yeojohnson(POSITIVE), 1e-12)
    assert same(boxcox(gaps, LAMBDAS)[:, 4:], boxcox(POSITIVE, LAMBDAS)[:, 3:])


@pytest.mark.parametrize("x", [[1e3, 1e3 + 1, 1e3 + 2, 1e3 + 9], [1e-300, 1.0, 1e300, 1e300]])
def test_the_search_stays_finite(x: list[float]) -> None:
    """For a narrow row far from 1, whose maximum lies beyond, and for the widest one."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isfinite(likeliest_boxcox(np.array([x]))).all()
        assert abs(likeliest_boxcox(np.array([x]))[0]) <= 5


@pytest.mark.parametrize("size", [1e26, 1e60, 1e99])
def test_yeo_johnsons_search_stays_finite(size: float) -> None:
    """For large values on both sides of 0, of which no power far from 1 is a number."""
    x = np.array([[-3.0, -1.0, 2.0, 5.0]]) * size
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = likeliest_yeojohnson(x)
        assert np.isfinite(yeojohnson(x, found)).all()
    assert abs(found[0] - 1) <= 4
