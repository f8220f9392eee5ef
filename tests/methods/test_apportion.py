"""Apportioned variance: the design, the estimators, their truth, their intervals."""

from collections.abc import Callable
from itertools import combinations
from math import pi
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.stats import sobol_indices

from pii.arrays import Matrix, Vector
from pii.errors import Undefined
from pii.methods import apportion as module
from pii.methods.apportion import Bootstrap, Effects, apportion, design, n_runs
from pii.methods.sample import AbstractSampler, RandomPoints, SobolSequence
from tests import slow_apportion, strategies
from tests.shared import difference, same

Function = Callable[[Matrix], Vector]


def ishigami(x: Matrix) -> Vector:
    """Three inputs, the third of which matters only with the first (Ishigami and Homma 1990)."""
    z = pi * (2 * x - 1)
    return np.asarray(np.sin(z[:, 0]) * (1 + 0.1 * z[:, 2] ** 4) + 7 * np.sin(z[:, 1]) ** 2)


LESS = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
"""How little each input of the g-function matters."""


def g_function(x: Matrix) -> Vector:
    """A product of five inputs, each less important than the one before (Saltelli and Sobol' 1995)."""
    return np.asarray(np.prod((np.abs(4 * x - 2) + LESS) / (1 + LESS), axis=1))


def true_ishigami() -> Effects:
    """Integrals by hand."""
    one, two, both = (1 + pi**4 / 50) ** 2 / 2, 49 / 8, pi**8 * (1 / 18 - 1 / 50) / 100
    second = np.zeros((3, 3, 1))
    second[0, 2] = second[2, 0] = both
    v = one + two + both
    return Effects(
        first=np.array([[one], [two], [0.0]]) / v,
        total=np.array([[one + both], [two], [both]]) / v,
        second=second / v,
    )


def true_g_function() -> Effects:
    """Variances of a product of independent factors."""
    own = 1 / (3 * (1 + LESS) ** 2)
    v = np.prod(1 + own) - 1
    total = own * np.prod(1 + own) / (1 + own)
    return Effects(first=own[:, None] / v, total=total[:, None] / v, second=np.outer(own, own)[:, :, None] / v)


def estimated(
    function: Function,
    d: int,
    *,
    n: int = 4096,
    seed: int = 0,
    method: AbstractSampler | None = None,
    groups: list[list[int]] | None = None,
    offset: float = 0.0,
    **settings: Any,
) -> Effects:
    """What the estimators find of a function of d inputs."""
    x = (method or SobolSequence()).points(n, 2 * d, seed=seed)
    groups = groups or [[j] for j in range(d)]
    points = design(x[:, :d], x[:, d:], groups, second_order=settings.get("second_order", False))
    return apportion(function(points)[:, None] + offset, len(groups), **settings)


def noise(k: int, n: int, outputs: int, *, second_order: bool = False, seed: int = 0) -> Matrix:
    """Outputs of no function at all, about 3."""
    return np.random.default_rng(seed).normal(3.0, 1.0, (n_runs(n, k, second_order=second_order), outputs))


def array(x: NDArray[np.float64] | None) -> NDArray[np.float64]:
    """What is there."""
    assert x is not None
    return x


# The design


@given(st.integers(1, 6), st.booleans(), st.permutations(range(5)), st.integers(1, 4))
@strategies.quick
def test_the_design_equals_the_slow_one(n: int, second_order: bool, order: list[int], cut: int) -> None:
    """Block by block, for groups of any columns; some may be left out."""
    a, b = np.random.default_rng(n).random((2, n, 5))
    groups = [order[:cut], order[cut:4]] if cut < 4 else [order]
    points = design(a, b, groups, second_order=second_order)
    expected = slow_apportion.design(a.tolist(), b.tolist(), groups, second_order=second_order)
    assert points.tolist() == expected
    assert len(points) == n_runs(n, len(groups), second_order=second_order)


def test_the_design_does_not_write_into_the_samples() -> None:
    """Read-only halves of one sample will do."""
    x = np.random.default_rng(0).random((4, 6))
    x.flags.writeable = False
    assert design(x[:, :3], x[:, 3:], [[0], [1, 2]]).flags.writeable


@pytest.mark.parametrize(
    ("shape", "groups", "found"),
    [
        (
            (2, 2),
            [[0], [1]],
            "the samples are of shapes (2, 3) and (2, 2); A and B have a row a point and a column an "
            "input, as many of each; draw one sample of twice the columns, and halve it",
        ),
        (
            (2, 3),
            [],
            "the groups are []; there is a group, and a group has a column at least; leave out groups in "
            "which nothing is uncertain",
        ),
        (
            (2, 3),
            [[0], []],
            "the groups are [[0], []]; there is a group, and a group has a column at least; leave out "
            "groups in which nothing is uncertain",
        ),
        (
            (2, 3),
            [[0], [3]],
            "a group has column 3; the samples have columns 0 to 2; count columns of one sample, from 0",
        ),
        (
            (2, 3),
            [[-1]],
            "a group has column -1; the samples have columns 0 to 2; count columns of one sample, from 0",
        ),
        (
            (2, 3),
            [[0, 1], [2, 1]],
            "column 1 is named twice; an input is in one group; join the groups, or take it out of one",
        ),
    ],
)
def test_what_is_no_design_is_refused(shape: tuple[int, int], groups: list[list[int]], found: str) -> None:
    """With what was found and the rule."""
    with pytest.raises(Undefined) as refused:
        design(np.zeros((2, 3)), np.zeros(shape), groups)
    assert str(refused.value) == found
    assert (refused.value.rows, refused.value.columns) == ((), ())


# The estimators


@given(
    k=st.integers(1, 4),
    n=st.integers(1, 9),
    seed=st.integers(0, 99),
    second_order=st.booleans(),
    centred=st.booleans(),
)
@strategies.quick
def test_indices_equal_the_slow_formula(k: int, n: int, seed: int, second_order: bool, centred: bool) -> None:
    """Every output at once, as one by one."""
    y = noise(k, n, 3, second_order=second_order, seed=seed)
    found = apportion(y, k, second_order=second_order, centred=centred)
    for at in range(3):
        first, total, second = slow_apportion.indices(
            y[:, at].tolist(), n, k, second_order=second_order, centred=centred
        )
        assert same(found.first[:, at], first)
        assert same(found.total[:, at], total)
        assert not second_order or same(array(found.second)[..., at], second)


@pytest.mark.parametrize(("function", "d"), [(ishigami, 3), (g_function, 5)])
def test_indices_equal_scipy(function: Function, d: int) -> None:
    """Which divides the variance by 2 n, where COINr divides by 2 n - 1."""
    n = 256
    x = SobolSequence().points(n, 2 * d, seed=1)
    y = np.array([function(design(x[:, :d], x[:, d:], [[j] for j in range(d)])), np.arange(n * (d + 2)) % 7.0]).T
    found = apportion(y, d)
    runs = y.T.reshape(2, d + 2, n)
    theirs = sobol_indices(func={"f_A": runs[:, 0], "f_B": runs[:, 1], "f_AB": runs[:, 2:].swapaxes(0, 1)}, n=n)
    assert same(found.first * 2 * n / (2 * n - 1), theirs.first_order.T, 1e-12)
    assert same(found.total * 2 * n / (2 * n - 1), theirs.total_order.T, 1e-12)


@pytest.mark.parametrize(("function", "truth"), [(ishigami, true_ishigami()), (g_function, true_g_function())])
def test_estimates_come_near_the_truth(function: Function, truth: Effects) -> None:
    """With 4,096 Sobol' points, for 20 seeds, without a bias; the third input of Ishigami only with the first."""
    d = len(truth.first)
    found = [estimated(function, d, seed=seed, second_order=True) for seed in range(20)]
    diagonal = np.where(np.eye(d, dtype=bool)[..., None], np.nan, 0.0)
    for name, tolerance in (("first", 0.02), ("total", 0.01), ("second", 0.03)):
        true = getattr(truth, name) + (diagonal if name == "second" else 0.0)
        each = np.array([getattr(one, name) for one in found])
        assert max(difference(one, true) for one in each) < tolerance, name
        assert same(each.mean(axis=0), true, tolerance / 4)


def test_sobol_points_scatter_less_than_random_ones() -> None:
    """Ishigami at n = 4,096 over 20 seeds: about 0.005 (S) and 0.001 (T), where random draws have 0.014 and 0.02."""
    spread = {}
    for method in (SobolSequence(), RandomPoints()):
        found = [estimated(ishigami, 3, seed=seed, method=method) for seed in range(20)]
        spread[method.method_name()] = [
            float(np.std([getattr(one, name) for one in found], axis=0, ddof=1).max())
            for name in ("first", "total")
        ]
    assert spread["sobol"] == pytest.approx([0.0055, 0.0014], rel=0.5)
    assert spread["random"] == pytest.approx([0.0158, 0.0221], rel=0.5)


def test_centring_takes_away_the_noise_of_a_level() -> None:
    """Centred, 90 added to every output changes nothing; counted from 0, first effects drown, total ones do not."""
    settings: dict[str, Any] = {"method": RandomPoints(), "seed": 3, "second_order": True}
    near, far = (estimated(ishigami, 3, offset=offset, **settings) for offset in (0.0, 90.0))
    assert same(near.first, far.first)
    assert same(array(near.second), array(far.second))
    raw = estimated(ishigami, 3, offset=90.0, centred=False, **settings)
    assert same(raw.total, near.total)
    assert difference(raw.first, near.first) > 0.1


def test_a_group_is_one_input() -> None:
    """All inputs account for everything; the first and third of Ishigami for all but the second's."""
    truth = true_ishigami()
    everything = estimated(ishigami, 3, groups=[[0, 1, 2]])
    assert same(everything.first, [[1.0]], 0.01)
    assert same(everything.total, [[1.0]], 0.01)
    pair = estimated(ishigami, 3, groups=[[2, 0], [1]], second_order=True)
    expected = [1 - truth.first[1], truth.first[1]]
    assert same(pair.first, expected, 0.01)
    assert same(pair.total, expected, 0.01)
    assert same(array(pair.second)[0, 1], [0.0], 0.01)


def test_a_column_in_no_group_is_ascribed_to_none() -> None:
    """The others keep their effects."""
    found, every = estimated(ishigami, 3, groups=[[0], [2]]), estimated(ishigami, 3)
    assert same(found.first, every.first[[0, 2]])
    assert same(found.total, every.total[[0, 2]])


def test_permuting_outputs_or_groups_permutes_indices() -> None:
    """Each is found alone."""
    y = noise(3, 20, 4, second_order=True)
    found = apportion(y, 3, second_order=True)
    order = [2, 0, 3, 1]
    assert same(apportion(y[:, order], 3, second_order=True).first, found.first[:, order])
    blocks = y.reshape(8, 20, 4)[[0, 1, 4, 2, 3, 7, 5, 6]].reshape(-1, 4)
    turned = apportion(blocks, 3, second_order=True)
    assert same(turned.first, found.first[[2, 0, 1]])
    assert same(turned.total, found.total[[2, 0, 1]])


@given(st.floats(-1e6, 1e6), st.sampled_from([1e-6, -1.0, 1e6]))
@strategies.quick
def test_level_and_unit_do_not_matter(level: float, unit: float) -> None:
    """Shares of variance have none."""
    y = noise(2, 30, 2)
    bootstrap = Bootstrap(resamples=20, seed=1)
    here, there = (apportion(x, 2, bootstrap=bootstrap) for x in (y, unit * (y + level)))
    for name in ("first", "total", "first_low", "first_high", "total_low", "total_high"):
        assert same(getattr(there, name), getattr(here, name), 1e-7)


@pytest.mark.parametrize("value", [0.0, 0.1, -1e9 / 3])
def test_an_output_that_does_not_vary_has_no_indices(value: float) -> None:
    """Nor one that varies by rounding, nor any interval; the others keep theirs."""
    y = noise(2, 16, 3, second_order=True)
    bootstrap = Bootstrap(seed=0, resamples=20)
    alone = apportion(y[:, [0]], 2, second_order=True, bootstrap=bootstrap)
    y[:, 1] = value
    y[:, 2] = value * (1 + 1e-16 * (np.arange(len(y)) % 5))
    found = apportion(y, 2, second_order=True, bootstrap=bootstrap)
    for name in Effects.__dataclass_fields__:
        assert np.isnan(getattr(found, name)[..., 1:]).all()
        assert same(getattr(found, name)[..., :1], getattr(alone, name))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("run", [0, 16, 40])
def test_a_gap_leaves_its_output_without_indices(value: float, run: int) -> None:
    """Wherever it is; no run is dropped."""
    y = noise(2, 16, 2)
    y[run, 1] = value
    found = apportion(y, 2, bootstrap=Bootstrap(seed=0, resamples=5))
    assert np.isnan(found.first[:, 1]).all()
    assert np.isnan(array(found.total_high)[:, 1]).all()
    assert np.isfinite(found.first[:, 0]).all()


def test_no_outputs_have_no_indices() -> None:
    """Of any number of groups."""
    found = apportion(np.empty((32, 0)), 2, bootstrap=Bootstrap(seed=0))
    assert found.first.shape == (2, 0)
    assert array(found.total_low).shape == (2, 0)


@pytest.mark.parametrize(
    ("shape", "k"), [((10, 1), 1), ((0, 1), 2), ((8,), 2), ((2, 4, 1), 2), ((8, 1), 0), ((8, 1), -1)]
)
def test_runs_of_another_design_are_refused(shape: tuple[int, ...], k: int) -> None:
    """With what was found and the rule."""
    with pytest.raises(Undefined) as refused:
        apportion(np.zeros(shape), k)
    assert str(refused.value) == (
        f"the outputs are of shape {shape}, for {k} groups; outputs have a row a run, as many runs for each of "
        f"{k + 2} blocks, and a column an output; compute every output at every row of the design"
    )
    assert (refused.value.rows, refused.value.columns) == ((), ())


def test_effects_cannot_be_written_into_and_outputs_are_not() -> None:
    """Read-only outputs will do."""
    y = noise(3, 8, 2, second_order=True)
    y.flags.writeable = False
    found = apportion(y, 3, second_order=True, bootstrap=Bootstrap(seed=0))
    assert not any(getattr(found, name).flags.writeable for name in Effects.__dataclass_fields__)


def test_pairs_are_symmetric() -> None:
    """And a group meets not itself."""
    found = array(apportion(noise(4, 12, 2, second_order=True), 4, second_order=True).second)
    assert same(found, found.swapaxes(0, 1), 0.0)
    assert np.array_equal(np.isnan(found[..., 0]), np.eye(4, dtype=bool))


# Intervals


@pytest.mark.parametrize("centred", [True, False])
@pytest.mark.parametrize("level", [0.5, 0.9])
def test_intervals_equal_the_slow_ones(centred: bool, level: float) -> None:
    """Resample by resample, index by index."""
    k, n, times, seed = 3, 12, 15, 4
    y = noise(k, n, 2, second_order=True)
    bootstrap = Bootstrap(resamples=times, level=level, seed=seed)
    found = apportion(y, k, second_order=True, centred=centred, bootstrap=bootstrap)
    assert same(found.first, apportion(y, k, second_order=True, centred=centred).first, 0.0)
    for at in range(2):
        again = [
            slow_apportion.indices(
                slow_apportion.resampled(y[:, at].tolist(), n, rows), n, k, second_order=True, centred=centred
            )
            for rows in slow_apportion.resamples(n, times, seed)
        ]
        estimates = {"first": [one[0] for one in again], "total": [one[1] for one in again]}
        for i in range(k):
            for name, each in estimates.items():
                low, high = slow_apportion.bounds([one[i] for one in each], level)
                assert same(getattr(found, f"{name}_low")[i, at], low)
                assert same(getattr(found, f"{name}_high")[i, at], high)
        for i, j in combinations(range(k), 2):
            low, high = slow_apportion.bounds([one[2][i][j] for one in again], level)
            assert same(array(found.second_low)[[i, j], [j, i], at], [low, low])
            assert same(array(found.second_high)[[i, j], [j, i], at], [high, high])


def test_work_in_parts_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of rows, of resamples and of outputs, with pairs."""
    y = noise(2, 50, 7, second_order=True)
    bootstrap = Bootstrap(resamples=11, seed=2)
    whole = apportion(y, 2, second_order=True, bootstrap=bootstrap)
    monkeypatch.setattr(module, "_NUMBERS", 200)
    monkeypatch.setattr(module, "_COUNTS", 150)
    parts = apportion(y, 2, second_order=True, bootstrap=bootstrap)
    for name in Effects.__dataclass_fields__:
        assert same(getattr(parts, name), getattr(whole, name))


def test_an_output_that_seldom_varies_has_no_interval() -> None:
    """Where some resample misses the only run that differs, its index is not known; it is still estimated."""
    y = noise(1, 10, 2)
    y[:, 1] = 0.0
    y[3, 1] = 1.0
    found = apportion(y, 1, bootstrap=Bootstrap(seed=0))
    assert np.isfinite(found.first).all()
    assert np.isnan(array(found.first_low)).tolist() == [[False, True]]


@pytest.mark.parametrize("seed", range(10))
def test_a_resample_varies_where_it_has_the_run_that_differs(seed: int) -> None:
    """Rounding makes no variance of equal values that are off the mean, of 40 outputs."""
    y = np.full((30, 40), np.linspace(0.1, 7.7, 40))
    y[4] = 31.3
    found = apportion(y, 1, bootstrap=Bootstrap(seed=seed, resamples=2))
    known = all(4 in rows for rows in slow_apportion.resamples(10, 2, seed))
    assert (np.isfinite(array(found.total_high)) == known).all()


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Nine times in ten, with random points; each holds its estimate."""
    truth = true_ishigami()
    held = np.zeros((2, 3, 1))
    for seed in range(100):
        found = estimated(ishigami, 3, n=512, seed=seed, method=RandomPoints(), bootstrap=Bootstrap(seed=seed))
        for at, name in enumerate(("first", "total")):
            low, high = getattr(found, f"{name}_low"), getattr(found, f"{name}_high")
            assert ((low < getattr(found, name)) & (getattr(found, name) < high)).all()
            held[at] += (low <= getattr(truth, name)) & (getattr(truth, name) <= high)
    assert (np.abs(held - 90) < 9).all()


def test_intervals_repeat_on_a_seed() -> None:
    """0 included; another seed gives others."""
    y = noise(2, 40, 1)
    found = [array(apportion(y, 2, bootstrap=Bootstrap(seed=seed, resamples=30)).first_low) for seed in (0, 0, 1)]
    assert np.array_equal(found[0], found[1])
    assert not np.array_equal(found[0], found[2])


@pytest.mark.parametrize(
    "fields", [{}, {"seed": -1}, {"seed": 0, "resamples": 1}, {"seed": 0, "level": 1.0}, {"seed": 0, "level": 0.0}]
)
def test_a_bootstrap_needs_a_seed_and_some_resamples(fields: dict[str, Any]) -> None:
    """And a level between 0 and 1."""
    with pytest.raises(ValidationError):
        Bootstrap.model_validate(fields)


def test_no_bootstrap_no_bounds() -> None:
    """And no runs for pairs, no pairs."""
    found = apportion(noise(2, 8, 1), 2)
    assert [name for name in Effects.__dataclass_fields__ if getattr(found, name) is not None] == ["first", "total"]
