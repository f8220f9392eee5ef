"""What is asked for is checked before any work, and refused in words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from pii.choices.design import Uncertainty
from pii.choices.weights import WeightBox
from pii.errors import MethodError, SchemeError, TableError
from pii.levels import plain
from pii.robustness.asked import (
    last_places,
    listed,
    node_at,
    one_of,
    quantiles,
    told,
    whole,
)
from pii.spec import Positive, Spec
from tests.strategies import quick

BOX: Any = WeightBox(spread=0.5)


class Limits(Spec):
    """A number of each kind."""

    count: int = 1
    part: float = Field(default=0.5, le=1)
    above: Positive = 1.0


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_whole_numbers_of_numpy_are_as_good(value: Any) -> None:
    """They become numbers of Python, which declarations take."""
    assert (plain(value), type(plain(value))) == (3, int)
    assert (whole(value, "k", most=3), type(whole(value, "k"))) == (3, int)


@pytest.mark.parametrize("value", [0, -1, 4, 1.0, 1.5, True, np.bool_(True), "1", None, float("nan")])
def test_what_is_no_whole_number_in_reach_is_refused(value: Any) -> None:
    """With what it is, from where to where, and without a word of numpy."""
    with pytest.raises(SchemeError) as refused:
        whole(value, "k", most=3)
    assert str(refused.value) == (
        f"k: it is {plain(value)!r}; it is a whole number, at least 1 and at most 3; give one from 1 to 3"
    )


def test_a_whole_number_may_have_no_largest() -> None:
    """It still begins at 1."""
    assert whole(10**12, "n") == 10**12
    with pytest.raises(SchemeError, match=r"^n: it is 0; it is a whole number, at least 1; give 1 or more$"):
        whole(0, "n")


@quick
@given(st.lists(st.integers(-1, 6), max_size=4), st.integers(1, 5))
def test_last_places_leave_every_tier_a_place(last: list[int], units: int) -> None:
    """Else they are refused: by the places that each tier would hold."""
    ends = [0, *last, units]
    if all(stop - start >= 1 for start, stop in pairwise(ends)):
        assert last_places(last, units) == tuple(last)
        assert last_places(np.array(last, dtype=np.int64), units) == tuple(last)
    else:
        with pytest.raises(SchemeError, match=f"above 0 and below {units}, the number of units"):
            last_places(last, units)


@pytest.mark.parametrize("last", [2, None, "12", [1.0], [True], ["1"], [float("nan")], [[1, 2]]])
def test_last_places_are_a_list_of_whole_numbers(last: Any) -> None:
    """Nothing is made one."""
    with pytest.raises(SchemeError, match=r"^last: it is .*whole numbers that ascend.*give a list"):
        last_places(last, 5)


@pytest.mark.parametrize("level", [90, 1.5, 1, 1.0, 0, -1, float("nan"), float("inf"), "0.9", None, True])
def test_a_level_that_no_interval_has_is_refused(level: Any) -> None:
    """It would be taken for the extremes, or for nothing."""
    for refuse in (quantiles,):
        with pytest.raises(MethodError) as refused:
            refuse(level)
        assert str(refused.value) == f"level: it is {level!r}; it lies above 0 and below 1; 90 % is 0.9"


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_as_much_lies_below_an_interval_as_above(level: float) -> None:
    """And the level between."""
    low, middle, high = quantiles(level)
    assert middle == 0.5
    assert low + high == pytest.approx(1)
    assert high - low == pytest.approx(level)


def test_a_word_that_is_not_there_is_refused_with_those_that_are() -> None:
    """And the nearest, where one is near."""
    assert one_of("score", ("rank", "score"), "of") == "score"
    with pytest.raises(SchemeError, match=r"^of: it is 'scores'; it is one of rank, score; did you mean score\?$"):
        one_of("scores", ("rank", "score"), "of")
    nothing: Any = None
    with pytest.raises(SchemeError, match=r"^of: it is None; it is one of rank, score; name one of them$"):
        one_of(nothing, ("rank", "score"), "of")


def test_a_group_is_found_by_its_code() -> None:
    """The first where none is named."""
    assert (node_at(("i", "p"), None), node_at(("i", "p"), "i"), node_at(("i", "p"), "p")) == (0, 0, 1)
    with pytest.raises(SchemeError, match="no draws of 'q'; it was made of i, p; name the group under nodes"):
        node_at(("i", "p"), "q")


@pytest.mark.parametrize("given_", [BOX, "weights", 5, {"vary": "weights"}, {BOX}, iter([BOX])])
def test_choices_are_a_list(given_: Any) -> None:
    """One that stands by itself is none."""
    assert listed([BOX]) == listed((BOX,)) == (BOX,)
    with pytest.raises(SchemeError) as refused:
        listed(given_)
    assert str(refused.value) == (
        f"choices: what is given is of type {type(given_).__name__}; what is uncertain is a list of choices, or an "
        "Uncertainty; give a list of choices, such as [WeightBox(spread=0.2)]"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"draws": 0}, "draws: it is 0; it is at least 1; give 1 or more"),
        ({"seed": -1}, "seed: it is -1; it is at least 0; give 0 or more"),
        ({"choices": ()}, "choices: it is (); it holds at least 1; add one"),
        ({"choices": (BOX, BOX)}, "several choices are called weights; give each a name of its own"),
        (
            {"choices": (5,)},
            "choices[0]: it is 5; it is one of the kinds that go here, or a mapping of its fields; make one",
        ),
        (
            {"choices": ({"vary": "weights", "spread": -1},)},
            "choices[0].weights.spread: it is -1; it is at least 0; give 0 or more",
        ),
        (
            {"sampler": "sobel"},
            "sampler: it is 'sobel'; it is one of sobol, latin_hypercube, random; did you mean sobol?",
        ),
        ({"conflicts": "{}"}, "conflicts: it is '{}'; Input should be 'refuse' or 'exclude'"),
    ],
)
def test_what_a_declaration_refuses_is_said_field_by_field(fields: dict[str, Any], said: str) -> None:
    """What was found, the rule, the remedy; a list whose items are refused is not empty too."""
    with pytest.raises(SchemeError) as refused, told():
        Uncertainty.model_validate({"choices": (BOX,)} | fields)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"count": 1.5},
            "times: it is 1.5; it is a whole number; give one without a point and without quotes, such",
        ),
        ({"part": 2}, "part: it is 2; it is at most 1; give 1 or less"),
        ({"part": "x"}, "part: it is 'x'; it is a number; give one, such as 0.5"),
        ({"above": 0}, "above: it is 0; it is above 0; give more than 0"),
        ({"more": 0}, "more: it is 0; there is no such field; remove it"),
        ({"count": "x", "above": -1}, "2 problems\n  times: it is 'x'; .*\n  above: it is -1; "),
    ],
)
def test_fields_are_called_as_the_caller_knows_them(fields: dict[str, Any], said: str) -> None:
    """In the caller's kind of error, all at once."""
    with pytest.raises(TableError, match="^" + said), told(TableError, count="times"):
        Limits(**fields)
    with told():
        assert Limits(count=2).count == 2
