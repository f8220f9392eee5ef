"""What differs between editions is said, with whether scores still say the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pii.compare.comparability import Difference, differences
from pii.compare.hybrids import Hybrids
from pii.compute import compute
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Group
from tests.compare.editions import CODES, plan, results, table
from tests.compare.test_attribution import YEARS
from tests.shared import group, leaf, scheme


def found(before: Scheme, after: Scheme) -> list[Difference]:
    """All differences but those of the scale."""
    same_year = (YEARS[0], YEARS[0])
    said = differences(Hybrids(*results(same_year, before, after)))
    return [difference for difference in said if "scale" not in difference.kind]


def kinds(of: tuple[Difference, ...]) -> list[str]:
    """What they are about."""
    return [difference.kind for difference in of]


def pair(*children: Any, **fields: Any) -> Scheme:
    """An index of some children."""
    return scheme(group("i", *children), **fields)


PLAIN = pair(leaf("a"), leaf("b"))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (pair(leaf("a"), leaf("b"), leaf("c", name="Third")), ("added", "c", "", "Third", True)),
        (pair(leaf("a")), ("dropped", "b", "b", "", True)),
        (pair(leaf("a"), leaf("b", direction=-1)), ("redefined", "b.direction", "1", "-1", True)),
        (pair(leaf("a", unit="%"), leaf("b")), ("redefined", "a.unit", "", "%", True)),
        (pair(leaf("a"), leaf("b"), weigh="equal"), ("weighing", "i", "given", "equal", True)),
        (pair(leaf("a"), leaf("b"), aggregate="median"), ("method", "aggregate", "arithmetic", "median", True)),
        (pair(leaf("a"), leaf("b"), rank="dense"), ("method", "rank", "competition", "dense", False)),
        (pair(leaf("a", treat="log"), leaf("b")), ("method", "a.treat", "", "log", True)),
        (pair(leaf("a", source="Survey"), leaf("b")), ("source", "a", "", "Survey", True)),
    ],
)
def test_what_differs_in_a_scheme_is_said_with_both_sides(after: Scheme, expected: tuple[Any, ...]) -> None:
    """Where, before, after, and whether scores bear it."""
    said = [tuple(one) for one in found(PLAIN, after) if one.kind not in ("treated otherwise", "weight")]
    assert said == [expected]


def test_another_source_of_a_denominator_is_said() -> None:
    """As that of an indicator is: what is divided by is other numbers."""
    before, after = (
        pair(leaf("a", denominator="d"), leaf("b"), denominators=[{"code": "d", "source": source}])
        for source in ("Census", "Survey")
    )
    above_0 = (YEARS[0] + 1, YEARS[0] + 1)
    said = differences(Hybrids(*results(above_0, before, after)))
    assert said[-1] == Difference("source", "d", "Census", "Survey", True)


def test_scores_held_to_the_scale_are_said() -> None:
    """A geometric mean has none at or below 0, where values beyond the other edition's ends would lead."""
    declared = plan(normalise={"method": "minmax", "floor": 1.0}, aggregate="geometric")
    said = differences(Hybrids(*results(YEARS, declared, declared)))
    assert said[-1] == Difference("held to the scale", "", "", "", False)


def test_weights_are_said_as_shares_of_what_both_have() -> None:
    """An indicator more does not make the others' weights others."""
    assert found(plan(), plan(weights={"P": (1.0, 3.0)})) == [
        Difference("weight", "a", "0.5", "0.25", True),
        Difference("weight", "b", "0.5", "0.75", True),
    ]
    assert kinds(tuple(found(plan(), plan(extra=True)))) == ["added"]


def test_a_node_in_another_group_is_moved() -> None:
    """Not dropped and added."""
    before = pair(group("P", leaf("a"), leaf("b")), group("Q", leaf("c")))
    after = pair(group("P", leaf("a")), group("Q", leaf("c"), leaf("b")))
    assert found(before, after) == [Difference("moved", "b", "P", "Q", True)]


def test_a_node_of_another_kind_is_dropped_and_added() -> None:
    """An indicator that became a group is another node."""
    after: Group = group("b", leaf("c"))
    assert sorted(d.kind for d in found(PLAIN, pair(leaf("a"), after))) == ["added", "added", "dropped"]


def test_a_scale_that_moved_is_said_with_its_indicators() -> None:
    """The ends of the scale of b are others."""
    later = np.array(YEARS[0])
    later[1, 1] = 200.0
    said = differences(Hybrids(*results((YEARS[0], later), plan(), plan())))
    assert said == (Difference("own scales", "b", "own", "own", True),)


def test_editions_on_one_scale_compare() -> None:
    """Both on the first year's."""
    base = compute(plan(), table(YEARS[0]))
    before, after = (compute(plan(), table(x), reference=base) for x in YEARS)
    said = differences(Hybrids(before, after))
    assert [(d.kind, d.breaks) for d in said] == [("one scale", False)]


def test_scales_that_are_fixed_in_advance_compare() -> None:
    """Scores as they are measured."""
    declared = plan(normalise={"method": "none"})
    said = differences(Hybrids(*results(YEARS, declared, declared)))
    assert [(d.kind, d.breaks) for d in said] == [("fixed scale", False)]


def test_outliers_treated_otherwise_are_said() -> None:
    """A rule that only one year's values called for."""
    x = np.random.default_rng(0).normal(50, 5, size=(12, 4))
    later = np.array(x)
    later[0, 0] = 400.0
    declared = plan(treat="winsorise")
    before, after = (
        compute(
            declared, Table.of({c: v[:, at] for at, c in enumerate(CODES)}, units=[f"u{at}" for at in range(12)])
        )
        for v in (x, later)
    )
    said = [d for d in differences(Hybrids(before, after)) if d.kind == "treated otherwise"]
    assert said == [Difference("treated otherwise", "a", "none", "winsorise: 1 high", True)]


def test_units_that_enter_and_leave_are_said() -> None:
    """By name; scores bear it."""
    before = compute(plan(), table(YEARS[0]).take(np.array([0, 1, 2])))
    after = compute(plan(), table(YEARS[1]).take(np.array([0, 1, 3])))
    said = [(d.kind, d.place, d.breaks) for d in differences(Hybrids(before, after))]
    assert ("left", "w", False) in said
    assert ("entered", "x", False) in said


def test_invented_numbers_beside_real_ones_are_said() -> None:
    """One of the tables says that it is synthetic."""
    invented = Table.of({c: YEARS[1][:, at] for at, c in enumerate(CODES)}, units=list("uvwxy"), title="SYNTHETIC")
    said = differences(Hybrids(compute(plan(), table(YEARS[0])), compute(plan(), invented)))
    assert said[0] == Difference("synthetic", "", "real", "SYNTHETIC", True)


def test_other_rules_of_screening_are_said_but_not_what_only_lists() -> None:
    """Whether empty rows are refused or listed decides no rank."""
    assert kinds(tuple(found(PLAIN, pair(leaf("a"), leaf("b"), screen={"measured": 0.9})))) == ["screening"]
    assert found(PLAIN, pair(leaf("a"), leaf("b"), screen={"empty": "exclude"})) == []


def test_schemes_that_do_not_mix_say_so() -> None:
    """With the rule that is in the way."""
    after = pair(leaf("a"), leaf("b"), leaf("c"))
    said = found(PLAIN, after.replace(index=after.index.replace(at_least=3)))
    assert said[-1].kind == "not told apart"
    assert "as many scores as there are children" in said[-1].after
