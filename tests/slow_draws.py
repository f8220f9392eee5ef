"""Draws of weights, one draw and one unit at a time: scores up a tree, places, and what is counted from them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, fsum, isnan, nan

from pii.numerics.draws import Siblings
from tests.slow import Row, mean


def places(scores: Sequence[float]) -> list[int]:
    """1 and the number of units above; 0 without a score."""
    return [0 if isnan(own) else 1 + sum(other > own for other in scores) for own in scores]


def tree_score(groups: Sequence[Siblings], shares: Sequence[float], scores: Sequence[float]) -> float:
    """The index of one unit by one draw of shares."""
    nodes = list(scores)
    for group in groups:
        present = [c for c in group.children if not isnan(nodes[c])]
        total = fsum(shares[c] for c in present)
        if total == 0 or Fraction(len(present), len(group.children)) < Fraction(group.coverage).limit_denominator(
            1000
        ):
            nodes.append(nan)
        else:
            nodes.append(fsum(shares[c] * nodes[c] for c in present) / total)
    return nodes[-1]


def counted(places: Sequence[Sequence[int]], unit: int) -> list[int]:
    """In how many draws a unit has no place, the first, the second, to the last."""
    return [sum(draw[unit] == place for draw in places) for place in range(len(places[0]) + 1)]


def quantile(places: Sequence[int], level: Fraction) -> int:
    """The sorted place at position ceil(level N), from 1; 0 where there is none."""
    ranked = sorted(place for place in places if place)
    return ranked[max(1, ceil(level * len(ranked))) - 1] if ranked else 0


def wins(places: Sequence[Sequence[int]], i: int, j: int) -> Row:
    """For each draw in which both have a place: 1 where i stands above j, 1/2 where they tie, 0 below."""
    both = [(draw[i], draw[j]) for draw in places if draw[i] and draw[j]]
    return [1.0 if a < b else 0.5 if a == b else 0.0 for a, b in both]


def central(weights: Sequence[Sequence[float]], places: Sequence[Sequence[int]], unit: int) -> Row:
    """Mean weights of the draws that put a unit first."""
    chosen = [w for w, draw in zip(weights, places, strict=True) if draw[unit] == 1]
    return [mean(column) for column in zip(*chosen, strict=True)] if chosen else [nan] * len(weights[0])


def sobol_point(directions: Sequence[int], shift: int, n: int) -> float:
    """One number of a Sobol' sequence of 32 bits: a direction number for each bit of n in Gray code, and the shift."""
    gray, bits = n ^ (n >> 1), shift
    for bit, direction in enumerate(directions):
        if gray >> bit & 1:
            bits ^= direction
    return (bits + 0.5) / 2**32
