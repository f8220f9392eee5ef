"""Who can be first: shares are what draws give, limits hold for all draws, and ranks agree with the bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii import read_sample
from pii.choices.weights import WeightDirichlet
from pii.compute import compute
from pii.robustness.bounds import bounds
from pii.robustness.favourable import favourable
from pii.robustness.region import Region
from pii.robustness.study import study
from tests.robustness.test_bounds import built, drawn, two_levels
from tests.shared import same

REGIONS: list[Any] = [
    {"spread": 1.0},
    {"spread": 0.5},
    {"spread": 0.5, "box": "shares"},
    {"order": [["a", "b", "c"]]},
    {"shares": {"a": [0.1, 0.1]}, "ratios": [{"node": "b", "times": 1.5, "other": "c"}]},
]


@pytest.mark.parametrize("region", REGIONS)
def test_shares_sum_to_1_and_those_who_can_be_first_are_those_of_the_bounds(region: Any) -> None:
    """In regions of every kind, one of them without width in a direction."""
    result = built(drawn(5, 14, seed=3))
    found = favourable(result, Region.model_validate(region))
    assert found.share.sum() == pytest.approx(1.0, abs=1e-9)
    assert found.can_be_first.tolist() == bounds(result, found.region).to_frame()["can_be_first"].tolist()
    assert (found.share[~found.can_be_first] == 0).all()
    first = found.can_be_first
    assert np.isnan(found.low[~first]).all()
    assert found.low.dtype == found.high.dtype == np.float64
    assert np.isnan(found.central[~first]).all()
    assert (found.low[first] <= found.central[first] + 1e-8).all()
    assert (found.central[first] <= found.high[first] + 1e-8).all()


def test_shares_and_central_weights_are_those_of_a_study_of_any_weights() -> None:
    """Within five standard errors of 8,192 independent draws."""
    result = built(1 + 9 * np.random.default_rng(7).uniform(size=(4, 9)))
    found = favourable(result, Region(spread=1.0))
    frame: Any = study(result.scheme, result.measured, [WeightDirichlet()], draws=8192, seed=1).central_weights()
    error = np.sqrt(found.share * (1 - found.share) / 8192)
    assert (np.abs(frame["first"] - found.share) <= 5 * error + 1e-12).all()
    often = found.share > 0.05
    assert often.sum() > 1
    assert same(frame.loc[often, list("abcd")], found.central[often], 5 * 0.25 / np.sqrt(8192 * 0.05))


def test_eight_dimensions_of_real_provinces_are_measured_whole() -> None:
    """Where the hull of the corners that favour the first is beyond Qhull."""
    found = favourable(compute(*read_sample("papi-2024")), Region(spread=1.0))
    assert found.share.sum() == pytest.approx(1.0, abs=1e-9)
    assert np.count_nonzero(found.share) == found.can_be_first.sum() > 10


@pytest.mark.parametrize("tree", [None, two_levels])
def test_limits_hold_for_all_weights_that_put_a_unit_first(tree: Any) -> None:
    """Of 4,000 draws, which come near them where they are many."""
    result = built(drawn(5, 8, seed=3), tree)
    found = favourable(result, Region(spread=1.0, levels="all"))
    part, rng = found.part, np.random.default_rng(0)
    shares = np.ones((4000, part.polytope.n_nodes))
    for one in part.polytope.siblings:
        shares[:, list(one.children)] = rng.dirichlet(np.ones(len(one.children)), 4000)
    v = np.array([part.polytope.effective(row)[part.polytope.leaves] for row in shares])
    first = (v @ part.x.T).argmax(axis=1)
    for unit in np.unique(first):
        assert found.can_be_first[unit]
        mine = v[first == unit]
        assert (mine >= found.low[unit] - 1e-9).all()
        assert (mine <= found.high[unit] + 1e-9).all()
    most = int(np.bincount(first).argmax())
    assert np.abs(v[first == most].max(axis=0) - found.high[most]).max() < 0.25
    assert np.isnan(found.share).all() == (tree is not None)


def test_a_group_below_the_index_is_measured_in_weights_of_the_index() -> None:
    """Only the second pillar's two weights vary: its children have two thirds of the weight between them."""
    result = built(drawn(5, 8), two_levels)
    found = favourable(result, Region(spread=1.0, groups=["Q"]))
    at = [found.part.leaves.index(code) for code in "de"]
    assert found.share.sum() == pytest.approx(1.0)
    assert same(found.central[found.can_be_first][:, at].sum(axis=1), np.full(found.can_be_first.sum(), 2 / 3))


def test_units_level_for_all_weights_have_the_whole_share_each() -> None:
    """Of three, two are the same and above the third."""
    x = np.array([[9.0, 9.0, 2.0], [5.0, 5.0, 3.0]])
    found = favourable(built(x), Region(spread=1.0))
    assert same(found.share, [1.0, 1.0, 0.0])
    assert same(found.central[:2], np.full((2, 2), 0.5))
    alone = favourable(built(x[:, :1]), Region(spread=1.0))
    assert same(alone.share, [1.0])
    assert same([alone.low, alone.high], [[[0.0, 0.0]], [[1.0, 1.0]]])


def test_the_frame_and_the_line_say_what_was_found() -> None:
    """By hand: the first weight is above one half, or below it."""
    found = favourable(built(np.array([[9.0, 1.0, 2.0], [1.0, 9.0, 2.0]])), Region(spread=1.0))
    frame = found.to_frame()
    assert frame.columns.tolist() == [
        *("name", "can_be_first", "share", "a_low", "a_central", "a_high", "b_low", "b_central", "b_high")
    ]
    assert same(frame.iloc[0, 2:].tolist(), [0.5, 0.5, 0.75, 1.0, 0.0, 0.25, 0.5])
    assert frame["can_be_first"].tolist() == [True, True, False]
    assert (frame.index.name, frame.index.tolist()) == ("unit", list(found.part.result.composite.units.codes))
    assert repr(found).startswith("<Favourable g: 2 of 3 units can be first, u")
    assert repr(found).endswith("by most weights: 0.5>")
    several = favourable(built(drawn(5, 6), two_levels), Region(spread=0.5, levels="all"))
    assert repr(several).endswith("shares not measured>")
    with pytest.raises(ValueError, match="read-only"):
        found.can_be_first[0] = False
