"""The rules of screening as declared: what they ask when nothing is said, and what is no rule."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pii.screen import Screen, Within


def test_two_thirds_of_the_indicators_are_needed_when_nothing_is_said() -> None:
    """And nothing else; a row without any value is a mistake."""
    assert Screen() == Screen(measured=2 / 3, nonzero=0.0, within=[], include=[], exclude=[], empty="refuse")
    assert Within(groups=["g"]) == Within(groups=["g"], measured=0.0, scorable=0)


def test_a_screen_is_read_as_a_file_has_it() -> None:
    """Equal by value, and hashable."""
    read = Screen.model_validate(
        {"measured": 0.66, "within": [{"groups": ["a", "b"], "scorable": 2}], "exclude": ["x"]}
    )
    assert read == Screen(measured=0.66, within=[Within(groups=["a", "b"], scorable=2)], exclude=["x"])
    assert hash(read) == hash(Screen.model_validate(read.model_dump(mode="json")))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"measured": 1.1}, "measured"),
        ({"nonzero": -0.1}, "nonzero"),
        ({"within": [{"groups": []}]}, "groups"),
        ({"within": [{"groups": ["a"], "scorable": -1}]}, "scorable"),
        ({"within": [{"groups": ["a"], "scorable": 0.5}]}, "scorable"),
        ({"empty": "drop"}, "empty"),
        ({"include": [" x"]}, "include"),
        ({"least": 1}, "least"),
    ],
)
def test_what_is_no_rule_is_refused(fields: dict[str, Any], said: str) -> None:
    """Shares outside 0 to 1, no group, counts below 0, fields that are not known."""
    with pytest.raises(ValidationError, match=said):
        Screen.model_validate(fields)
