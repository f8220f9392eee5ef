"""The scores of groups as sums of those of the indicators: exact for arithmetic means, a tangent for others."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pii.arrays import Matrix, Vector
from pii.errors import MethodError, Undefined
from pii.methods.aggregate import Arithmetic
from pii.naming import named
from pii.numerics.power_means import powered
from pii.result import Result
from pii.scheme import Scheme
from pii.tree import Group, Node

__all__ = ["Lines", "common_exponent", "is_concave", "lines"]


class Lines(NamedTuple):
    """How fast the scores of some groups rise with those of the indicators, at a result.

    Scores are on the scale on which means of an exponent are sums: as they are for arithmetic means, logarithms for
    geometric ones.
    """

    slopes: Matrix
    """(groups, indicators, units)."""
    groups: Matrix
    """The groups' scores there, (groups, units)."""
    scores: Matrix
    """The indicators' scores there, (indicators, units)."""
    exponent: float
    """Of the means that are sums on that scale."""


def lines(result: Result, groups: tuple[Group, ...]) -> Lines | None:
    """Some groups' scores as sums of those of the indicators; None where a method compares units, or scales scores.

    Parameters
    ----------
    result
        Where slopes are taken: they hold everywhere where all groups take one mean, else near by.
    groups
        Of which groups.

    Raises
    ------
    MethodError
        Scores whose powers lose their digits.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.table import Table
    >>> from pii.tree import Indicator
    >>> index = Group(code="demo", children=[Indicator(code="a"), Indicator(code="b", weight=3)])
    >>> result = compute(Scheme(code="demo", index=index), Table.of({"a": [1.0, 2.0], "b": [4.0, 3.0]}, units="xy"))
    >>> lines(result, (index,)).slopes[0, :, 0]
    array([0.25, 0.75])
    """
    scheme, units = result.scheme, result.composite.units
    common = common_exponent(scheme)
    row = {indicator.code: at for at, indicator in enumerate(scheme.indicators)}
    slopes = np.zeros((len(groups), len(row), len(units)))
    for at, top in enumerate(groups):
        found: dict[str, Vector] = {top.code: np.ones(len(units))}
        for group in (node for node in top.walk() if isinstance(node, Group)):
            aggregator = scheme.aggregator_of(group)
            if aggregator.compares_units or not aggregator.adds_up or group.normalise is not None:
                return None
            x = np.array([_column(result, child) for child in group.children])
            rises = Arithmetic() if common is not None else aggregator
            within = rises.slopes(x, result.weights.of([child.code for child in group.children]))
            for child, slope in zip(group.children, within, strict=True):
                found[child.code] = found[group.code] * np.where(np.isnan(slope), 0.0, slope)
        for code, slope in found.items():
            if code in row:
                slopes[at, row[code]] = slope
    columns = [result.composite.columns.index(group.code) for group in groups]
    exponent = 1.0 if common is None else common
    try:
        scores = powered(result.scores.values.T, exponent)
    except Undefined as refusal:
        raise MethodError(named(refusal, list(row), units)) from None
    # What lies between scores whose powers keep their digits has such a power too.
    return Lines(slopes, powered(result.composite.values.T[columns], exponent), scores, exponent)


def common_exponent(scheme: Scheme) -> float | None:
    """The exponent of the mean that every group takes; None where they differ, or the data move the weights."""
    exponents = {scheme.aggregator_of(group).exponent for group in scheme.groups}
    return exponents.pop() if len(exponents) == 1 and _is_plain(scheme) else None


def is_concave(scheme: Scheme) -> bool:
    """Whether the index lies below each of its tangents, as with means that do not reward unevenness."""
    exponents = [scheme.aggregator_of(group).exponent for group in scheme.groups]
    return all(one is not None and one <= 1 for one in exponents) and _is_plain(scheme)


def _is_plain(scheme: Scheme) -> bool:
    """Whether weights are given, and scores of groups stay as they are."""
    return all(scheme.weigher_of(group).needs == "nothing" and group.normalise is None for group in scheme.groups)


def _column(result: Result, node: Node) -> Vector:
    return (result.composite if isinstance(node, Group) else result.scores).column(node.code)
