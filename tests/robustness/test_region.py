"""Regions: what they free, what they refuse, and how the scores below are put on a linear scale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from pii.compute import compute
from pii.errors import MethodError, SchemeError
from pii.result import Result
from pii.robustness.region import Ratio, Region, free_part
from pii.table import Table
from pii.tree import Group
from tests.shared import group, leaf, same, scheme

GAP = float("nan")


def tree(**fields: Any) -> Group:
    """Two pillars: P1 of a, b and the group Q of c, d; P2 of e, f."""
    inner = group("Q", leaf("c"), leaf("d", weight=3.0))
    return group(
        "top", group("P1", leaf("a"), leaf("b"), inner), group("P2", leaf("e"), leaf("f"), weight=3.0), **fields
    )


def built(index: Group | None = None, gaps: tuple[tuple[str, int], ...] = (), **fields: Any) -> Result:
    """Five units, the last not ranked; scores from 1 to 100."""
    values = np.random.default_rng(3).uniform(1, 9, size=(6, 5))
    values[:, 4] = GAP
    for code, at in gaps:
        values["abcdef".index(code), at] = GAP
    table = Table.of(dict(zip("abcdef", values, strict=True)), units=["u", "v", "w", "x", "y"])
    fields = {
        "screen": {"measured": 0.5, "empty": "exclude"},
        "normalise": {"method": "minmax", "floor": 1},
    } | fields
    return compute(scheme(index or tree(), **fields), table)


@pytest.mark.parametrize(
    ("region", "leaves"),
    [
        ({"spread": 0.25}, ("P1", "P2")),
        ({"spread": 0.25, "levels": [1]}, ("a", "b", "Q", "e", "f")),
        ({"spread": 0.25, "levels": [0, 2]}, ("P2", "a", "b", "c", "d")),
        ({"spread": 0.25, "levels": "all"}, ("a", "b", "c", "d", "e", "f")),
        ({"spread": 0.25, "groups": ["P2"]}, ("P1", "e", "f")),
        ({"spread": 0.25, "groups": ["P2"], "levels": [0]}, ("P1", "e", "f")),
        ({"shares": {"c": [0.1, 0.4]}}, ("P2", "a", "b", "c", "d")),
        ({"ratios": [{"node": "a", "times": 2.0, "other": "b"}]}, ("P2", "a", "b", "Q")),
        ({"order": [["P2", "P1"]]}, ("P1", "P2")),
    ],
)
def test_a_region_frees_the_tree_down_to_where_weights_no_longer_vary(
    region: dict[str, Any], leaves: tuple[str, ...]
) -> None:
    """Groups above keep their shares; the nominal sums are the scores of the index."""
    result = built()
    part = free_part(result, Region.model_validate(region))
    assert part.leaves == leaves
    assert part.units.codes == ("u", "v", "w", "x")
    assert same(part.nominal.sum(), 1.0)
    assert same(part.scores(part.x @ part.nominal), result.composite.values[:, 0])
    assert (part.polytope.least(part.x) <= -part.polytope.least(-part.x)).all()


def test_nominal_scores_are_within_a_spread_of_0() -> None:
    """A group above that keeps its weights leaves only those of the group named."""
    part = free_part(built(), Region(spread=1e-9, groups=["Q"]))
    assert same(part.polytope.least(part.x), part.x @ part.nominal, 1e-6)


@pytest.mark.parametrize("mean", ["arithmetic", "geometric", "harmonic", {"method": "power", "p": 0.5}])
def test_scores_go_to_a_linear_scale_and_back(mean: Any) -> None:
    """More stays better, whatever the exponent."""
    result = built(aggregate=mean)
    part = free_part(result, Region(spread=0.25, levels="all"))
    assert same(part.scores(part.x @ part.nominal), result.composite.values[:, 0])
    assert (np.argsort(part.x[:, 0]) == np.argsort(result.scores.column("a"))).all()


def test_weights_come_back_in_the_names_of_the_scheme() -> None:
    """Those that do not vary are the nominal ones."""
    result = built()
    part = free_part(result, Region(spread=0.25))
    weights = part.weights(np.array([1.0, 0.4, 0.6]))
    assert same(weights.of(["P1", "P2"]), [0.4, 0.6])
    assert same(weights.of(["a", "b", "Q", "c", "d"]), result.weights.of(["a", "b", "Q", "c", "d"]))


def test_other_means_below_what_varies_are_left_alone() -> None:
    """Their scores are fixed."""
    index = group(
        "top", group("P1", leaf("a"), leaf("b"), leaf("c"), aggregate="minimum"), group("P2", *map(leaf, "def"))
    )
    assert free_part(built(index), Region(spread=0.25)).leaves == ("P1", "P2")
    with pytest.raises(MethodError) as refused:
        free_part(built(index), Region(spread=0.25, levels="all"))
    assert str(refused.value) == (
        "P1: its weights, or weights below it, vary, and its method is minimum; possible ranks are exact for "
        "weighted means: arithmetic, geometric, harmonic, power; vary weights of other groups, or sample"
    )


def test_scores_that_are_scaled_on_their_way_up_are_refused() -> None:
    """Of any group that varies, or has one below."""
    index = group("top", group("P1", *map(leaf, "abc"), normalise="minmax"), group("P2", *map(leaf, "def")))
    with pytest.raises(MethodError) as refused:
        free_part(built(index), Region(spread=0.25, levels="all"))
    assert str(refused.value) == (
        "P1: its weights, or weights below it, vary, and its scores are scaled by minmax; possible ranks are exact "
        "where scores go up the tree as they are; vary weights of groups above it only, or sample"
    )


def test_a_box_of_shares_has_a_spread_around_each_share() -> None:
    """No further than to 1."""
    rest = (leaf(code, weight=0) for code in "cdef")
    index = group("top", leaf("a", weight=1), leaf("b", weight=4), *rest)
    (one,) = free_part(built(index), Region(spread=0.5, box="shares")).polytope.siblings
    assert same(one.low, [0.1, 0.4, 0, 0, 0, 0], 1e-12)
    assert same(one.high, [0.3, 1.0, 0, 0, 0, 0], 1e-12)


def test_groups_of_one_child_may_take_any_mean() -> None:
    """It is that child's score; a scheme of one child a group has nothing that varies."""
    index = group("top", group("P1", leaf("a"), aggregate="geometric"), group("P2", *map(leaf, "bcdef")))
    assert free_part(built(index), Region(spread=0.25, levels="all")).exponent == 1.0


def test_different_means_in_what_varies_are_refused() -> None:
    """Each is linear on a scale of its own."""
    with pytest.raises(MethodError) as refused:
        free_part(built(tree(aggregate="geometric")), Region(spread=0.25, levels="all"))
    assert str(refused.value) == (
        "top, P1: the groups take different means; where weights vary, and above, one mean makes differences "
        "linear in them; vary the weights of the higher groups only, or sample"
    )


def test_gaps_in_what_varies_are_refused_by_unit_and_node() -> None:
    """Below it they are not: those scores are fixed."""
    result = built(gaps=(("b", 1), ("e", 2)))
    with pytest.raises(MethodError) as refusal:
        free_part(result, Region(spread=0.25, levels=[1]))
    assert [(problem.unit, problem.indicator) for problem in refusal.value.problems] == [("v", "b"), ("w", "e")]
    assert str(refusal.value.problems[0]) == (
        "b: v: there is no score; where weights vary, a gap would give each unit weights of its own; impute it, or "
        "vary the weights of groups above it only"
    )
    assert free_part(result, Region(spread=0.25)).leaves == ("P1", "P2")


def test_a_node_that_no_unit_has_is_refused_once() -> None:
    """It has no place in the scheme."""
    scale = {"method": "minmax", "floor": 1, "constant": 50.0}
    result = built(gaps=tuple(("b", at) for at in range(5)), normalise=scale)
    with pytest.raises(MethodError) as refusal:
        free_part(result, Region(spread=0.25, levels=[1]))
    assert str(refusal.value) == (
        "b: no unit has a score; where weights vary, every node has one; take it out of the scheme, or vary the "
        "weights of groups above it only"
    )


@pytest.mark.parametrize(
    ("region", "said"),
    [
        (
            {"spread": 0.1, "groups": ["P3"]},
            "region.groups: 'P3' is not a group; a region is of the groups and nodes of the scheme; use one "
            "of top, P1, Q, P2",
        ),
        (
            {"shares": {"aa": [0.1, 0.2]}},
            "region.shares: 'aa' is not a node below the index; a region is of the groups and nodes of the "
            "scheme; did you mean a?",
        ),
        (
            {"shares": {"top": [0.1, 0.2]}},
            "region.shares: 'top' is not a node below the index; a region is of the groups and nodes of the "
            "scheme; use one of P1, P2, a, b, Q, c, d, e, f",
        ),
        (
            {"ratios": [{"node": "a", "times": 2.0, "other": "zz"}]},
            "region.ratios: 'zz' is not a node below the index; a region is of the groups and nodes of the "
            "scheme; use one of P1, P2, a, b, Q, c, d, e, f",
        ),
        (
            {"order": [["a", "bb"]]},
            "region.order: 'bb' is not a node below the index; a region is of the groups and nodes of the scheme; "
            "did you mean b?",
        ),
        (
            {"order": [["a", "b", "e"]]},
            "region.order: a, b, e are of different groups: P1, P2; shares compare inside one group; compare "
            "the groups instead",
        ),
        (
            {"ratios": [{"node": "a", "times": 2.0, "other": "f"}]},
            "region.ratios: a, f are of different groups: P1, P2; shares compare inside one group; compare "
            "the groups instead",
        ),
        (
            {"spread": 0.1, "levels": [3]},
            "region.levels: there is no group on level 3; the index is on level 0, and every level has its "
            "groups; the lowest groups are on level 2",
        ),
        (
            {"spread": 0.0},
            "region: no group has two children whose weights may vary; a region frees some weights; name "
            "groups or levels with several children, and a spread above 0",
        ),
        (
            {"shares": {"a": [0.6, 1.0], "b": [0.5, 1.0]}},
            "region: P1: no shares of its children meet every condition: a from 0.6 to 1; b from 0.5 to 1; "
            "shares sum to 1, and all conditions hold at once; the least shares sum to 1.1; widen one of them",
        ),
        (
            {"shares": {"e": [0.0, 0.3], "f": [0.0, 0.5]}},
            "region: P2: no shares of its children meet every condition: e from 0 to 0.3; f from 0 to 0.5; "
            "shares sum to 1, and all conditions hold at once; the largest shares sum to 0.8; widen one of "
            "them",
        ),
        (
            {"spread": 0.1, "shares": {"P1": [0.9, 1.0]}},
            "region: top: no shares of its children meet every condition: P1 from 0.9 to 1; all within 0.1 of"
            " their weights; shares sum to 1, and all conditions hold at once; widen one of them",
        ),
        (
            {"spread": 0.1, "box": "shares", "shares": {"P1": [0.9, 1.0]}},
            "region: top: no shares of its children meet every condition: P1 from 0.9 to 1; all within 0.1 of"
            " their weights; shares sum to 1, and all conditions hold at once; the least shares sum to 1.575;"
            " widen one of them",
        ),
        (
            {
                "shares": {"a": [0.3, 1.0]},
                "order": [["b", "a"], ["Q", "b"]],
                "ratios": [{"node": "Q", "times": 2.0, "other": "b"}],
            },
            "region: P1: no shares of its children meet every condition: a from 0.3 to 1; Q at least 2 times "
            "b; b at least 1 times a; Q at least 1 times b; shares sum to 1, and all conditions hold at once;"
            " widen one of them",
        ),
    ],
)
def test_what_cannot_be_met_is_refused_by_name(region: dict[str, Any], said: str) -> None:
    """Unknown codes, conditions across groups, nothing free, nothing left."""
    with pytest.raises(SchemeError) as refused:
        free_part(built(), Region.model_validate(region))
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ({}, "no weight may vary; give spread, shares, ratios or order"),
        ({"spread": 1.5}, "Input should be less than or equal to 1"),
        ({"spread": -0.1}, "Input should be greater than or equal to 0"),
        ({"levels": [1]}, "levels and groups say where the spread holds; give spread, such as 0.25"),
        (
            {"groups": ["a"], "shares": {"a": [0.1, 0.2]}},
            "levels and groups say where the spread holds; give spread, such as 0.25",
        ),
        ({"shares": {"a": [0.3, 0.2]}}, "the least share of 'a', 0.3, is above its largest, 0.2; swap them"),
        ({"shares": {"a": [0.3, 1.2]}}, "Input should be less than or equal to 1"),
        ({"ratios": [{"node": "a", "times": 0.0, "other": "b"}]}, "Input should be greater than 0"),
    ],
)
def test_a_region_that_makes_no_sense_is_refused_when_declared(region: dict[str, Any], said: str) -> None:
    """Before any result is seen."""
    with pytest.raises(ValidationError) as refused:
        Region.model_validate(region)
    assert refused.value.errors()[0]["msg"].removeprefix("Value error, ") == said


def test_a_region_goes_to_a_file_and_back() -> None:
    """Equal by value, and hashable."""
    ratio = Ratio(node="a", times=2, other="b")
    declared = {
        "spread": 0.25,
        "levels": [0, 1],
        "shares": {"a": [0.2, 0.6]},
        "ratios": [ratio],
        "order": [["a", "b"]],
    }
    region = Region.model_validate(declared)
    assert Region.model_validate_json(region.model_dump_json()) == region
    assert hash(region) == hash(Region.model_validate(region.model_dump()))
    assert Region.model_validate(declared | {"shares": region.shares}) == region


def test_powers_that_lose_their_digits_are_refused_by_unit_and_node() -> None:
    """For no matrix product could tell the units apart."""
    index = group("total", leaf("a"), leaf("b"), aggregate={"method": "power", "p": -200.0})
    rules = scheme(index, normalise="none")
    result = compute(rules, Table.of({"a": [60.0, 1.0], "b": [100.0, 1.0]}, units=["x", "y"]))
    assert result.composite.column("total")[0] == pytest.approx(60 * 0.5 ** (-1 / 200))
    with pytest.raises(MethodError) as refused:
        free_part(result, Region(spread=0.5))
    assert [(problem.indicator, problem.unit) for problem in refused.value.problems] == [("a", "x"), ("b", "x")]
