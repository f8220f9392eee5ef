"""The least change found by trying every combination of whole steps through ``compute``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from pii.compute import compute
from pii.errors import MethodError
from pii.improve.levers import Lever
from pii.improve.paths import HAIR
from pii.improve.targets import Target, standing
from pii.result import Result

_LEAD = 1e-5  # more than any search asks for: what is level but for rounding is no answer either way


def cheapest(result: Result, unit: str, levers: Sequence[Lever], target: Target) -> float:
    """The least cost of all combinations of steps that reach the target; infinite where none does."""
    at = result.measured.units.codes.index(unit)
    best = np.inf
    for values in product(*map(_steps, levers)):
        cost = sum(abs(value - lever.start) * lever.cost for value, lever in zip(values, levers, strict=True))
        if cost >= best:
            continue
        measured = np.array(result.measured.values)
        for value, lever in zip(values, levers, strict=True):
            measured[at, lever.row] = value
        try:
            found = compute(result.scheme, result.measured.holding(measured), reference=result.reference)
        except MethodError:
            continue
        if _is_clear(found, unit, target):
            best = cost
    return best


def _steps(lever: Lever) -> list[float]:
    assert lever.step is not None
    down, up = (int(reach / lever.step + 1e-9) for reach in (lever.start - lever.low, lever.high - lever.start))
    return [lever.start + at * lever.step for at in range(-down, up + 1)]


def _is_clear(found: Result, unit: str, target: Target) -> bool:
    """Whether the target is reached, and not by rounding error or a tie."""
    if not target.is_met(standing(found, unit, target.level), found.scheme):
        return False
    own = found.composite.units.codes.index(unit)
    index = found.composite.values[:, 0]
    lead = _LEAD * float(np.ptp(index))
    if target.rank is not None and np.count_nonzero(np.delete(index, own) > index[own] - lead) >= target.rank:
        return False
    if target.score is not None and index[own] < target.score + lead:
        return False
    away = [column[own] - column.mean() for column in (*found.composite.values.T, *found.scores.values.T)]
    counted = target.groups is not None or target.indicators is not None
    return not (counted and any(0 < one < HAIR * 100 for one in away))
