"""Levels of intervals, and numbers as callers give them."""

from __future__ import annotations

from numbers import Real
from reprlib import repr as shortened
from typing import Any

import numpy as np

from pii.errors import MethodError, Problem

__all__ = ["plain", "refuse_level", "shown"]


def plain(value: Any) -> Any:
    """A number of numpy as one of Python, which declarations take; all else as it is.

    Examples
    --------
    >>> plain(np.int64(5)), plain("5")
    (5, '5')
    """
    return value.item() if isinstance(value, np.generic) else value


def shown(value: object) -> str:
    """What was given, in a few characters.

    Examples
    --------
    >>> shown(np.float64(1.5)), shown("a" * 100)
    ('1.5', "'aaaaaaaaaaaa...aaaaaaaaaaaaa'")
    """
    return shortened(plain(value))


def refuse_level(level: float) -> None:
    """Refuse a share that no interval can hold.

    Raises
    ------
    MethodError
        It is not above 0 and below 1.

    Examples
    --------
    >>> refuse_level(90)
    Traceback (most recent call last):
    pii.errors.MethodError: level: it is 90; it lies above 0 and below 1; 90 % is 0.9
    """
    if not isinstance(level, Real) or not 0 < level < 1:
        rule = "it lies above 0 and below 1"
        raise MethodError(Problem(path="level", found=f"it is {shown(level)}", rule=rule, remedy="90 % is 0.9"))
