"""The hierarchy: walking it, naming its nodes, refusing what is no tree."""

import pytest
from pydantic import ValidationError

from pii.methods.normalise import FixedGoalposts
from pii.tree import Group, Indicator, Range, scale_faults
from tests.shared import group, leaf

TREE = group("g", group("a", leaf("a1"), leaf("a2")), leaf("b"), group("c", group("d", leaf("d1"))))


def test_walking_visits_parents_first_in_order() -> None:
    """Each node once."""
    assert [node.code for node in TREE.walk()] == ["g", "a", "a1", "a2", "b", "c", "d", "d1"]
    assert [indicator.code for indicator in TREE.indicators()] == ["a1", "a2", "b", "d1"]


def test_a_logarithmic_scale_has_goalposts_above_0() -> None:
    """It has no value for the lower one otherwise."""
    (problem,) = scale_faults(
        leaf("a", goalposts={"low": 0.0, "high": 10.0}), FixedGoalposts(logarithmic=True), "index"
    )
    assert (problem.path, problem.found) == ("index.goalposts", "the lower goalpost of 'a' is 0")
    assert problem.rule == "a logarithmic scale is of numbers above 0"
    posts = leaf("a", goalposts={"low": 1.0, "high": 10.0})
    assert not list(scale_faults(posts, FixedGoalposts(logarithmic=True), "index"))


def test_what_has_children_is_a_group() -> None:
    """Read from plain mappings, as a file gives them."""
    read = Group.model_validate(
        {"code": "g", "children": [{"code": "a"}, {"code": "h", "children": [{"code": "b"}]}]}
    )
    assert [type(child) for child in read.children] == [Indicator, Group]


def test_a_mistake_in_an_only_leaf_is_said_once() -> None:
    """With the path of the field, and nothing about children that are there."""
    with pytest.raises(ValidationError) as refused:
        Group.model_validate({"code": "g", "children": [{"code": "a", "wieght": 2}]})
    assert [error["loc"] for error in refused.value.errors()] == [("children", 0, "indicator", "wieght")]


def test_a_mistake_in_a_leaf_is_said_once() -> None:
    """With the path of the field, not once for each kind of node it might have been."""
    with pytest.raises(ValidationError) as refused:
        Group.model_validate({"code": "g", "children": [{"code": "a", "wieght": 2}, {"code": "b"}]})
    (error,) = refused.value.errors()
    assert error["loc"] == ("children", 0, "indicator", "wieght")
    assert error["msg"] == "Extra inputs are not permitted"


def test_a_group_has_children() -> None:
    """At least one."""
    with pytest.raises(ValidationError, match="a group has at least one child"):
        group("g")


@pytest.mark.parametrize(("low", "high"), [(2.0, 1.0), (1.0, 1.0)])
def test_a_range_runs_upwards(low: float, high: float) -> None:
    """Whatever the indicator's direction."""
    with pytest.raises(ValidationError, match="is not below high 1; both are in the indicator's own units"):
        Range(low=low, high=high)


@pytest.mark.parametrize("field", ["weight", "coverage"])
def test_weights_and_coverage_are_not_negative(field: str) -> None:
    """A weight of 0 is allowed."""
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        group("g", leaf("a"), **{field: -0.1})
    assert leaf("a", weight=0).weight == 0


def test_a_title_is_in_the_language_asked_for_else_in_any_else_the_code() -> None:
    """Something is always shown."""
    node = leaf("P1", name={"vi": "Thể chế", "en": "Institutions"})
    assert (node.title("vi"), node.title(), node.title("fr")) == ("Thể chế", "Institutions", "Thể chế")
    assert leaf("P1", name="Institutions").title("vi") == "Institutions"
    assert leaf("P1").title() == "P1"


def test_equal_trees_are_equal() -> None:
    """By value, and so are their hashes."""
    again = group("g", group("a", leaf("a1"), leaf("a2")), leaf("b"), group("c", group("d", leaf("d1"))))
    assert again == TREE
    assert hash(again) == hash(TREE)
    assert again.replace(weight=2) != TREE
