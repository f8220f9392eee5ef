"""What a unit may move: its own measured indicators, how far, at what cost, in which steps; what stays, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType

import numpy as np

from pii.arrays import Vector
from pii.errors import Problem, TableError
from pii.methods.normalise import Categorical
from pii.result import Result
from pii.scheme import Scheme
from pii.spelling import did_you_mean
from pii.tree import Indicator

__all__ = ["Lever", "Levers", "levers"]


@dataclass(frozen=True, eq=False)
class Lever:
    """An indicator that the unit may move, in the units in which it is reported."""

    indicator: Indicator
    row: int
    """Its place among the scheme's indicators."""
    start: float
    """The unit's value."""
    low: float
    high: float
    """How far the value may go either way; the start lies between."""
    cost: float
    """What one unit of measure costs."""
    step: float | None
    """The unit moves by whole multiples of it; by any amount when there is none."""
    listed: tuple[float, ...] | None
    """The only values that there are, where the scale lists them."""
    factor: float
    """What one reported unit is once it is put per its denominator, which does not move."""


@dataclass(frozen=True, eq=False)
class Levers:
    """What moves and what does not."""

    moving: tuple[Lever, ...]
    held: Mapping[str, str]
    """Why an indicator does not move, by code."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", MappingProxyType(dict(self.held)))


def levers(
    result: Result,
    unit: str,
    *,
    fixed: Collection[str] = (),
    costs: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    steps: Mapping[str, float] | None = None,
) -> Levers:
    """What a ranked unit, by code, may move.

    Without bounds an indicator may go as far as the unit that scores best on it, the nearest of several: nobody has
    done better. Its valid range holds in any case. Without a cost, the whole width between the lowest and the
    highest measured value costs 1. A gap stays: a change from an unknown value has no size.

    Raises
    ------
    TableError
        Codes that are no indicators, bounds that leave out the unit's own value, costs below 0, steps not above 0.
    """
    costs, bounds, steps = costs or {}, bounds or {}, steps or {}
    problems = [*_unknown(result.scheme, fixed, costs, bounds, steps), *_unfit(costs, steps)]
    if problems:
        raise TableError(problems)
    moving, held = [], {}
    at = result.measured.units.codes.index(unit)
    read = _read_by_others(result.scheme)
    for row, indicator in enumerate(result.scheme.indicators):
        code, start = indicator.code, float(result.measured.values[at, row])
        if code in fixed:
            held[code] = "fixed"
        elif np.isnan(start):
            held[code] = "not measured"
        elif code in read:
            held[code] = "other indicators are put per it or filled from it"
        else:
            factor = _factor(result, at, indicator)
            low, high = _reach(result, unit, row, start, factor, bounds.get(code))
            if not low <= start <= high:
                problems.append(_outside(result, at, code, start, (low, high)))
            elif low == high:
                held[code] = "no unit scores higher"
            else:
                cost = costs.get(code, _per_width(result, row, factor, high - low))
                listed = _listed(result.scheme, indicator, factor)
                moving.append(Lever(indicator, row, start, low, high, cost, steps.get(code), listed, factor))
    if problems:
        raise TableError(problems)
    return Levers(tuple(moving), held)


def _unknown(scheme: Scheme, *named: Collection[str]) -> Iterator[Problem]:
    codes = [indicator.code for indicator in scheme.indicators]
    for path, some in zip(("fixed", "costs", "bounds", "steps"), named, strict=True):
        for code in some:
            if code not in codes:
                yield Problem(
                    path=path,
                    found=f"{code!r} is not an indicator",
                    rule="what moves is an indicator of the scheme, by code",
                    remedy=did_you_mean(code, codes),
                )


def _unfit(costs: Mapping[str, float], steps: Mapping[str, float]) -> Iterator[Problem]:
    for code, cost in costs.items():
        if not (isfinite(cost) and cost >= 0):
            rule, remedy = "a cost is a number of 0 and more", "name the indicator under fixed if it cannot move"
            yield Problem(path="costs", indicator=code, found=f"the cost is {cost:g}", rule=rule, remedy=remedy)
    for code, step in steps.items():
        if not (isfinite(step) and step > 0):
            yield Problem(path="steps", indicator=code, found=f"the step is {step:g}", rule="a step is above 0")


def _read_by_others(scheme: Scheme) -> set[str]:
    """Indicators that are more than themselves: their move would change another's column."""
    read = {indicator.denominator for indicator in scheme.indicators if indicator.denominator}
    return read | {code for indicator in scheme.indicators for code in scheme.imputer_of(indicator).reads}


def _factor(result: Result, at: int, indicator: Indicator) -> float:
    if indicator.denominator is None:
        return 1.0
    divisor = result.measured.column(indicator.denominator)[[[at]]]
    return float(result.scheme.denominator_of(indicator)(np.ones((1, 1)), denominator=divisor)[0, 0])


def _reach(
    result: Result, unit: str, row: int, start: float, factor: float, given: tuple[float, float] | None
) -> tuple[float, float]:
    """How far an indicator may go, in reported units."""
    valid = result.scheme.indicators[row].valid
    least, most = (-np.inf, np.inf) if valid is None else (valid.low, valid.high)
    if given is not None:
        return max(float(given[0]), least), min(float(given[1]), most)
    ratios = result.ratios.values[result.screening.eligible][:, row] / factor
    scores = np.where(np.isnan(ratios), np.nan, result.scores.values[:, row])
    own = scores[result.scores.units.codes.index(unit)]
    best = np.flatnonzero(scores == np.nanmax(scores))
    if own == scores[best[0]]:
        return start, start
    end = float(ratios[best[np.abs(ratios[best] - start).argmin()]])
    end = min(max(end, least), most)
    return min(start, end), max(start, end)


def _outside(result: Result, at: int, code: str, start: float, reach: tuple[float, float]) -> Problem:
    return Problem(
        path="bounds",
        indicator=code,
        unit=result.measured.units.names[at],
        found=f"the value is {start:g}, outside {reach[0]:g} to {reach[1]:g}",
        rule="bounds say where a value may go, the lower first, in the units in which it is reported",
        remedy="let them hold the value as it is",
    )


def _per_width(result: Result, row: int, factor: float, reach: float) -> float:
    measured: Vector = result.ratios.values[result.screening.eligible][:, row]
    width = float(np.nanmax(measured) - np.nanmin(measured)) / factor
    return 1.0 / (width or reach)


def _listed(scheme: Scheme, indicator: Indicator, factor: float) -> tuple[float, ...] | None:
    method = scheme.normaliser_of(indicator)
    if not isinstance(method, Categorical):
        return None
    return tuple(value * indicator.direction / factor for value, _ in method.scores.pairs)
