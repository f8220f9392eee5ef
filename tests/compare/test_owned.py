"""The orders of a tree's indicators keep groups together, all of them or some drawn."""

from __future__ import annotations

import numpy as np

from pii.compare.owned import Gathering
from pii.scores import Weights
from tests.compare.editions import plan
from tests.shared import group, leaf, scheme


def test_narrow_trees_are_exact_and_wide_ones_are_not() -> None:
    """Up to some thousand sets for a group; beyond, orders are drawn."""
    assert Gathering(plan().index, 10, 0).is_exact
    assert not Gathering(group("i", *(leaf(f"n{at}") for at in range(14))), 10, 0).is_exact


def test_the_index_of_every_set_is_what_aggregation_gives() -> None:
    """Each set of the levels above and of the group, one by one."""
    declared = plan(aggregate="median")
    gathering = Gathering(declared.index, 10, 0)
    rng = np.random.default_rng(0)
    codes = [node.code for node in declared.nodes]
    before, after = ({code: rng.normal(size=3) for code in codes} for _ in (0, 1))
    weights = Weights(tuple(codes[1:]), tuple(declared.parents[code] for code in codes[1:]), np.full(6, 0.5))
    pillar = gathering.last[0]
    found = gathering.index(pillar, declared, before, after, weights)
    assert found.shape == (2, 4, 3)
    for other in (0, 1):
        for at, taken in enumerate(gathering.orders["P"].sets):
            inside = np.array([(after if is_new else before)[c] for c, is_new in zip("ab", taken, strict=True)])
            beside = (before, after)[other]["Q"]
            score = np.median([np.median(inside, axis=0), beside], axis=0)
            assert np.allclose(found[other, at], score)


def test_units_come_in_runs_that_fill_memory_no_further() -> None:
    """Every unit is in one run."""
    gathering = Gathering(plan().index, 10, 0)
    parts = list(gathering.parts(gathering.last[0], 1_000_000))
    assert len(parts) > 1
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == 1_000_000


def test_an_indicator_beside_groups_is_a_step_of_its_level() -> None:
    """A child of the index that is an indicator has the index as its group."""
    index = scheme(group("i", leaf("a"), group("P", leaf("b"), leaf("c")))).index
    assert [g.code for g in Gathering(index, 10, 0).last] == ["i", "P"]
