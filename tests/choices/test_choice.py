"""What a choice says of itself: its name, its groups, what it names, and how its alternatives are called."""

from __future__ import annotations

from typing import Any

import pytest

from pii.choices.alternatives import (
    LeaveOut,
    MultipleImputation,
    VaryAggregation,
    VaryNormalisation,
    VaryReference,
)
from pii.choices.choice import AbstractChoice, AbstractOnGroups
from pii.choices.data import DataError
from pii.choices.design import Choice
from pii.choices.weights import WeightBox, WeightExperts
from pii.spec import members
from pii.tree import Group
from tests.shared import group, leaf
from tests.slow_study import chosen


def tree() -> Group:
    """Three levels, with an indicator beside groups."""
    return group("i", group("p", group("q", leaf("a"), leaf("b")), leaf("c")), leaf("d"))


@pytest.mark.parametrize("kind", members(Choice))
def test_a_choice_is_called_by_its_name_or_by_what_it_varies(kind: type[AbstractChoice]) -> None:
    """Whose words no two kinds share."""
    title = kind.model_fields["vary"].default
    assert kind.model_construct().title() == title
    assert kind.model_construct(name="mine").title() == "mine"
    assert [other.model_fields["vary"].default for other in members(Choice)].count(title) == 1


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        ({}, ["i", "p", "q"]),
        ({"levels": [0]}, ["i"]),
        ({"levels": [2, 1]}, ["p", "q"]),
        ({"groups": ["q", "i"]}, ["i", "q"]),
        ({"groups": ["q"], "levels": [0]}, ["i", "q"]),
        ({"levels": [3]}, []),
    ],
)
def test_groups_are_found_by_code_and_by_level_in_the_order_of_the_tree(
    where: dict[str, Any], codes: list[str]
) -> None:
    """All of them where neither is given; a level without groups has none."""
    choice: AbstractOnGroups = WeightBox(**where)
    assert [found.code for found in choice.among_groups(tree())] == codes


def test_a_choice_says_what_it_names_in_the_tree() -> None:
    """So that a scheme can refuse what is not there."""
    assert list(WeightExperts(groups=["p"]).concerns()) == [("group", "p")]
    assert list(chosen(VaryNormalisation, among=["rank"], indicators=["a"]).concerns()) == [("indicator", "a")]
    assert list(LeaveOut(nodes=["p", "a"]).concerns()) == [("node", "p"), ("node", "a")]
    errors = DataError(standard_errors="se", indicators=["a"])
    assert (list(errors.concerns()), errors.reads) == ([("indicator", "a")], ("se",))
    assert (list(DataError(relative=0.1).concerns()), DataError(relative=0.1).reads) == ([], ())


def test_alternatives_are_called_by_their_method_and_what_is_not_default() -> None:
    """Whatever groups they are for."""
    among = ["arithmetic", {"method": "power", "p": 2.0}]
    for where in ({}, {"groups": ["p", "q"]}):
        assert chosen(VaryAggregation, among=among, **where).labels(tree()) == ("arithmetic", "power (p 2.0)")
    assert LeaveOut(nodes=["p"]).labels(tree()) == ("as it is", "without p")


def test_there_are_as_many_alternatives_as_labels() -> None:
    """Whether they are schemes or not."""
    choices = [
        chosen(VaryAggregation, among=["arithmetic", "geometric"]),
        LeaveOut(nodes=["p", "a", "d"]),
        MultipleImputation(n=5),
        VaryReference(among=["own", "2019"]),
    ]
    assert [choice.size(tree()) for choice in choices] == [2, 4, 5, 2]
    assert all(choice.size(tree()) == len(choice.labels(tree())) for choice in choices)


@pytest.mark.parametrize("levels", [[-1], [0.5]])
def test_a_level_is_a_whole_number_from_0(levels: list[Any]) -> None:
    """The index being 0."""
    with pytest.raises(ValueError, match="levels"):
        WeightBox(levels=levels)
