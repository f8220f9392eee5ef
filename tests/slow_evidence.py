"""The share of a score that rests on some cells, one unit and one node at a time, as the definition is read aloud."""

from __future__ import annotations

from collections.abc import Container
from math import isnan

from pii.result import Result
from pii.tree import Group, Indicator, Node


def share(result: Result, unit: str, marked: Container[tuple[str, str]]) -> float:
    """What part of a unit's score rests on marked cells; none where it has no score."""
    at = result.composite.units.codes.index(unit)
    if isnan(result.composite.values[at, 0]):
        return float("nan")
    measured = dict(zip(result.measured.columns, row_of(result, unit), strict=True))

    def score(node: Node) -> float:
        grid = result.scores if isinstance(node, Indicator) else result.composite
        return float(grid.column(node.code)[at])

    def resting(node: Node) -> float:
        if isinstance(node, Indicator):
            rests = (unit, node.code) in marked or (unit, node.denominator) in marked
            return float(rests and not isnan(measured[node.code]))
        return below(node)

    def below(group: Group) -> float:
        there = [child for child in group.children if not isnan(score(child))]
        weights = [float(result.weights.of([child.code])[0]) for child in there]
        if not sum(weights):
            return 0.0
        return sum(w * resting(child) for w, child in zip(weights, there, strict=True)) / sum(weights)

    return below(result.scheme.index)


def row_of(result: Result, unit: str) -> list[float]:
    """What was measured of a unit."""
    values: list[float] = result.measured.values[result.measured.units.codes.index(unit)].tolist()
    return values
