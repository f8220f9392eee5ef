"""Scheme files as texts, sound and unsound, and what is said of them."""

from typing import Literal

import pytest

from pii.errors import SchemeError
from pii.io.schemes import parse_scheme

GOOD = """\
code: demo
name: {vi: Chỉ số, en: Index}
normalise: {method: minmax, floor: 1}
index:
  code: total
  aggregate: geometric
  children:
    - code: P1
      children:
        - {code: a, weight: 2}
        - {code: NO, direction: -1, normalise: {method: goalposts, floor: 1}, goalposts: {low: 0, high: 10}}
    - code: P2
      children:
        - {code: c, denominator: people}
denominators:
  - code: people
"""


def refused(text: str, language: Literal["yaml", "json"] = "yaml") -> list[str]:
    """Every problem of a text that is refused, as printed."""
    with pytest.raises(SchemeError) as caught:
        parse_scheme(text, language, file="f")
    return [str(problem) for problem in caught.value.problems]


def child(text: str, *, above: str = "") -> str:
    """A scheme of one indicator, which begins on line 3 in column 29."""
    return f"code: s\n{above or 'edition: x'}\nindex: {{code: I, children: [{text}]}}\n"
