"""Schemes with alternatives in place."""

from __future__ import annotations

import pytest

from pii.choices.choice import Edit
from pii.errors import SchemeError
from pii.methods.aggregate import Geometric
from pii.methods.normalise import MinMax, Rank
from pii.robustness.editing import edited, replaced
from tests.robustness.test_variants import SCALES, read
from tests.shared import group, leaf


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
    with pytest.raises(SchemeError, match="all that the index is made of is left out"):
        edited(read(), [Edit(dropped="p"), Edit(dropped="c")])


def test_a_scheme_that_breaks_a_rule_is_refused_with_its_problems() -> None:
    """As one error of the library, whatever broke."""
    with pytest.raises(SchemeError, match="'b' has scores below 0, and 'p' takes the geometric mean"):
        replaced(read(), normalise="zscore", aggregate="geometric")
    with pytest.raises(SchemeError, match="decimals"):
        replaced(read(), decimals=99)
