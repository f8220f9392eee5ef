"""A joint normal with gaps: closed forms, what is refused, and draws that cover what they should."""

from itertools import pairwise

import numpy as np
import pytest

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.numerics import em
from tests.shared import same


def simulated(seed: int, *, k: int = 3, n: int = 60, gaps: float = 0.15) -> Matrix:
    """Indicators that share a factor, on different scales, with gaps at random."""
    random = np.random.default_rng(seed)
    x = (random.normal(size=n) + random.normal(size=(k, n))) * 10.0 ** np.arange(k)[:, None] + 5
    x[random.random(size=(k, n)) < gaps] = np.nan
    return x


def test_without_gaps_it_is_the_mean_and_the_covariance() -> None:
    """Divided by n."""
    x = simulated(1, gaps=0.0)
    found = em.fit(x)
    assert same(found.mean, x.mean(axis=1))
    assert same(found.covariance, np.cov(x, bias=True))


def test_two_indicators_with_one_cut_short_have_a_closed_form() -> None:
    """Regress the short one on the long one, and carry the regression to all units (Anderson 1957)."""
    x = simulated(2, k=2, gaps=0.0)
    x[1, 40:] = np.nan
    both = x[:, :40]
    moments = np.cov(both, bias=True)
    slope = moments[0, 1] / moments[0, 0]
    spare = moments[1, 1] - slope * moments[0, 1]
    mean, variance = x[0].mean(), x[0].var()
    found = em.fit(x)
    assert same(found.mean, [mean, both[1].mean() + slope * (mean - both[0].mean())], 1e-8)
    assert same(
        found.covariance, [[variance, slope * variance], [slope * variance, spare + slope**2 * variance]], 1e-8
    )
    assert same(em.completed(x, found)[1, 40:], found.mean[1] + slope * (x[0, 40:] - mean), 1e-8)


def test_the_likelihood_is_highest_there() -> None:
    """A step in any direction lowers it."""
    x = simulated(3)
    found = em.fit(x)
    assert em.log_likelihood(x, found) == found.log_likelihood
    for row in range(3):
        for step in (-0.01, 0.01):
            moved = found.mean.copy()
            moved[row] += step * np.sqrt(found.covariance[row, row])
            assert em.log_likelihood(x, found._replace(mean=moved)) < found.log_likelihood
            wider = found.covariance.copy()
            wider[row, row] *= 1 + step
            assert em.log_likelihood(x, found._replace(covariance=wider)) < found.log_likelihood


def test_a_unit_without_any_indicator_has_the_mean() -> None:
    """And does not count in the fit."""
    x = simulated(4)
    more = np.column_stack([x, np.full(3, np.nan)])
    found = em.fit(more)
    assert same(found.mean, em.fit(x).mean, 1e-14)
    assert same(em.completed(more, found)[:, -1], found.mean)


def test_the_order_of_units_decides_no_digit() -> None:
    """Sums are taken in an order of the values."""
    x = simulated(5)
    order = np.random.default_rng(0).permutation(x.shape[1])
    assert em.fit(x).mean.tolist() == em.fit(x[:, order]).mean.tolist()
    assert em.fit(x).covariance.tolist() == em.fit(x[:, order]).covariance.tolist()
    for here, there in zip(em.draws(x, 2, seed=0), em.draws(x[:, order], 2, seed=0), strict=True):
        assert same(there, here[:, order], 1e-12)


def apart() -> Matrix:
    """Two indicators that no unit has both of."""
    x = simulated(6, gaps=0.0)
    x[0, :30], x[1, 30:] = np.nan, np.nan
    return x


def determined() -> Matrix:
    """The third is the sum of the others."""
    x = simulated(7, gaps=0.0)
    x[2] = x[0] + x[1]
    x[1, 0] = np.nan
    return x


def constant() -> Matrix:
    """The second does not vary."""
    x = simulated(8)
    x[1] = 4.0
    return x


@pytest.mark.parametrize(
    ("x", "rows", "said"),
    [
        (simulated(9, k=6, n=6, gaps=0.0), range(6), "6 units were measured on any of 6 indicators"),
        (apart(), (0, 1), "it and another were measured together for 0 units"),
        (determined(), range(3), "the covariance of the indicators is singular"),
        (constant(), (1,), "no two of its values differ"),
    ],
)
def test_what_has_no_answer_is_refused(x: Matrix, rows: tuple[int, ...], said: str) -> None:
    """By the places of the indicators."""
    with pytest.raises(Undefined, match=said) as refused:
        em.fit(x)
    assert refused.value.rows == tuple(rows)


def test_a_fit_that_does_not_settle_is_refused() -> None:
    """Rather than returned half way."""
    with pytest.raises(Undefined, match="the fit has not settled after 3 steps"):
        em.fit(simulated(10), most_steps=3)


def test_values_without_a_finite_variance_are_refused() -> None:
    """Their squares are beyond the largest number, so that none is left on their scale."""
    with np.errstate(over="ignore"), pytest.raises(Undefined, match="the covariance of the indicators is singular"):
        em.fit(simulated(9, gaps=0.0) * 1e200)


def test_a_gap_is_filled_with_its_expectation_beside_what_does_not_vary() -> None:
    """An indicator of one value has it everywhere, and changes nothing for the others."""
    x = simulated(12)
    filled = em.imputed(np.vstack([np.where(np.arange(x.shape[1]) < 3, np.nan, 4.0), x]))
    assert (filled[0] == 4.0).all()
    assert same(filled[1:], em.completed(x, em.fit(x)), 1e-12)
    assert same(em.imputed(filled), filled, 0.0)


def test_refusals_count_indicators_that_do_not_vary() -> None:
    """They are filled by themselves, and keep their place."""
    x = np.vstack([np.full(60, 4.0), apart()])
    for fill in (em.imputed, lambda x: next(em.draws(x, 1, seed=0))):
        with pytest.raises(Undefined) as refused:
            fill(x)
        assert refused.value.rows == (1, 2)


# Draws


def test_draws_repeat_on_a_seed() -> None:
    """0 is a seed as any other."""
    x = simulated(11)
    first, again, other = ([*em.draws(x, 2, seed=seed)] for seed in (0, 0, 1))
    assert same(first, again, 0.0)
    assert not np.allclose(np.array(first)[:, np.isnan(x)], np.array(other)[:, np.isnan(x)])
    assert same(first[0], next(em.draws(x, 1, seed=0)), 0.0)


def test_draws_keep_what_was_measured() -> None:
    """They fill every gap; of an indicator that does not vary with its value, of one never measured not."""
    x = np.vstack([simulated(12), np.full(60, 7.0), np.full(60, np.nan)])
    x[3, 0] = np.nan
    for matrix in em.draws(x, 5, seed=0):
        assert np.array_equal(matrix[~np.isnan(x)], x[~np.isnan(x)])
        assert np.isfinite(matrix[:4]).all()
        assert matrix[3, 0] == 7.0
        assert np.isnan(matrix[4]).all()


def test_without_gaps_draws_are_the_values() -> None:
    """Each its own array."""
    x = simulated(13, gaps=0.0)
    drawn = list(em.draws(x, 3, seed=0))
    assert len(drawn) == 3
    assert all(same(matrix, x, 0.0) and matrix is not x for matrix in drawn)


def test_draws_scatter_round_the_expectation() -> None:
    """By the conditional variance, and a little more for parameters that are not known."""
    x = simulated(14, n=200)
    normal = em.fit(x)
    drawn = np.array(list(em.draws(x, 400, seed=0)))
    alone = np.isnan(x) & (np.isnan(x).sum(axis=0) == 1)
    precision = np.linalg.inv(normal.covariance)
    scatter = 1 / np.sqrt(np.diag(precision))[np.nonzero(alone)[0]]
    away = (drawn[:, alone].mean(axis=0) - em.completed(x, normal)[alone]) / scatter
    assert np.abs(away).max() < 0.3
    ratio = drawn[:, alone].std(axis=0) / scatter
    assert 0.97 < ratio.mean() < 1.08
    # Draws that follow one another do not go together.
    steps = [(a[alone] - b[alone]) / scatter for a, b in pairwise(drawn)]
    assert np.mean(np.square(steps)) == pytest.approx(2 * np.mean(ratio**2), rel=0.03)


def test_intervals_of_means_and_variances_cover_the_truth() -> None:
    """Rubin's 95% intervals, of data simulated 100 times: within Monte Carlo error (3 SD: 6.5 points) of 95%."""
    truth = np.array([[2.0, 1.2], [1.2, 1.5]])
    root = np.linalg.cholesky(truth)
    covered = {"mean": 0, "log variance": 0}
    times, m, n = 100, 10, 60
    for seed in range(times):
        random = np.random.default_rng(1000 + seed)
        x = root @ random.standard_normal((2, n))
        # Missing more often where the other is high: at random given it, and wrong to leave out.
        x[1, random.random(n) < 1 / (1 + np.exp(1 - x[0]))] = np.nan
        drawn = np.array(list(em.draws(x, m, seed=seed)))[:, 1]
        variance = drawn.var(axis=1, ddof=1)
        for what, estimate, within, true in (
            ("mean", drawn.mean(axis=1), variance / n, 0.0),
            ("log variance", np.log(variance), np.full(m, 2 / (n - 1)), np.log(1.5)),
        ):
            total = within.mean() + (1 + 1 / m) * estimate.var(ddof=1)
            covered[what] += abs(estimate.mean() - true) < 1.99 * np.sqrt(total)
    assert all(0.885 <= count / times <= 1 for count in covered.values()), covered
