"""How the scores of all units change as one unit moves one indicator: piecewise, with every kink of the scale.

An indicator's column goes through its stages by itself. So the scores along each path are those of ``compute``,
whatever the other indicators do: the scale and its treatment move with the unit, and rivals' scores with the scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pii import stages
from pii.arrays import Matrix, Vector
from pii.improve.levers import Lever
from pii.methods.normalise import Balance, Borda, EmpiricalCdf, PercentileRank, Rank
from pii.result import Result
from pii.tree import Range

__all__ = ["Path", "outward", "paths", "scores_at"]

HAIR = 1e-6
"""The part of a path by which a unit passes a rival where only order counts."""
MOST_STEPS = 40
"""Up to so many steps each is a point of its own; of more, only their size is kept."""

_MOST_RIVALS = 64  # of more, quantiles mark the path
_STRAIGHT = 1e-9  # scores that are off a line by less, as a part of the widest difference, are on it
_BENT = 1e-3  # a piece that is off by more is halved
_COUNTED = (Rank, Borda, PercentileRank, EmpiricalCdf)  # scales on which only order counts
_NEAR = 1e-7  # steps are whole but for this


class Path(NamedTuple):
    """One indicator's way from where it is, with the scores of all units at every kink."""

    lever: Lever
    values: Vector
    """From the unit's value on, in the units in which it is reported."""
    scores: Matrix
    """(values, ranked units)."""
    jumps: NDArray[np.bool_]
    """Whether a piece is taken whole or not at all."""
    is_exact: bool
    """Whether scores are on straight lines between the values."""

    @property
    def lengths(self) -> Vector:
        """Of the pieces."""
        return np.abs(np.diff(self.values))

    @property
    def side(self) -> float:
        """1 where the value rises along the path, -1 where it falls."""
        return 1.0 if self.values[-1] > self.values[0] else -1.0

    def at(self, value: float) -> Vector:
        """Scores of all units at a value, on straight lines between those that are known."""
        reach = np.abs(self.values - self.values[0])
        piece = int(np.clip(np.searchsorted(reach, abs(value - self.values[0])), 1, len(reach) - 1))
        part = (abs(value - self.values[0]) - reach[piece - 1]) / (reach[piece] - reach[piece - 1])
        return np.asarray(self.scores[piece - 1] + part * (self.scores[piece] - self.scores[piece - 1]))

    def through(self, value: float, scores: Vector) -> Path:
        """The path with the scores that a value is found to have."""
        reach = np.abs(self.values - self.values[0])
        at = int(np.searchsorted(reach, abs(value - self.values[0])))
        if at < len(self.values) and abs(self.values[at] - value) <= 1e-12 * reach[-1]:
            known = np.array(self.scores)
            known[at] = scores
            return self._replace(scores=known, is_exact=False)
        return self._replace(
            values=np.insert(self.values, at, value),
            scores=np.insert(self.scores, at, scores, axis=0),
            jumps=np.insert(self.jumps, at - 1, self.jumps[at - 1]),
            is_exact=False,
        )


def scores_at(result: Result, unit: str, values: Mapping[int, Vector]) -> dict[int, Matrix]:
    """Scores of all units along the values of some indicators of a unit: (values, units), by the indicator's row.

    The first values of all go through the stages in one run, then the second, and so on. Gaps that are filled from
    other indicators stay filled as they are.
    """
    scheme, measured = result.scheme, result.measured
    at = measured.units.codes.index(unit)
    ranked = result.screening.eligible
    across = any(scheme.imputer_of(indicator).looks_across for indicator in scheme.indicators)
    found = {row: np.empty((len(own), len(ranked))) for row, own in values.items()}
    for run in range(max(map(len, values.values()), default=0)):
        moved = np.array(measured.values)
        for row, own in values.items():
            moved[at, row] = own[min(run, len(own) - 1)]
        table = measured.holding(moved)
        ratios = stages.denominate(table, scheme).take(ranked)
        if across:
            completed = ratios.holding(np.where(np.isnan(ratios.values), result.completed.values, ratios.values))
        else:
            completed = stages.impute(ratios, scheme, beside=table.take(ranked))
        treated = stages.treat(completed, scheme).table
        scores = stages.normalise(treated, scheme, reference=result.reference).values
        for row, own in values.items():
            if run < len(own):
                found[row][run] = scores[:, row]
    return found


def paths(result: Result, unit: str, levers: Iterable[Lever]) -> tuple[Path, ...]:
    """The paths of a unit's levers, each to the side on which it scores best; without those that bring nothing.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.improve.levers import levers
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a")]))
    >>> result = compute(scheme, Table.of({"a": [2.0, 1.0, 5.0]}, units=["x", "y", "z"]))
    >>> [path.scores.tolist() for path in paths(result, "x", levers(result, "x").moving)]
    [[[25.0, 0.0, 100.0], [100.0, 0.0, 100.0]]]
    """
    own = result.scores.units.codes.index(unit)
    drafts = [_Draft.of(result, lever) for lever in levers]
    _fill(result, unit, drafts)
    for draft in drafts:
        draft.choose_side(own)
    while sum(draft.halve() for draft in drafts):  # every one, as their scores are found together
        _fill(result, unit, drafts)
    found = (draft.path(own) for draft in drafts)
    return tuple(path for path in found if path is not None)


def outward(path: Path, value: float) -> float:
    """The value, or the next further out that there is: a whole number of steps, a listed value."""
    lever, travelled = path.lever, abs(value - path.values[0])
    if path.jumps.all():
        reach = np.abs(path.values - path.values[0])
        return float(path.values[min(int(np.searchsorted(reach, travelled * (1 - _NEAR))), len(reach) - 1)])
    if lever.step is None:
        return float(value)
    most = np.floor(abs(path.values[-1] - path.values[0]) / lever.step + _NEAR)
    return float(lever.start + path.side * min(np.ceil(travelled / lever.step - _NEAR), most) * lever.step)


@dataclass(eq=False)
class _Draft:
    """A path in the making: points, the scores of those that are known, and pieces that may not be straight."""

    lever: Lever
    values: Vector
    scores: Matrix
    open: NDArray[np.bool_]
    """Points without scores yet."""
    doubtful: NDArray[np.bool_]
    """Pieces that may not be straight."""
    is_whole: bool
    """Whether scores change at points only, so that every piece is taken whole or not at all."""
    is_counted: bool
    """Whether only order counts, and any values may be had."""
    is_closing: bool
    """Whether they change somewhere between two points, and nowhere else."""
    off: float = 0.0
    """How far, as a part of the widest difference, scores are off the lines between the points."""

    @classmethod
    def of(cls, result: Result, lever: Lever) -> _Draft:
        method = result.scheme.normaliser_of(lever.indicator)
        discrete, counted = lever.listed is not None or _steps(lever) <= MOST_STEPS, isinstance(method, _COUNTED)
        values = _grid(lever) if discrete else _marked(result, lever, beyond=counted)
        n = len(values)
        return cls(
            lever,
            values,
            np.full((n, len(result.scores.units)), np.nan),
            np.ones(n, np.bool_),
            np.ones(max(n - 1, 0), np.bool_),
            discrete or counted,
            counted and not discrete,
            isinstance(method, Balance) and not discrete,
        )

    def choose_side(self, own: int) -> None:
        """Keep the side on which the unit's own score can be highest, from its value outwards."""
        start = int(np.flatnonzero(self.values == self.lever.start)[0])
        up, down = np.arange(start, len(self.values)), np.arange(start, -1, -1)
        gain = [np.nanmax(self.scores[side, own], initial=-np.inf) for side in (up, down)]
        side = up if gain[0] >= gain[1] and len(up) > 1 else down
        self.values, self.scores, self.open = self.values[side], self.scores[side], self.open[side]
        self.doubtful = np.ones(len(side) - 1, np.bool_)

    def halve(self) -> bool:
        """Ask for the middles of doubtful pieces that are wider than a hair; whether there are any."""
        if self.is_whole:
            return False
        if self.is_closing:
            self.doubtful = _most(np.abs(np.diff(self.scores, axis=0))) > 0
        self._ask(self.doubtful & ~self._narrow(self.values))
        return bool(self.open.any())

    @staticmethod
    def _narrow(values: Vector) -> NDArray[np.bool_]:
        hair = HAIR * abs(values[-1] - values[0])
        nothing = np.spacing(np.abs(values).max())  # numbers so close have none between them
        return np.asarray(np.abs(np.diff(values)) <= 2 * max(hair, nothing), dtype=np.bool_)

    def _ask(self, pieces: NDArray[np.bool_]) -> None:
        at = np.flatnonzero(pieces)
        middles = (self.values[at] + self.values[at + 1]) / 2
        self.values = np.insert(self.values, at + 1, middles)
        self.scores = np.insert(self.scores, at + 1, np.nan, axis=0)
        self.open = np.insert(self.open, at + 1, True)
        self.doubtful = np.insert(self.doubtful & pieces, at, pieces[at])

    def answer(self, scores: Matrix) -> None:
        """Take the scores of the open points, and see how far they are off the lines that led past them."""
        asked = np.flatnonzero(self.open)
        self.scores[asked] = scores
        self.open[:] = False
        if self.is_whole or self.is_closing or len(asked) == len(self.values):
            return
        around = (self.scores[asked - 1] + self.scores[asked + 1]) / 2
        off = _most(np.abs(self.scores[asked] - around)) / _width(self.scores)
        self.off = max(self.off, float(off[off <= _BENT].max(initial=0.0)))
        bent = off > _BENT
        self.doubtful[:] = False
        self.doubtful[asked[bent] - 1] = self.doubtful[asked[bent]] = True

    def path(self, own: int) -> Path | None:
        """The kinks alone, up to where the last score changes; nothing where none does."""
        doubtful = (self.doubtful & ~self._narrow(self.values)).any()
        straight = self.is_whole or self.is_closing or (not doubtful and self.off <= _STRAIGHT)
        moved = np.flatnonzero(_most(np.abs(np.diff(self.scores, axis=0))) > _STRAIGHT * _width(self.scores))
        if not moved.size:
            return None
        values, scores = self.values[: moved[-1] + 2], self.scores[: moved[-1] + 2]
        kept = (
            _rises(scores[:, own])
            if self.is_counted
            else np.arange(len(values))
            if self.is_whole
            else _kinks(values, scores, (_STRAIGHT if straight else _BENT) * _width(scores))
        )
        values, scores = values[kept], scores[kept]
        change = _most(np.abs(np.diff(scores, axis=0))) > _BENT * _width(scores)
        jumps = np.full(len(values) - 1, self.is_whole) | (change & self._narrow(values))
        return Path(self.lever, values, scores, jumps, straight)


def _fill(result: Result, unit: str, drafts: Iterable[_Draft]) -> None:
    """Find the scores of every open point."""
    some = [draft for draft in drafts if draft.open.any()]
    known = scores_at(result, unit, {draft.lever.row: draft.values[draft.open] for draft in some})
    for draft in some:
        draft.answer(known[draft.lever.row])


def _steps(lever: Lever) -> float:
    return np.inf if lever.step is None else (lever.high - lever.low) / lever.step


def _grid(lever: Lever) -> Vector:
    """The values that there are, in order."""
    if lever.listed is not None:
        inside = [value for value in lever.listed if lever.low <= value <= lever.high]
        return np.unique([lever.start, *inside])
    step = lever.step or np.inf
    down, up = (np.floor(reach / step + _NEAR) for reach in (lever.start - lever.low, lever.high - lever.start))
    return np.asarray(lever.start + np.arange(-down, up + 1) * step, dtype=np.float64)


def _marked(result: Result, lever: Lever, *, beyond: bool) -> Vector:
    """Where the scale may have a kink: at rivals' values, raw and treated, goalposts, targets and bases."""
    rivals = np.unique([result.completed.values[:, lever.row], result.treatment.table.values[:, lever.row]])
    rivals = rivals[~np.isnan(rivals)]
    if len(rivals) > _MOST_RIVALS:
        rivals = np.quantile(rivals, np.linspace(0, 1, _MOST_RIVALS))
    one = lever.indicator
    aims = (one.target.low, one.target.high) if isinstance(one.target, Range) else (one.target,)
    marks = [one.goalposts and one.goalposts.low, one.goalposts and one.goalposts.high, *aims, one.base]
    points = np.append(rivals, [mark for mark in marks if mark is not None]) / lever.factor
    if beyond:
        hair = HAIR * (lever.high - lever.low)
        points = np.append(points, points + lever.indicator.direction * hair)
    inside = points[(points > lever.low) & (points < lever.high)]
    return np.unique([lever.low, lever.start, lever.high, *inside])


def _kinks(values: Vector, scores: Matrix, tolerance: float) -> NDArray[np.intp]:
    """The fewest points, taken greedily, between which all others are on straight lines."""
    kept = [0]
    while kept[-1] < len(values) - 1:
        first = kept[-1]
        last = first + 1
        while last + 1 < len(values):
            part = (values[first : last + 2] - values[first]) / (values[last + 1] - values[first])
            line = scores[first] + part[:, None] * (scores[last + 1] - scores[first])
            if np.nanmax(np.abs(scores[first : last + 2] - line), initial=0.0) > tolerance:
                break
            last += 1
        kept.append(last)
    return np.array(kept, dtype=np.intp)


def _rises(own: Vector) -> NDArray[np.intp]:
    """The start, every point at which the unit scores more than before, and the end, where a rival may less."""
    best = np.maximum.accumulate(own)
    return np.unique([0, *(1 + np.flatnonzero(best[1:] > best[:-1])), len(own) - 1])


def _most(x: Matrix) -> Vector:
    """The largest number of each row; gaps do not count."""
    return np.asarray(np.where(np.isnan(x), 0.0, x).max(axis=1, initial=0.0), dtype=np.float64)


def _width(scores: Matrix) -> float:
    """The widest difference of two scores, to measure others by."""
    known = scores[~np.isnan(scores)]
    return float(np.ptp(known)) if known.size and np.ptp(known) > 0 else 1.0
