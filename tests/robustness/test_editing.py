"""Schemes with alternatives in place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pii.choices.choice import Edit
from pii.errors import SchemeError
from pii.methods.aggregate import Geometric
from pii.methods.normalise import MinMax, Rank
from pii.methods.treat import NoTreatment
from pii.robustness.editing import edited, is_free, replaced, with_free
from pii.scheme import FAMILIES, Scheme
from pii.spec import Method, members
from pii.table import Table
from tests.robustness.test_variants import SCALES, read
from tests.shared import group, leaf, scheme
from tests.strategies import indices, quick


def _every(field: str) -> list[tuple[str, Method]]:
    """A field with each method of its family that needs nothing said."""
    found = []
    for method in members(FAMILIES[field]):
        with suppress(ValidationError):
            found.append((field, method()))
    return found


def test_alternatives_are_put_in_the_scheme_and_in_its_nodes() -> None:
    """Nothing else changes but the screen, which is applied once, and what is uncertain."""
    edits = [
        Edit(fields={"normalise": Rank()}),
        Edit(nodes={"p": {"aggregate": Geometric()}, "a": {"normalise": MinMax(floor=2.0)}}),
        Edit(nodes={"p": {"weigh": None}}),
    ]
    made = edited(read(uncertainty={"choices": [SCALES]}), edits)
    tree = group(
        "i",
        group("p", leaf("a", normalise=MinMax(floor=2.0)), *read().groups[1].children[1:], aggregate="geometric"),
        read().groups[2],
    )
    assert made == read(index=tree, normalise="rank", screen={"measured": 0})


def test_what_is_left_out_takes_groups_with_it_that_have_nothing_else() -> None:
    """And stays a column for those that are put per it."""
    made = edited(read(), [Edit(dropped="c")])
    assert [node.code for node in made.nodes] == ["i", "p", "a", "b"]
    assert [column.code for column in made.denominators] == ["c"]
    with pytest.raises(SchemeError) as refused:
        edited(read(), [Edit(dropped="p"), Edit(dropped="c")])
    assert str(refused.value) == (
        "all that the index is made of is left out; something stays in it; leave less out at a time"
    )


def test_a_group_needs_no_more_children_than_it_has_left() -> None:
    """Where it needs fewer, or no number of them, that stays."""
    tree = group(
        "i",
        group("p", leaf("a"), leaf("b"), leaf("c"), at_least=3),
        group("q", leaf("d"), leaf("e"), leaf("f"), at_least=1),
        group("r", leaf("g"), leaf("h")),
        group("s", leaf("k"), leaf("l"), at_least=2),
    )
    made = edited(scheme(tree), [Edit(dropped=code) for code in ("b", "e", "g")])
    assert {each.code: each.at_least for each in made.groups} == {"i": None, "p": 2, "q": 1, "r": None, "s": 2}


def test_a_scheme_that_breaks_a_rule_is_refused_with_its_problems() -> None:
    """As one error of the library, whatever broke."""
    with pytest.raises(SchemeError, match="'b' has scores below 0, and 'p' takes the geometric mean") as refused:
        replaced(read(), normalise="zscore", aggregate="geometric")
    places = ["[0]", "[1]", "[0].children[0]", "[0].children[1]", "[1].children[0]"]
    assert [problem.path for problem in refused.value.problems] == [f"index.children{place}" for place in places]
    with pytest.raises(SchemeError, match="decimals"):
        replaced(read(), decimals=99)


@pytest.mark.parametrize(
    ("edit", "free"),
    [
        (Edit(fields={"treat": NoTreatment()}), True),
        (Edit(fields={"normalise": Rank()}), False),
        (Edit(fields={"treat": NoTreatment(), "normalise": Rank()}), False),
        (Edit(nodes={"a": {"treat": NoTreatment()}}), False),
        (Edit(dropped="a"), False),
    ],
)
def test_only_what_no_rule_looks_at_is_free(edit: Edit, free: bool) -> None:
    """Not a scale, nor what changes the tree."""
    assert is_free(edit) == free


@given(indices(), st.sampled_from([each for name in ("denominate", "treat") for each in _every(name)]))
@quick
def test_a_free_alternative_put_in_later_is_the_scheme_edited_and_checked(
    read: tuple[Scheme, Table], field: tuple[str, Method]
) -> None:
    """Whatever the tree: the same scheme, with the same nodes and columns, whether these were looked at before or not."""
    scheme = read[0]
    edit = Edit(fields=dict([field]))
    sound = edited(scheme, [])
    _ = sound.columns, sound.lineage
    made, expected = with_free(sound, [edit]), edited(scheme, [edit])
    assert made == expected
    assert hash(made) == hash(expected)
    assert (made.nodes, made.columns, made.parents) == (expected.nodes, expected.columns, expected.parents)
    assert getattr(sound, field[0]) == getattr(scheme, field[0])
