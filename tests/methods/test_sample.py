"""Samplers: what every one keeps, then how each lays its points."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy.stats import qmc

from pii.arrays import Matrix
from pii.errors import Undefined
from pii.methods import sample
from pii.methods.sample import AbstractSampler, LatinHypercube, RandomPoints, Sampler, SobolSequence
from tests import strategies
from tests.shared import instances, same

every = pytest.mark.parametrize("method", instances(Sampler))
growing = pytest.mark.parametrize("method", [SobolSequence(), RandomPoints()])
sizes = {"n": st.integers(1, 70), "d": st.integers(1, 6), "seed": st.integers(0, 2**40)}


def strata(x: Matrix) -> list[list[int]]:
    """In which of n equal strata each point of each column lies, by the strata's own edges."""
    edges = np.arange(len(x) + 1) / len(x)
    return [sorted((np.searchsorted(edges, column, side="right") - 1).tolist()) for column in x.T]


@every
@given(**sizes)
@strategies.quick
def test_points_lie_in_the_cube(method: AbstractSampler, n: int, d: int, seed: int) -> None:
    """From 0 to below 1, a row a point."""
    x = method.points(n, d, seed=seed)
    assert x.shape == (n, d)
    assert x.dtype == np.float64
    assert ((x >= 0) & (x < 1)).all()


@every
@given(**sizes, data=st.data())
@strategies.quick
def test_parts_are_parts_of_one_design(
    method: AbstractSampler, n: int, d: int, seed: int, data: st.DataObject
) -> None:
    """However it is cut, byte by byte; a part may be empty."""
    cuts = [0, *sorted(data.draw(st.lists(st.integers(0, n), max_size=4))), n]
    parts = [method.points(n, d, seed=seed, start=a, stop=b) for a, b in pairwise(cuts)]
    assert [len(part) for part in parts] == [b - a for a, b in pairwise(cuts)]
    assert np.concatenate(parts).tobytes() == method.points(n, d, seed=seed).tobytes()


@every
def test_threads_do_not_change_points(method: AbstractSampler) -> None:
    """Parts drawn at once, in any order."""
    whole = method.points(640, 5, seed=1)
    with ThreadPoolExecutor(4) as pool:
        parts = pool.map(lambda at: method.points(640, 5, seed=1, start=at, stop=at + 10), range(0, 640, 10))
        assert np.concatenate(list(parts)).tobytes() == whole.tobytes()


@every
def test_a_seed_repeats_and_another_differs(method: AbstractSampler) -> None:
    """0 is a seed too, and draws made elsewhere do not matter."""
    first = method.points(64, 3, seed=0)
    np.random.default_rng(0).random(10)
    assert same(method.points(64, 3, seed=0), first, 0.0)
    for other in (1, 2, 2**32, 2**64):
        assert (method.points(64, 3, seed=other) != first).mean() > 0.9


@every
def test_columns_are_not_one_sequence(method: AbstractSampler) -> None:
    """No two of 40 go together."""
    x = method.points(4096, 40, seed=7)
    assert np.abs(np.corrcoef(x.T) - np.eye(40)).max() < 0.09


@every
def test_points_are_uniform(method: AbstractSampler) -> None:
    """Each column has the moments of a uniform number."""
    x = method.points(4096, 5, seed=3)
    assert np.abs(x.mean(axis=0) - 1 / 2).max() < 0.02
    assert np.abs(x.var(axis=0) - 1 / 12).max() < 0.005


@every
def test_a_row_is_uniform_over_seeds(method: AbstractSampler) -> None:
    """One point by itself is a random one, the first as well as the last."""
    x = np.array([method.points(16, 2, seed=seed)[[0, -1]] for seed in range(1000)])
    assert np.abs(x.mean(axis=0) - 1 / 2).max() < 0.05
    assert np.abs(x.var(axis=0) - 1 / 12).max() < 0.01


@every
@pytest.mark.parametrize(
    ("given", "found"),
    [
        (
            {"n": 0},
            "0 points in 2 dimensions are asked for; a design has a point and a dimension at least; ask "
            "for more, or study something uncertain",
        ),
        (
            {"d": 0},
            "8 points in 0 dimensions are asked for; a design has a point and a dimension at least; ask "
            "for more, or study something uncertain",
        ),
        (
            {"start": -1},
            "rows -1 to 8 of 8 are asked for; a part begins at 0 or later, and ends where the design does"
            " or before; count rows from 0, and give the row after the last as stop",
        ),
        (
            {"start": 5, "stop": 4},
            "rows 5 to 4 of 8 are asked for; a part begins at 0 or later, and ends where the design does "
            "or before; count rows from 0, and give the row after the last as stop",
        ),
        (
            {"stop": 9},
            "rows 0 to 9 of 8 are asked for; a part begins at 0 or later, and ends where the design does "
            "or before; count rows from 0, and give the row after the last as stop",
        ),
        (
            {"seed": -1},
            "the seed is -1; a seed is a whole number from 0; choose one and keep it beside the results",
        ),
        (
            {"seed": None},
            "the seed is None; a seed is a whole number from 0; choose one and keep it beside the results",
        ),
    ],
)
def test_what_is_no_design_is_refused(method: AbstractSampler, given: dict[str, Any], found: str) -> None:
    """With what was found and the rule."""
    with pytest.raises(Undefined) as refused:
        method.points(**({"n": 8, "d": 2, "seed": 0} | given))
    assert str(refused.value) == found
    assert (refused.value.rows, refused.value.columns) == ((), ())


def test_a_name_stands_for_a_sampler() -> None:
    """As in a scheme file."""
    read = TypeAdapter[AbstractSampler](Sampler).validate_python
    assert [read(name) for name in ("sobol", "latin_hypercube", "random")] == [
        SobolSequence(),
        LatinHypercube(),
        RandomPoints(),
    ]


@growing
def test_a_longer_design_begins_with_the_shorter(method: AbstractSampler) -> None:
    """So that a study can be gone on with."""
    assert same(method.points(1000, 3, seed=5)[:300], method.points(300, 3, seed=5), 0.0)


@pytest.mark.parametrize("n", [1, 2, 64, 1024])
def test_a_sobol_sequence_fills_the_strata_of_a_power_of_two(n: int) -> None:
    """One point each in every column."""
    assert strata(SobolSequence().points(n, 5, seed=2)) == [list(range(n))] * 5


def test_a_sobol_sequence_fills_boxes() -> None:
    """The first two columns have a point in each of 16 x 16 squares, for any seed."""
    for seed in range(5):
        x = (SobolSequence().points(256, 2, seed=seed) * 16).astype(int)
        assert len(set(map(tuple, x.tolist()))) == 256


def test_a_sobol_sequence_is_never_0() -> None:
    """Numbers lie in the middle of cells of 2**-32, so quantiles of unbounded distributions are finite."""
    cells = SobolSequence().points(4096, 3, seed=0) * 2.0**32
    assert (cells % 1 == 0.5).all()


def test_a_sobol_sequence_has_21201_dimensions() -> None:
    """As many as scipy has direction numbers for, and no more; another method has."""
    assert qmc.Sobol.MAXDIM == 21_201
    with pytest.raises(Undefined) as refused:
        SobolSequence().points(2, 21_202, seed=0)
    assert str(refused.value) == (
        "21202 dimensions are asked for; a Sobol' sequence has at most 21201; take latin_hypercube or random"
    )
    assert (refused.value.rows, refused.value.columns) == ((), ())


def test_a_sobol_sequence_has_2_to_the_32_points() -> None:
    """The last is like any other, and there is none after it."""
    with pytest.raises(Undefined) as refused:
        SobolSequence().points(2**32 + 1, 2, seed=0, stop=1)
    assert str(refused.value) == (
        "4,294,967,297 points are asked for; a Sobol' sequence has at most 2**32; take random"
    )
    assert (refused.value.rows, refused.value.columns) == ((), ())


@given(**sizes)
@strategies.quick
def test_a_latin_hypercube_fills_every_stratum_once(n: int, d: int, seed: int) -> None:
    """Of as many strata as there are points, whatever their number."""
    assert strata(LatinHypercube().points(n, d, seed=seed)) == [list(range(n))] * d


def test_rounding_carries_no_point_of_a_latin_hypercube_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where it lies as high in its stratum as a number can, nor as low."""
    for within in (np.nextafter(1.0, 0.0), 0.0):
        monkeypatch.setattr(sample, "_uniform", lambda *given, u=within: np.full(given[-1], u))
        x = LatinHypercube().points(1000, 3, seed=0)
        assert x.max() < 1
        assert strata(x) == [list(range(1000))] * 3


def test_a_latin_hypercube_varies_within_strata() -> None:
    """Evenly from one edge to the other, in no order of the strata."""
    n = 2000
    x = LatinHypercube().points(n, 2, seed=4) * n
    assert np.abs(np.sort(x % 1, axis=0) - (np.arange(n)[:, None] + 0.5) / n).max() < 0.05
    assert np.abs(np.corrcoef(np.c_[x % 1, x // 1, np.arange(n)].T) - np.eye(5)).max() < 0.08


def test_random_points_begin_anywhere() -> None:
    """Far on in a design that no memory holds."""
    n = 10**15
    ends = [RandomPoints().points(n, 7, seed=0, start=n - k, stop=n) for k in (5, 2)]
    assert same(ends[0][3:], ends[1], 0.0)


def test_sobol_points_are_more_even_than_a_latin_hypercube_and_that_than_chance() -> None:
    """The mean of an additive function, and of a product, over 20 seeds."""
    errors = {}
    for method in (SobolSequence(), LatinHypercube(), RandomPoints()):
        x = np.array([method.points(256, 3, seed=seed) for seed in range(20)])
        additive = x.sum(axis=-1).mean(axis=-1) - 3 / 2
        product = x.prod(axis=-1).mean(axis=-1) - 1 / 8
        errors[method.method_name()] = [np.sqrt((error**2).mean()) for error in (additive, product)]
    sobol, latin, chance = (np.array(errors[name]) for name in ("sobol", "latin_hypercube", "random"))
    assert (sobol < chance / 10).all()
    assert (latin < chance / [10, 2]).all()
    assert sobol[1] < latin[1] / 2
