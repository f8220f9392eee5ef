"""Targets as they are written, and where a unit stands in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.compute import compute
from pii.errors import TableError
from pii.improve.targets import Standing, Target, above_mean, pillar_level, standing
from pii.result import Result
from pii.table import Table
from tests.shared import group, leaf, scheme

NAN = float("nan")


def result(**fields: Any) -> Result:
    """Two sub-indices of two pillars and one; a gap."""
    sub = [group("A", group("P", leaf("a")), group("Q", leaf("b"))), group("B", group("R", leaf("c")))]
    columns = {"a": [1.0, 2, 3, NAN], "b": [4.0, 8, 2, 6], "c": [5.0, 1, 9, 3]}
    return compute(scheme(group("t", *sub), **fields), Table.of(columns, units=["u", "v", "w", "x"]))


def test_where_a_unit_stands() -> None:
    """Place and score of the index; pillars and indicators above the mean of the units that have a score."""
    made = result()
    found = standing(made, "w")
    assert found == Standing(1.0, made.composite.values[2, 0], 2, 2)
    assert standing(made, "w", 1).groups == 1
    assert standing(made, "v") == Standing(3.0, made.composite.values[1, 0], 1, 1)  # on the mean is not above it
    assert np.isnan(standing(made, "nobody").rank)


def test_a_gap_is_not_above_the_mean() -> None:
    """It does not count in the mean either."""
    x = np.array([[1.0, 2.0, NAN], [NAN, NAN, NAN]])
    assert [above_mean(x, at).tolist() for at in range(3)] == [[False, False], [True, False], [False, False]]


def test_pillars_are_the_groups_of_the_sub_indices() -> None:
    """Or of the index, where it has no sub-indices; a single group is its own."""
    assert pillar_level(result().scheme) == 2
    assert pillar_level(scheme(group("t", group("P", leaf("a")), group("Q", leaf("b"))))) == 1
    assert pillar_level(scheme(group("t", leaf("a")))) == 0


@pytest.mark.parametrize(
    ("fields", "met"),
    [
        ({"rank": 2}, True),
        ({"rank": 1}, False),
        ({"score": 50.0}, True),
        ({"score": 50.1}, False),
        ({"groups": 3}, True),
        ({"groups": 4}, False),
        ({"indicators": 2 / 3}, True),
        ({"indicators": 0.67}, False),
        ({"rank": 2, "groups": 4}, False),
    ],
)
def test_a_target_is_met_when_all_of_it_is(fields: dict[str, Any], met: bool) -> None:
    """Of three indicators two are two thirds, and less than 0.67."""
    assert Target(**fields).is_met(Standing(2.0, 50.0, 3, 2), result().scheme) is met
    assert not Target(**fields).is_met(Standing(NAN, NAN, 0, 0), result().scheme)


def test_what_is_within_reach_is_as_near_as_the_unit_comes() -> None:
    """Each part by itself; what it reaches stays as asked."""
    target = Target(rank=1, score=90.0, groups=1, indicators=1.0)
    near = target.within_reach(Standing(2.0, 80.0, 2, 2), result().scheme, rounding=0.5)
    assert near == Target(rank=2, score=79.5, groups=1, indicators=2 / 3)
    assert near.is_met(Standing(2.0, 80.0, 2, 2), result().scheme)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rank": 0}, "to_rank: rank 0 is better than the first; ranks go from 1 to 4"),
        ({"rank": 5}, "to_rank: rank 5 is worse than the last"),
        ({}, "target: no target is named"),
        ({"groups": 4}, "pillars_above_mean: 4 groups are to be above the mean; level 2 has 3 groups"),
        ({"groups": 0}, "0 groups are to be above the mean"),
        ({"groups": 1, "level": 3}, "level: there is no group on level 3"),
        ({"indicators": 50.0}, "indicators_above_mean: the share is 50"),
        ({"indicators": 0.0}, "the share is 0; a share is above 0"),
    ],
)
def test_what_no_unit_can_reach_is_refused(fields: dict[str, Any], said: str) -> None:
    """With the rule, by the name of the argument."""
    with pytest.raises(TableError) as refusal:
        Target(**fields).refuse_unfit(result())
    assert said in str(refusal.value)


def test_a_target_in_words() -> None:
    """As it is listed."""
    target = Target(rank=23, score=41.5, groups=4, indicators=0.5)
    assert str(target) == "rank 23, score 41.5, 4 groups above the mean, 0.5 of the indicators above the mean"
