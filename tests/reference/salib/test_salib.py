"""Apportioned variance equals SALib's indices of the same outputs: README.md says how they were made."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from math import pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pii.arrays import Matrix, Vector
from pii.methods.apportion import Effects, apportion, design
from pii.methods.sample import RandomPoints
from tests.shared import difference, same

Function = Callable[[Matrix], Vector]
N = 256
FACTOR = 2 * N / (2 * N - 1)
"""SALib divides the variance of A and B by 2 n."""


@cache
def theirs() -> dict[str, Any]:
    """S1, ST and S2 by function; pairs above the diagonal only."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("indices.json").read_text(encoding="utf-8"))
    return found


def ishigami(x: Matrix) -> Vector:
    """Three inputs in [0, 1], the third of which matters only with the first."""
    z = pi * (2 * x - 1)
    return np.asarray(np.sin(z[:, 0]) * (1 + 0.1 * z[:, 2] ** 4) + 7 * np.sin(z[:, 1]) ** 2)


def g_function(x: Matrix) -> Vector:
    """A product of five inputs in [0, 1], each less important than the one before."""
    less = np.array([0.0, 1.0, 4.5, 9.0, 99.0])
    return np.asarray(np.prod((np.abs(4 * x - 2) + less) / (1 + less), axis=1))


def outputs(function: Function, d: int) -> Matrix:
    """Of all runs of the design, (runs, 1)."""
    u = RandomPoints().points(N, 2 * d, seed=0)
    return function(design(u[:, :d], u[:, d:], [[j] for j in range(d)], second_order=True))[:, None]


def gaps(found: Effects, function: Function, d: int) -> list[float]:
    """How far S1, ST and S2 lie from SALib's, after the factor."""
    assert found.second is not None
    expected = theirs()[function.__name__]
    pairs = np.triu_indices(d, 1)
    return [
        difference(found.first[:, 0] * FACTOR, expected["S1"]),
        difference(found.total[:, 0] * FACTOR, expected["ST"]),
        difference(found.second[..., 0][pairs] * FACTOR, np.array(expected["S2"], dtype=np.float64)[pairs]),
    ]


@pytest.mark.parametrize(("function", "d"), [(ishigami, 3), (g_function, 5)])
def test_indices_equal_salib_from_the_mean_of_all_runs(function: Function, d: int) -> None:
    """Alone, in all and in pairs: the estimators are the same."""
    y = outputs(function, d)
    found = apportion(y - y.mean(), d, second_order=True, centred=False)
    assert same(gaps(found, function, d), [0.0, 0.0, 0.0], 1e-9)


@pytest.mark.parametrize(("function", "d"), [(ishigami, 3), (g_function, 5)])
def test_the_mean_of_a_and_b_alone_moves_what_a_level_moves(function: Function, d: int) -> None:
    """Totals are differences, and stay; the others move by less than 0.002 at 256 points."""
    first, total, second = gaps(apportion(outputs(function, d), d, second_order=True), function, d)
    assert total <= 1e-9
    assert 1e-4 < first < 2e-3
    assert 1e-4 < second < 2e-3
