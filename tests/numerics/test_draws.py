"""Draws: equal to the library's ranks and composites draw by draw, whatever the ties, gaps, chunks and threads."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii import stages
from pii.arrays import Matrix
from pii.methods.aggregate import Arithmetic
from pii.methods.rank import Competition
from pii.numerics.draws import Places, Siblings, in_chunks, linear_scores, places, tree_scores
from pii.scheme import Scheme
from pii.scores import Scores, Weights
from pii.table import Units
from pii.tree import Group
from tests import shared, slow_draws
from tests.shared import same
from tests.strategies import ANY, FEW, MEASURED, matrices, quick


def ranked(scores: Matrix) -> Places:
    """Places by the library's own ranker."""
    return np.nan_to_num(Competition()(scores)).astype(np.intp)


# Places


@given(st.sampled_from([ANY, FEW, MEASURED]).flatmap(lambda palette: matrices(palette, rows=(1, 6), units=(1, 9))))
@quick
def test_places_are_those_of_the_ranker(scores: Matrix) -> None:
    """With ties, gaps, one unit, one draw; and of the definition."""
    found = places(scores)
    assert np.array_equal(found, ranked(scores))
    assert found.tolist() == [slow_draws.places(row) for row in scores.tolist()]


@pytest.mark.parametrize(
    ("n", "kind"), [(1, "u1"), (63, "u1"), (255, "u1"), (256, "i2"), (400, "i2"), (32768, "i4")]
)
def test_places_fit_the_smallest_whole_numbers(n: int, kind: str) -> None:
    """However many units."""
    scores = np.random.default_rng(n).normal(size=(3, n))
    scores[1] = np.round(scores[1], 1)
    scores[2, ::7] = np.nan
    found = places(scores)
    assert found.dtype == np.dtype(kind)
    assert np.array_equal(found, ranked(scores))


def test_scores_that_differ_by_a_bit_do_not_tie() -> None:
    """Beside scores far away, so that rounded they would."""
    near = np.nextafter(1.0, 2.0)
    scores = np.array([[1.0, near, 1.0, -1e300, 1e300], [near, 1.0, 0.0, -0.0, 1e-300]])
    assert places(scores).tolist() == [[3, 2, 3, 5, 1], [1, 2, 4, 4, 3]]


@pytest.mark.parametrize(
    "scores",
    [
        [0.0, -0.0],
        [np.inf, -np.inf, 1.0, np.inf],
        [5e-324, 0.0, 1e-323],
        [1.7e308, -1.7e308, 0.0],
        [np.nan, np.nan],
    ],
)
def test_scores_at_the_ends_of_the_scale_are_ranked(scores: list[float]) -> None:
    """Where rounding to keys is not possible."""
    assert places(np.array([scores])).tolist() == [slow_draws.places(scores)]


def test_ties_are_mended_in_the_draws_that_have_them() -> None:
    """In the first, the last and those between of several chunks, whoever ties."""
    random = np.random.default_rng(1)
    scores = random.normal(size=(5000, 20))
    tied = np.append(random.choice(5000, 500, replace=False), [0, 4999])
    scores[tied, random.integers(0, 10, len(tied))] = scores[tied, random.integers(10, 20, len(tied))]
    assert np.array_equal(places(scores), ranked(scores))


def test_a_unit_without_a_score_in_every_draw_leaves_the_others_theirs() -> None:
    """Beside one without in some."""
    scores = np.random.default_rng(2).normal(size=(50, 6))
    scores[:, 2] = np.nan
    assert np.array_equal(places(scores), ranked(scores))
    scores[::3, 4] = np.nan
    assert np.array_equal(places(scores), ranked(scores))


def test_no_draws_and_no_units_have_no_places() -> None:
    """Empty in, empty out."""
    assert places(np.empty((0, 3))).shape == (0, 3)
    assert places(np.empty((3, 0))).shape == (3, 0)


# Chunks


@given(st.integers(0, 3000), st.integers(1, 5000), st.integers(1, 3))
@quick
def test_chunks_cover_every_draw_once_in_order(n_draws: int, width: int, threads: int) -> None:
    """And are the same whatever the threads."""
    found = in_chunks(lambda rows: rows, n_draws, width, threads=threads)
    assert [at for rows in found for at in range(n_draws)[rows]] == list(range(n_draws))
    assert found == in_chunks(lambda rows: rows, n_draws, width)


def test_what_goes_wrong_in_a_thread_is_heard() -> None:
    """Not lost with its chunk."""

    def fail(rows: slice) -> None:
        if rows.start:
            raise ArithmeticError("no")

    with pytest.raises(ArithmeticError, match="no"):
        in_chunks(fail, 10_000, 63, threads=2)


# Linear scores


@pytest.mark.parametrize("shape", [(1, 1, 1), (100, 3, 5), (1500, 52, 63), (70, 600, 700)])
def test_linear_scores_are_weighted_sums(shape: tuple[int, int, int]) -> None:
    """To the last digits, on one thread and on two."""
    draws, k, n = shape
    random = np.random.default_rng(3)
    weights, x = random.dirichlet(np.ones(k), size=draws), random.normal(size=(k, n))
    found = linear_scores(weights, x)
    assert same(found, np.einsum("dk,kn->dn", weights, x), 1e-12)
    assert np.array_equal(found, linear_scores(weights, x, threads=2))


def test_units_with_the_same_scores_tie_in_every_draw() -> None:
    """Wherever they stand, and whichever sign a 0 has."""
    random = np.random.default_rng(4)
    x = random.normal(size=(7, 63))
    x[3, 5] = 0.0
    x[:, 62], x[:, 31] = x[:, 5], x[:, 5]
    x[3, 62] = -0.0
    found = linear_scores(random.dirichlet(np.ones(7), size=300), x)
    assert np.array_equal(found[:, 5], found[:, 62])
    assert np.array_equal(found[:, 5], found[:, 31])
    assert np.array_equal(places(found), ranked(found))


@pytest.mark.parametrize("draws", [1, 63, 64, 65, 1029])
def test_a_draws_scores_do_not_depend_on_the_draws_after_it(draws: int) -> None:
    """So that a study can go on from where it stopped; whether the weights of a draw or of an indicator are neighbours."""
    random = np.random.default_rng(5)
    weights, x = random.dirichlet(np.ones(52), size=2000), random.normal(size=(52, 63))
    for laid in (weights, np.asfortranarray(weights)):
        assert np.array_equal(linear_scores(laid, x)[:draws], linear_scores(laid[:draws], x))
    assert same(linear_scores(weights, x), linear_scores(np.asfortranarray(weights), x), 1e-14)


# Trees


def numbered(scheme: Scheme) -> list[Siblings]:
    """A scheme's groups as the kernel numbers them: children first."""
    groups = scheme.groups[::-1]
    codes = [node.code for node in (*scheme.indicators, *groups)]
    return [
        Siblings(np.array([codes.index(child.code) for child in group.children]), scheme.coverage_of(group))
        for group in groups
    ]


@st.composite
def trees(draw: st.DrawFn) -> Scheme:
    """Up to three levels of groups, with and without limits of coverage."""
    count = iter(range(1000))

    def group(depth: int) -> Group:
        kinds = draw(st.lists(st.booleans(), min_size=1, max_size=4))
        children = [group(depth - 1) if deep and depth else shared.leaf(f"i{next(count)}") for deep in kinds]
        return shared.group(
            f"g{next(count)}", *children, coverage=draw(st.sampled_from([None, None, 0.5, 2 / 3, 1.0]))
        )

    return shared.scheme(group(2), aggregate=Arithmetic())


def shares_of(random: np.random.Generator, groups: list[Siblings], draws: int, zeros: float) -> Matrix:
    """Random shares of every group, some of them 0."""
    found = np.empty((draws, 1 + max(int(group.children.max()) for group in groups)))
    for group in groups:
        w = random.random((draws, len(group.children))) + 0.01
        w[random.random(w.shape) < zeros] = 0.0
        w[~w.any(axis=1)] = 1.0
        found[:, group.children] = w / w.sum(axis=1, keepdims=True)
    return found


@given(trees(), st.integers(0, 10_000), st.sampled_from([0.0, 0.1, 0.5]), st.sampled_from([0.0, 0.3]))
@quick
def test_tree_scores_are_those_of_the_stage(scheme: Scheme, seed: int, gaps: float, zeros: float) -> None:
    """And of the definition: with gaps, whole groups missing, coverage, and shares of 0."""
    random = np.random.default_rng(seed)
    k, n, draws = len(scheme.indicators), 8, 5
    x = np.round(random.normal(50, 20, size=(k, n)), 1)
    x[random.random(x.shape) < gaps] = np.nan
    x[:, 3] = x[:, 0]
    groups = numbered(scheme)
    shares = shares_of(random, groups, draws, zeros)
    found = tree_scores(groups, shares, x)
    assert same(
        found, [[slow_draws.tree_score(groups, w, unit) for unit in x.T.tolist()] for w in shares.tolist()], 1e-12
    )
    assert np.array_equal(found[:, 0], found[:, 3], equal_nan=True)
    names = [node.code for node in (*scheme.indicators, *scheme.groups[::-1])]
    order = [names.index(node.code) for node in scheme.nodes[1:]]
    scores = Scores(Units(tuple("abcdefgh")), tuple(names[:k]), x.T)
    for w, one in zip(shares, found, strict=True):
        weights = Weights(
            tuple(names[at] for at in order), tuple(scheme.parents[names[at]] for at in order), w[order]
        )
        assert same(one, stages.aggregate(scores, weights, scheme).column(scheme.index.code), 1e-12)


def test_a_unit_that_lacks_something_on_every_level_scores_by_what_is_left() -> None:
    """Its shares are scaled anew in a group, and in the group above that."""
    groups = [Siblings(np.array([0, 1])), Siblings(np.array([2, 4])), Siblings(np.array([3, 5]))]
    shares = np.array([[0.5, 0.5, 0.25, 0.2, 0.75, 0.8], [0.1, 0.9, 0.5, 0.6, 0.5, 0.4]])
    x = np.array([[10.0, 10.0], [np.nan, 20.0], [np.nan, 30.0], [40.0, 40.0]])
    found = tree_scores(groups, shares, x)
    assert same(found[:, 0], [0.8 * 10 + 0.2 * 40, 0.4 * 10 + 0.6 * 40], 1e-12)
    assert same(found, [[slow_draws.tree_score(groups, w, unit) for unit in x.T.tolist()] for w in shares.tolist()])


def large(gaps: float, zeros: float) -> tuple[list[Siblings], Matrix, Matrix]:
    """A tree of the size of an index, with many draws."""
    random = np.random.default_rng(6)
    edges = [0, 8, 16, 24, 31, 38, 45, 52]
    groups = [Siblings(np.arange(a, b), 0.5) for a, b in pairwise(edges)]
    groups += [Siblings(np.arange(52, 57)), Siblings(np.arange(57, 59)), Siblings(np.array([59, 60]))]
    x = random.normal(50, 20, size=(52, 63))
    x[random.random(x.shape) < gaps] = np.nan
    return groups, shares_of(random, groups, 2500, zeros), x


@pytest.mark.parametrize("zeros", [0.0, 0.002])
def test_chunks_and_threads_change_no_score_of_a_tree(zeros: float) -> None:
    """Not by a bit; a part of the draws has the scores that it has among all."""
    groups, shares, x = large(0.05, zeros)
    found = tree_scores(groups, shares, x)
    assert np.array_equal(found, tree_scores(groups, shares, x, threads=2), equal_nan=True)
    assert np.array_equal(found[:1100], tree_scores(groups, shares[:1100], x), equal_nan=True)
    some = np.arange(0, 2500, 500)
    assert same(
        found[some],
        [[slow_draws.tree_score(groups, w, u) for u in x.T.tolist()] for w in shares[some].tolist()],
        1e-12,
    )


def test_a_tree_without_gaps_is_linear_in_its_indicators() -> None:
    """With the products of the shares down the tree."""
    groups, shares, x = large(0.0, 0.0)
    effective = shares[:, :52].copy()
    for pillar in range(7):
        effective[:, groups[pillar].children] *= shares[:, [52 + pillar]] * shares[:, [59 if pillar < 5 else 60]]
    assert same(tree_scores(groups, shares, x), linear_scores(effective, x), 1e-12)


def test_a_unit_that_scores_alike_throughout_scores_that() -> None:
    """To the last bit, whatever it lacks, so that units at the ceiling tie."""
    groups, shares, x = large(0.05, 0.0)
    x[:, :10] = np.where(np.isnan(x[:, :10]), np.nan, 100.0)
    assert (tree_scores(groups, shares, x)[:, :10] == 100.0).all()
