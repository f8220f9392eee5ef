"""What the page's explorer computes with: indicator scores, shares and methods, as declared and as alternatives."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pii.choices.alternatives import AbstractIndicatorMethod
from pii.compute import compute
from pii.errors import PiiError
from pii.methods.aggregate import AbstractAggregator, Maximum, Minimum
from pii.methods.normalise import PercentileRank, ZScore
from pii.report.words import declared
from pii.result import Result
from pii.scheme import Scheme
from pii.tree import Group

__all__ = ["alternatives", "base_record", "comparable", "numbers"]


def alternatives(result: Result) -> dict[str, Result]:
    """The same table by other methods of a stage, by ``stage: method``, for the page to switch between.

    They are those that the scheme says it could have chosen, and two other scales: z-scores with mean 50 and
    standard deviation 10, and percentile ranks. Those that these values or this tree do not allow are left out.

    Examples
    --------
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a")]))
    >>> list(alternatives(compute(scheme, Table.of({"a": [1.0, 3.0]}, units=["x", "y"]))))
    ['normalise: zscore (mean 50, sd 10)', 'normalise: percentile_rank']
    """
    scheme = result.scheme
    changes: list[tuple[str, Any]] = [
        ("normalise", ZScore(mean=50.0, sd=10.0)),
        ("normalise", PercentileRank()),
        *_declared(scheme),
    ]
    found: dict[str, Result] = {}
    seen = {scheme}
    for stage, method in changes:
        try:
            other = scheme.replace(**{stage: method})
            if other not in seen:
                found[f"{stage}: {declared(method)}"] = compute(other, result.measured, reference=result.reference)
        except (PiiError, ValueError):  # the tree, or the values, do not allow it
            continue
        seen.add(other)
    return found


def _declared(scheme: Scheme) -> Iterable[tuple[str, Any]]:
    """The methods that the scheme says it could have chosen for all indicators."""
    for choice in scheme.uncertainty.choices if scheme.uncertainty else ():
        if isinstance(choice, AbstractIndicatorMethod) and not choice.indicators:
            yield from ((choice.stage, method) for method in choice.among)


def comparable(other: Result, result: Result) -> bool:
    """Whether two results have the same nodes and rank the same units, so that the page can switch between them."""
    return (
        other.composite.units.codes == result.composite.units.codes
        and other.scores.columns == result.scores.columns
        and other.composite.columns == result.composite.columns
        and other.scheme.parents == result.scheme.parents
    )


def base_record(result: Result, name: str = "") -> dict[str, Any]:
    """What the index is computed from in the page: unrounded, so that the page's arithmetic is the library's.

    ``scores`` has a row an indicator, ``groups`` one a group, each a number a ranked unit. ``methods`` has, for
    each group, the kind of mean and its exponent, or nothing where the page takes the group's scores as they are.
    """
    share = dict(zip(result.weights.nodes, result.weights.shares.tolist(), strict=True))
    return {
        "name": name,
        "scores": [numbers(column) for column in result.scores.values.T],
        "groups": [numbers(column) for column in result.composite.values.T],
        "shares": [share.get(node.code, 1.0) for node in result.scheme.nodes],
        "methods": [_method(group, result.scheme) for group in result.scheme.groups],
    }


def _method(group: Group, scheme: Scheme) -> list[Any] | None:
    """Kind, exponent and coverage limit of what the page can compute itself; None for all else."""
    aggregator: AbstractAggregator = scheme.aggregator_of(group)
    if group.impute is not None or group.normalise is not None:
        return None
    limit = scheme.coverage_of(group)
    if aggregator.exponent is not None:
        return ["power", aggregator.exponent, limit]
    kinds = {Minimum: "minimum", Maximum: "maximum"}
    return [kinds[type(aggregator)], 0, limit] if type(aggregator) in kinds else None


def numbers(values: Iterable[float] | NDArray[np.float64], digits: int | None = None) -> list[float | None]:
    """Numbers for JSON, None for NaN; with so many significant digits, or all of them.

    Examples
    --------
    >>> numbers([1 / 3, float("nan"), 2.0]), numbers([1 / 3], 3)
    ([0.3333333333333333, None, 2.0], [0.333])
    """
    found = np.asarray(values, dtype=np.float64).tolist()
    if digits is not None:
        found = [float(f"{value:.{digits}g}") for value in found]
    return [None if isnan(value) else value for value in found]
