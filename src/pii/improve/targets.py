"""What a unit aims at, as provinces write it, and where it stands in that."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix
from pii.errors import Problem, TableError
from pii.result import Result
from pii.scheme import Scheme
from pii.spec import Spec

__all__ = ["Standing", "Target", "above_mean", "pillar_level", "standing"]

_ROUNDING = 1e-9  # a share of a number of indicators is a whole number but for rounding error


class Target(Spec):
    """What is aimed at; all that is named is to hold at once.

    Examples
    --------
    >>> Target(rank=5, groups=4)
    Target(rank=5, score=None, groups=4, level=None, indicators=None)
    """

    rank: int | None = None
    """The worst place in the index that will do."""
    score: float | None = None
    """The least score of the index."""
    groups: int | None = None
    """How many groups of a level are to score above the mean of the units."""
    level: int | None = None
    """Which level: 1 is the index's children. The pillars when not given."""
    indicators: float | None = None
    """The share of all indicators that are to score above the mean of the units; a gap is not above."""

    def indicators_needed(self, scheme: Scheme) -> int:
        """How many indicators that share is, rounded up."""
        return ceil((self.indicators or 0.0) * len(scheme.indicators) - _ROUNDING)

    def is_met(self, found: Standing, scheme: Scheme) -> bool:
        """Whether a unit that stands so has reached it."""
        return (
            (self.rank is None or found.rank <= self.rank)
            and (self.score is None or found.score >= self.score)
            and (self.groups is None or found.groups >= self.groups)
            and (self.indicators is None or found.indicators >= self.indicators_needed(scheme))
        )

    def within_reach(self, furthest: Standing, scheme: Scheme, *, rounding: float) -> Target:
        """The target, as far as a unit that stands so at its best has reached it, scores but for rounding."""
        count = len(scheme.indicators)
        return self.replace(
            rank=None if self.rank is None else max(self.rank, ceil(furthest.rank)),
            score=None if self.score is None else min(self.score, furthest.score - rounding),
            groups=None if self.groups is None else min(self.groups, furthest.groups),
            indicators=None if self.indicators is None else min(self.indicators, furthest.indicators / count),
        )

    def refuse_unfit(self, result: Result) -> None:
        """Refuse what no unit of an index can reach, and a target that aims at nothing.

        Raises
        ------
        TableError
            A rank better than the first or worse than the last, more groups than the level has, a share above 1, or
            no target at all.
        """
        if problems := list(_faults(self, result)):
            raise TableError(problems)

    def __str__(self) -> str:
        parts = [f"rank {self.rank}"] if self.rank is not None else []
        parts += [f"score {self.score:.6g}"] if self.score is not None else []
        parts += [f"{self.groups} groups above the mean"] if self.groups is not None else []
        parts += [f"{self.indicators:.4g} of the indicators above the mean"] if self.indicators is not None else []
        return ", ".join(parts)


class Standing(NamedTuple):
    """Where a unit stands: place and score in the index, groups of a level and indicators above the mean."""

    rank: float
    """NaN where the unit is not ranked."""
    score: float
    groups: int
    indicators: int


def standing(result: Result, unit: str, level: int | None = None) -> Standing:
    """Where a unit, by code, stands.

    Parameters
    ----------
    result
        What was computed.
    unit
        The unit's code.
    level
        Whose groups are counted; the pillars when not given.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")]))
    >>> table = Table.of({"a": [9.0, 5.0, 1.0], "b": [1.0, 9.0, 4.0]}, units=["x", "y", "z"])
    >>> standing(compute(scheme, table), "x")
    Standing(rank=2.0, score=50.0, groups=1, indicators=1)
    """
    if unit not in result.composite.units.codes:
        return Standing(float("nan"), float("nan"), 0, 0)
    at = result.composite.units.codes.index(unit)
    wanted = pillar_level(result.scheme) if level is None else level
    codes = [group.code for group in result.scheme.groups if result.scheme.levels[group.code] == wanted]
    columns = [result.composite.columns.index(code) for code in codes]
    return Standing(
        float(result.ranking.values[at, 0]),
        float(result.composite.values[at, 0]),
        int(np.count_nonzero(above_mean(result.composite.values.T[columns], at))),
        int(np.count_nonzero(above_mean(result.scores.values.T, at))),
    )


def above_mean(x: Matrix, at: int) -> NDArray[np.bool_]:
    """Whether a unit's score is above the mean of all units that have one, by row of (rows, units)."""
    present = ~np.isnan(x)
    mean = np.where(present, x, 0.0).sum(axis=1) / np.maximum(np.count_nonzero(present, axis=1), 1)
    return np.asarray(x[:, at] > mean, dtype=np.bool_)


def pillar_level(scheme: Scheme) -> int:
    """The level of the pillars: the groups of the sub-indices where there are such, else the index's own."""
    return min(2, max(scheme.levels[group.code] for group in scheme.groups))


def _faults(target: Target, result: Result) -> Iterator[Problem]:
    scheme, ranked = result.scheme, len(result.best_first)
    asked = (target.rank, target.score, target.groups, target.indicators)
    if all(one is None for one in asked):
        yield Problem(
            path="target",
            found="no target is named",
            rule="an improvement aims at something",
            remedy="name a rank, a score, groups or a share of indicators above the mean",
        )
    if target.rank is not None and not 1 <= target.rank <= ranked:
        better = target.rank < 1
        yield Problem(
            path="to_rank",
            found=f"rank {target.rank} is {'better than the first' if better else 'worse than the last'}",
            rule=f"ranks go from 1 to {ranked}",
            remedy="aim at rank 1" if better else "",
        )
    yield from _group_faults(target, scheme)
    if target.indicators is not None and not 0 < target.indicators <= 1:
        yield Problem(
            path="indicators_above_mean",
            found=f"the share is {target.indicators:g}",
            rule="a share is above 0 and at most 1",
            remedy="half of the indicators is 0.5",
        )


def _group_faults(target: Target, scheme: Scheme) -> Iterator[Problem]:
    level = pillar_level(scheme) if target.level is None else target.level
    count = sum(found == level and code in {g.code for g in scheme.groups} for code, found in scheme.levels.items())
    if target.level is not None and not count:
        yield Problem(
            path="level",
            found=f"there is no group on level {level}",
            rule="the index is on level 0, its children on level 1",
        )
    elif target.groups is not None and not 1 <= target.groups <= count:
        yield Problem(
            path="pillars_above_mean",
            found=f"{target.groups} groups are to be above the mean",
            rule=f"level {level} has {count} group{'s' * (count > 1)}",
        )
