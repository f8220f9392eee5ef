"""Choices among methods and of what is left out: how likely each is, and what it changes in a scheme."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.choices.alternatives import (
    AbstractIndicatorMethod,
    LeaveOut,
    MultipleImputation,
    VaryAggregation,
    VaryDenomination,
    VaryImputation,
    VaryNormalisation,
    VaryTreatment,
    VaryWeighing,
)
from pii.choices.choice import Edit
from pii.methods.aggregate import Arithmetic, Geometric
from pii.scheme import FAMILIES
from pii.tree import Group
from tests.shared import group, leaf
from tests.slow_study import chosen
from tests.strategies import quick

KINDS: dict[type[Any], list[str]] = {
    VaryDenomination: ["ratio", "none"],
    VaryImputation: ["none", "mean"],
    VaryTreatment: ["none", "log"],
    VaryNormalisation: ["minmax", "rank"],
    VaryWeighing: ["given", "equal"],
    VaryAggregation: ["arithmetic", "geometric"],
}


def tree() -> Group:
    """Two groups in one."""
    return group("i", group("p", leaf("a")), group("q", leaf("b")))


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=6))
@quick
def test_alternatives_are_taken_as_often_as_their_probabilities_say(probabilities: list[float]) -> None:
    """In any unit: of numbers evenly laid in [0, 1) each gets its share, to within one."""
    nodes = [f"n{at}" for at in range(len(probabilities) - 1)] or ["a"]
    odds = probabilities if len(probabilities) > 1 else [*probabilities, 1.0]
    u = (np.arange(10_000) + 0.5) / 10_000
    found = np.bincount(LeaveOut(nodes=nodes, probabilities=odds).picked(u, tree()), minlength=len(odds))
    assert np.abs(found - 10_000 * np.array(odds) / sum(odds)).max() <= 1 + 1e-6


def test_alternatives_are_alike_likely_when_nothing_is_said() -> None:
    """And numbers at the ends of [0, 1) pick the first and the last."""
    among = chosen(VaryNormalisation, among=["minmax", "rank", "zscore"])
    u = np.array([0.0, 0.33, 0.34, 0.66, 0.67, np.nextafter(1.0, 0.0)])
    assert among.picked(u, tree()).tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(("kind", "among"), KINDS.items())
def test_a_method_is_varied_in_the_scheme_or_where_it_is_named(kind: type[Any], among: list[str]) -> None:
    """Under the field of its stage, which takes these methods."""
    choice = kind(among=among)
    stage = choice.stage
    assert stage == kind.model_fields["vary"].default
    assert stage in FAMILIES
    assert choice.edits(tree()) == tuple(Edit(fields={stage: method}) for method in choice.among)
    named = "indicators" if issubclass(kind, AbstractIndicatorMethod) else "groups"
    codes = ["b", "a"] if named == "indicators" else ["q", "p"]
    some = kind(among=among, **{named: codes}).edits(tree())
    assert some == tuple(Edit(nodes={code: {stage: method} for code in codes}) for method in choice.among)


def test_a_method_is_varied_on_levels() -> None:
    """Of groups, the index being level 0."""
    edits = chosen(VaryAggregation, among=["arithmetic", "geometric"], levels=[1]).edits(tree())
    assert [edit.nodes for edit in edits] == [
        {"p": {"aggregate": method}, "q": {"aggregate": method}} for method in (Arithmetic(), Geometric())
    ]


def test_one_of_some_nodes_is_left_out_or_none() -> None:
    """None comes first."""
    assert LeaveOut(nodes=["p", "b"]).edits(tree()) == (Edit(), Edit(dropped="p"), Edit(dropped="b"))
    assert LeaveOut(nodes=["p"]).stage == "denominate"
    assert (list(LeaveOut(nodes=["p"]).concerns()), LeaveOut(nodes=["p"]).reads) == ([("node", "p")], ())


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        *((kind, {"among": []}, "among") for kind in KINDS),
        *((kind, {"among": among, "probabilities": [1]}, "1 probabilities for 2") for kind, among in KINDS.items()),
        (LeaveOut, {"nodes": []}, "nodes"),
        (LeaveOut, {"nodes": ["a"], "probabilities": [1.0]}, "1 probabilities for 2"),
        (LeaveOut, {"nodes": ["a"], "probabilities": [1.0, 0.0]}, "probabilities"),
        (VaryNormalisation, {"among": ["geometric"]}, "geometric"),
        (VaryNormalisation, {"among": ["rank"], "groups": ["p"]}, "groups"),
        (VaryAggregation, {"among": ["median"], "indicators": ["a"]}, "indicators"),
        (MultipleImputation, {"n": 1}, "n"),
    ],
)
def test_what_is_no_choice_is_refused(kind: type[Any], fields: dict[str, Any], said: str) -> None:
    """No alternative, another number of probabilities, a method of another stage, a field of another kind."""
    with pytest.raises(ValueError, match=said):
        kind(**fields)
