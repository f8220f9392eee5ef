"""What a caller asks for, checked before any work: numbers, words, groups, and the fields of declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pii.choices.design import Choice
from pii.errors import PiiError, Problem, SchemeError
from pii.levels import plain, refuse_level, shown
from pii.spelling import did_you_mean, nearest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = [
    "last_places",
    "listed",
    "node_at",
    "one_of",
    "quantiles",
    "told",
    "whole",
]


def whole(value: object, path: str, *, most: int | None = None) -> int:
    """A whole number from 1.

    Parameters
    ----------
    value
        What was given; a number of numpy will do.
    path
        What it is called.
    most
        The largest that there is.

    Raises
    ------
    SchemeError
        It is none, below 1 or above the largest.

    Examples
    --------
    >>> whole(5, "k")
    5
    >>> whole(0, "k", most=3)
    Traceback (most recent call last):
    pii.errors.SchemeError: k: it is 0; it is a whole number, at least 1 and at most 3; give one from 1 to 3
    """
    number = plain(value)
    if _is_whole(number) and number >= 1 and (most is None or number <= most):
        return int(number)
    raise SchemeError(
        Problem(
            path=path,
            found=f"it is {shown(value)}",
            rule="it is a whole number, at least 1" + ("" if most is None else f" and at most {most}"),
            remedy="give 1 or more" if most is None else f"give one from 1 to {most}",
        )
    )


def last_places(last: Iterable[int], units: int) -> tuple[int, ...]:
    """The last places of all tiers but the lowest.

    They ascend from 1, and end below the number of units: the lowest tier has a place too.

    Raises
    ------
    SchemeError
        They are no whole numbers, do not ascend, or leave a tier without a place.

    Examples
    --------
    >>> last_places([10, 24], 63)
    (10, 24)
    """
    ends = [plain(one) for one in last] if isinstance(last, Iterable) else [None]
    if all(map(_is_whole, ends)):
        reach = [0, *ends, units] if ends else []
        if all(end < following for end, following in pairwise(reach)):
            return tuple(ends)
    raise SchemeError(
        Problem(
            path="last",
            found=f"it is {shown(last)}",
            rule=f"last places are whole numbers that ascend, above 0 and below {units}, the number of units",
            remedy="give a list of the last place of each tier but the lowest, such as [10, 24]",
        )
    )


def quantiles(level: float) -> tuple[float, float, float]:
    """Which quantiles are the low end, the median and the high end of an interval that holds a share of the draws.

    Raises
    ------
    MethodError
        As for ``refuse_level``.

    Examples
    --------
    >>> quantiles(0.5)
    (0.25, 0.5, 0.75)
    """
    refuse_level(level)
    return (1 - level) / 2, 0.5, (1 + level) / 2


def one_of(word: str, words: Sequence[str], path: str) -> str:
    """A word that is one of those that there are.

    Raises
    ------
    SchemeError
        It is none; with the nearest, and all that there are.

    Examples
    --------
    >>> one_of("wrost", ["best", "worst"], "end")
    Traceback (most recent call last):
    pii.errors.SchemeError: end: it is 'wrost'; it is one of best, worst; did you mean worst?
    """
    if word in words:
        return word
    raise SchemeError(_strange(word, words, path))


def node_at(nodes: Sequence[str], node: str | None) -> int:
    """Which of the groups of a study is meant; the first when none is named.

    Raises
    ------
    SchemeError
        The study has no draws of it.
    """
    if node is None:
        return 0
    if node not in nodes:
        raise SchemeError(
            Problem(
                found=f"the study has no draws of {node!r}",
                rule=f"it was made of {', '.join(nodes)}",
                remedy="name the group under nodes when the study is made",
            )
        )
    return nodes.index(node)


def listed(choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Choices that were given as a list.

    Raises
    ------
    SchemeError
        They were not, such as one that stands by itself.
    """
    if isinstance(choices, str) or not isinstance(choices, Sequence):
        raise SchemeError(
            Problem(
                path="choices",
                found=f"what is given is of type {type(choices).__name__}",
                rule="what is uncertain is a list of choices, or an Uncertainty",
                remedy="give a list of choices, such as [WeightBox(spread=0.2)]",
            )
        )
    return tuple(choices)


@contextmanager
def told(kind: type[PiiError] = SchemeError, **names: str) -> Iterator[None]:
    """Say what a declaration refuses as problems, every one with its field.

    Parameters
    ----------
    kind
        The error to raise.
    names
        What the caller knows a field by, where that is another name.

    Raises
    ------
    PiiError
        A field breaks a rule.

    Examples
    --------
    >>> from pii.methods.apportion import Bootstrap
    >>> with told(resamples="times"):
    ...     Bootstrap(resamples=1, seed=0)
    Traceback (most recent call last):
    pii.errors.SchemeError: times: it is 1; it is at least 2; give 2 or more
    """
    try:
        yield
    except ValidationError as error:
        raise kind(_problems(error.errors(include_url=False), names)) from None


_RULES: Mapping[str, tuple[str, str]] = {
    "extra_forbidden": ("there is no such field", "remove it"),
    "float_type": ("it is a number", "give one, such as 0.5"),
    "greater_than": ("it is above {gt:g}", "give more than {gt:g}"),
    "greater_than_equal": ("it is at least {ge:g}", "give {ge:g} or more"),
    "int_type": ("it is a whole number", "give one without a point and without quotes, such as 2"),
    "less_than_equal": ("it is at most {le:g}", "give {le:g} or less"),
    "model_attributes_type": ("it is one of the kinds that go here, or a mapping of its fields", "make one"),
    "too_short": ("it holds at least {min_length}", "add one"),
}


def _problems(errors: Sequence[ErrorDetails], names: Mapping[str, str]) -> Iterator[Problem]:
    for error in errors:
        place, context = error["loc"], error.get("ctx", {})
        if error["type"] == "too_short" and any(one["loc"][:-1][: len(place)] == place for one in errors):
            continue  # a list whose items were refused is no shorter for that
        parts = [names.get(str(part), part) for part in place]
        path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).lstrip(".")
        if error["type"] == "value_error":
            found, _, rule = str(context["error"]).partition("; ")
            yield Problem(path=path, found=found, rule=rule)
        elif error["type"] == "union_tag_invalid":
            yield _strange(context["tag"], re.findall(r"'([^']*)'", context["expected_tags"]), path)
        else:
            known = error["type"] in _RULES
            rule, remedy = (
                (said.format(**context) for said in _RULES[error["type"]]) if known else (error["msg"], "")
            )
            yield Problem(path=path, found=f"it is {shown(error['input'])}", rule=rule, remedy=remedy)


def _strange(word: str, words: Sequence[str], path: str) -> Problem:
    """What to say of a word that is none of those that there are."""
    return Problem(
        path=path,
        found=f"it is {shown(word)}",
        rule=f"it is one of {', '.join(words)}",
        remedy=did_you_mean(str(word), words) if nearest(str(word), words) else "name one of them",
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
