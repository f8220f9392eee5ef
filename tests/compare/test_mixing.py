"""Schemes between two have the indicators of one, the weights of one and the methods of one."""

from __future__ import annotations

import pytest

from pii.compare.mixing import Mixer, proportions
from pii.errors import SchemeError
from pii.scheme import Scheme
from pii.tree import Group
from tests.compare.editions import plan
from tests.shared import group, leaf, scheme


def weights(found: Scheme, code: str) -> dict[str, float]:
    """What the children of a group weigh."""
    node = found.node(code)
    assert isinstance(node, Group)
    return {child.code: child.weight for child in node.children}


def test_the_ends_are_the_two_schemes_themselves() -> None:
    """Everything of one edition is that edition."""
    mixer = Mixer(plan(), plan(extra=True, aggregate="median"))
    assert mixer.scheme(0, 0, 0) is mixer.before
    assert mixer.scheme(1, 1, 1) is mixer.after


def test_each_thing_comes_from_the_edition_named() -> None:
    """Indicators after, weights before, methods after."""
    before = plan(weights={"P": (1.0, 3.0)})
    after = plan(extra=True, weights={"P": (2.0, 1.0)}, aggregate="median", coverage=0.5)
    found = Mixer(before, after).scheme(1, 0, 1)
    assert [indicator.code for indicator in found.indicators] == ["a", "b", "c", "d", "e"]
    assert weights(found, "P") == {"a": 1.0, "b": 3.0}
    assert (found.aggregate, found.coverage) == (after.aggregate, 0.5)


def test_an_added_indicator_keeps_its_share_whatever_the_others_weigh() -> None:
    """Those that both have weigh together what they did beside it, in the proportions of the other edition."""
    before = plan(weights={"Q": (30.0, 10.0)})
    found = Mixer(before, plan(extra=True)).scheme(1, 0, 1)
    assert weights(found, "Q") == {"c": 1.5, "d": 0.5, "e": 2.0}


def test_a_group_that_one_edition_has_not_keeps_its_own_weights() -> None:
    """The other says nothing of its children."""
    before = scheme(group("i", leaf("a"), leaf("b", weight=3.0)))
    after = scheme(group("i", leaf("a"), group("Q", leaf("c", weight=2.0), leaf("d", weight=5.0)), leaf("b")))
    found = Mixer(before, after).scheme(1, 0, 1)
    assert weights(found, "Q") == {"c": 2.0, "d": 5.0}
    assert weights(found, "i") == {"a": 0.5, "Q": 1.0, "b": 1.5}


def test_only_proportions_count_as_other_weights() -> None:
    """Weights in another unit of measurement are the same ones."""
    assert not Mixer(plan(), plan(weights={"P": (5.0, 5.0)})).reweighed
    assert Mixer(plan(), plan(weights={"P": (5.0, 6.0)})).reweighed
    assert Mixer(plan(), plan(weigh="equal")).reweighed
    one, other = (scheme(group("i", leaf("a"), leaf("b"), weigh=way)) for way in ("given", "equal"))
    assert Mixer(one, other).reweighed


@pytest.mark.parametrize("fields", [{"rank": "dense"}, {"coverage": 0.3}, {"treat": "winsorise"}])
def test_any_stage_done_otherwise_is_another_method(fields: dict[str, object]) -> None:
    """Of the scheme."""
    mixer = Mixer(plan(), scheme(plan().index, **fields))
    assert mixer.remade
    assert not mixer.reshaped
    assert not mixer.reweighed


def test_a_node_of_its_own_method_is_another_method() -> None:
    """Of one indicator or of one group."""
    one = scheme(group("i", leaf("a"), leaf("b")))
    assert Mixer(one, scheme(group("i", leaf("a", treat="log"), leaf("b")))).remade
    assert Mixer(one, scheme(group("i", leaf("a"), leaf("b"), aggregate="median"))).remade


@pytest.mark.parametrize(
    "other",
    [
        group("i", leaf("a"), leaf("b"), leaf("c")),
        group("i", leaf("a")),
        group("i", leaf("a", direction=-1), leaf("b")),
        group("i", leaf("a", unit="%"), leaf("b")),
        group("i", leaf("a", base=3.0), leaf("b")),
        group("i", leaf("a"), group("b", leaf("c"))),
        group("i", group("P", leaf("a")), leaf("b")),
    ],
)
def test_any_other_tree_is_another_shape(other: Group) -> None:
    """Added, dropped, defined otherwise, moved."""
    assert Mixer(scheme(group("i", leaf("a"), leaf("b"))), scheme(other)).reshaped


def test_names_notes_and_the_code_of_the_index_are_no_difference() -> None:
    """What nothing is computed by."""
    mixer = Mixer(
        scheme(group("i2023", leaf("a", name="One"), leaf("b"))),
        scheme(group("i2024", leaf("a"), leaf("b", note="x"))),
    )
    assert [mixer.reshaped, mixer.reweighed, mixer.remade] == [False] * 3


def test_an_indicator_in_another_unit_has_no_data_in_common() -> None:
    """Its numbers before and after are not of the same thing; turned round they are."""
    before = scheme(group("i", leaf("a", unit="%"), leaf("b")))
    after = scheme(group("i", leaf("a", unit="persons"), leaf("b", direction=-1)))
    assert Mixer(before, after).common == ("b",)


def test_goalposts_go_with_the_method_that_needs_them() -> None:
    """One edition has fixed ends, the other none: every mixture is a sound scheme."""
    posts = {"goalposts": {"low": 0.0, "high": 10.0}}
    fixed = scheme(group("i", leaf("a", **posts), leaf("b", **posts)), normalise="goalposts")
    free = scheme(group("i", leaf("a"), leaf("b")))
    mixer = Mixer(free, fixed)
    assert [i.goalposts is None for i in mixer.scheme(1, 1, 0).indicators] == [True, True]
    assert [i.goalposts is None for i in mixer.scheme(0, 0, 1).indicators] == [False, False]


def test_what_does_not_go_together_is_refused_by_its_rule() -> None:
    """Three children are asked for, and the other tree has two."""
    before = scheme(group("i", leaf("a"), leaf("b")))
    after = scheme(group("i", leaf("a"), leaf("b"), leaf("c"), at_least=3))
    with pytest.raises(SchemeError, match=r"cannot be mixed.*as many scores as there are children"):
        Mixer(before, after).scheme(0, 0, 1)


def test_children_without_weight_have_no_proportions() -> None:
    """All 0 rather than a division by 0."""
    assert proportions(group("i", leaf("a", weight=0.0), leaf("b")), ["a"]) == [0.0]
