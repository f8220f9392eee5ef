"""The rules of a merger, one new unit at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch
from math import fsum, isnan, nan

from pii.methods import combine as co
from pii.spec import Method
from tests.slow import Row

Parts = Sequence[tuple[int, float]]
"""Which old units a new one is made of, and the share of each."""
Found = tuple[float, float]
"""A value, and the share of it that was measured."""


def combine(method: Method, x: Row, shares: Sequence[Row], beside: Mapping[str, Row]) -> list[Found]:
    """What every new unit has of one column."""
    return [
        one(method, x, [(part, share) for part, share in enumerate(row) if share > 0], beside) for row in shares
    ]


def one(method: Method, x: Row, parts: Parts, beside: Mapping[str, Row]) -> Found:
    """What one new unit has."""
    at_least = getattr(method, "at_least", 1.0)
    if len(parts) == 1:
        [(part, share)] = parts
        return alone(method, x[part], share), 0.0 if isnan(x[part]) else 1.0
    value, coverage = merged(method, x, parts, beside)
    return (value if coverage >= at_least - 1e-12 else nan), coverage


def alone(method: Method, value: float, share: float) -> float:
    """What a share of one old unit has of its value."""
    if isinstance(method, co.Sum):
        return value * share
    return nan if isinstance(method, co.NotComparable) and share < 1 else value


def counted(known: Sequence[bool], parts: Parts) -> float:
    """The share of the parts that is measured."""
    return fsum(s for seen, (_, s) in zip(known, parts, strict=True) if seen) / fsum(s for _, s in parts)


def weighed(known: Sequence[bool], weights: Row, parts: Parts) -> float:
    """The share of the weight that is measured; of the parts where a weight is missing."""
    if any(isnan(weights[part]) for part, _ in parts):
        return counted(known, parts)
    total = fsum(s * weights[part] for part, s in parts)
    seen = fsum(s * weights[part] for is_known, (part, s) in zip(known, parts, strict=True) if is_known)
    return seen / total if total > 0 else 0.0


@singledispatch
def merged(method: Method, x: Row, parts: Parts, beside: Mapping[str, Row]) -> Found:
    """The value of several parts, whatever of them was measured, and how much that is."""
    raise NotImplementedError((type(method).__name__, x, parts, beside))


@merged.register
def _(_method: co.Sum, x: Row, parts: Parts, _beside: Mapping[str, Row]) -> Found:
    known = [not isnan(x[part]) for part, _ in parts]
    return fsum(s * x[part] for part, s in parts if not isnan(x[part])) if any(known) else nan, counted(
        known, parts
    )


@merged.register
def _(method: co.RatioOfSums, _x: Row, parts: Parts, beside: Mapping[str, Row]) -> Found:
    above, below = beside[method.numerator], beside[method.denominator]
    known = [not isnan(above[part]) and not isnan(below[part]) for part, _ in parts]
    seen = [pair for pair, is_known in zip(parts, known, strict=True) if is_known]
    total = fsum(s * below[part] for part, s in seen)
    value = fsum(s * above[part] for part, s in seen) / (total / method.scale) if total > 0 else nan
    return value, weighed(known, below, parts)


@merged.register
def _(method: co.WeightedMean, x: Row, parts: Parts, beside: Mapping[str, Row]) -> Found:
    weights = beside[method.by]
    known = [not isnan(x[part]) and not isnan(weights[part]) for part, _ in parts]
    seen = [pair for pair, is_known in zip(parts, known, strict=True) if is_known]
    total = fsum(s * weights[part] for part, s in seen)
    value = fsum(s * weights[part] * x[part] for part, s in seen) / total if total > 0 else nan
    return value, weighed(known, weights, parts)


@merged.register(co.Maximum)
@merged.register(co.Minimum)
def _(method: Method, x: Row, parts: Parts, _beside: Mapping[str, Row]) -> Found:
    seen = [x[part] for part, _ in parts if not isnan(x[part])]
    pick = max if isinstance(method, co.Maximum) else min
    return pick(seen, default=nan), counted([not isnan(x[part]) for part, _ in parts], parts)


@merged.register
def _(_method: co.NotComparable, x: Row, parts: Parts, _beside: Mapping[str, Row]) -> Found:
    return nan, counted([not isnan(x[part]) for part, _ in parts], parts)
