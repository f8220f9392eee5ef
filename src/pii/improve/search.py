"""The search for the least change: a program over the paths, recomputed, corrected, held to what it promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pii.compute import compute
from pii.errors import MethodError, TableError
from pii.improve.levers import Lever
from pii.improve.lines import Lines, common_exponent, is_concave, lines
from pii.improve.paths import Path, outward, paths
from pii.improve.program import LEAD, Aim, Plan, cheapest
from pii.improve.targets import Standing, Target, above_mean, pillar_level, standing
from pii.methods.rank import Dense
from pii.numerics.power_means import powered
from pii.result import Result
from pii.tree import Group

__all__ = ["Found", "Search"]

_ROUNDS = 12
_SECONDS = 2.0  # of one program, which takes a tenth of that as a rule
_PATIENT = 4  # rounds after which tangents that come near slowly are given a margin
_CLOSE = 1e-7  # a promise that is off by less, as such a part, is kept
_HALVINGS = 7
_DEAREST = 12


class Found(NamedTuple):
    """A way that reaches its target, by ``compute``."""

    result: Result
    values: tuple[float, ...]
    """Of the levers."""
    cost: float
    method: str
    is_exact: bool
    """Whether no cheaper way does."""


@dataclass(eq=False)
class Search:
    """One unit's ways of improving a result."""

    start: Result
    unit: str
    """Its code."""
    levers: Sequence[Lever]
    level: int | None = None
    """Whose groups are counted."""
    paths: list[Path] = field(init=False)

    def __post_init__(self) -> None:
        self.paths = list(paths(self.start, self.unit, self.levers))
        self.moving = [path.lever for path in self.paths]

    # --- By compute alone

    def computed(self, values: Sequence[float]) -> Result | None:
        """The index with the levers elsewhere; None where it is not defined there."""
        measured = np.array(self.start.measured.values)
        at = self.start.measured.units.codes.index(self.unit)
        for lever, value in zip(self.moving, values, strict=True):
            measured[at, lever.row] = value
        table = self.start.measured.holding(measured)
        try:
            return compute(self.start.scheme, table, reference=self.start.reference)
        except (MethodError, TableError):
            return None

    def standing(self, result: Result | None) -> Standing:
        """Where the unit stands in a result."""
        if result is None:
            return Standing(float("nan"), float("nan"), 0, 0)
        return standing(result, self.unit, self.level)

    @cached_property
    def ends(self) -> tuple[float, ...]:
        """Every lever as far as it brings something."""
        return tuple(float(path.values[-1]) for path in self.paths)

    @cached_property
    def furthest(self) -> Standing:
        """Where the unit stands with every lever there."""
        return self.standing(self.computed(self.ends))

    def _is_met(self, target: Target, result: Result | None) -> bool:
        return result is not None and target.is_met(self.standing(result), self.start.scheme)

    def cost(self, values: Sequence[float]) -> float:
        """What a way costs."""
        each = zip(values, self.moving, strict=True)
        return float(sum(abs(value - lever.start) * lever.cost for value, lever in each))

    # --- The search

    def cheapest(self, target: Target) -> Found | None:
        """The cheapest way that was found; None where the target is out of reach."""
        best, last = self._programmed(target)
        if best is not None:
            return best
        return self._retreated(target, last) if self._is_met(target, self.computed(self.ends)) else None

    def _programmed(self, target: Target) -> tuple[Found | None, tuple[float, ...]]:
        """The best way by programs over the paths, and the last that was tried."""
        groups, last = self._groups(target), tuple(lever.start for lever in self.moving)
        tangent = lines(self.start, groups)
        if tangent is None:
            return None, last
        known, cuts, best, lead = list(self.paths), [tangent], None, LEAD
        is_additive = common_exponent(self.start.scheme) is not None
        straight = self._is_straight()
        for tried in range(_ROUNDS):
            plan = cheapest(known, cuts, self._aim(target, lead), seconds=_SECONDS)
            result = None if plan is None else self.computed(plan.values)
            tangent = None if result is None else lines(result, groups)
            if plan is None or result is None or tangent is None:
                break
            last = plan.values
            is_met, off = self._is_met(target, result), self._off(plan, known, cuts, result)
            if is_met and (best is None or plan.cost < best.cost * (1 - _CLOSE)):
                exact = straight and plan.proven and off <= _CLOSE
                best = Found(result, plan.values, plan.cost, _said(plan, is_additive=is_additive), exact)
                rounded = plan.rounded
            elif best is not None:
                break
            if off <= _CLOSE:
                if is_met:
                    break
                lead *= 4
            elif not is_met and tried >= _PATIENT:
                lead = LEAD + 1.5 * off
            straight = False
            known = self._corrected(known, plan, result)
            cuts = [*cuts, tangent] if is_concave(self.start.scheme) and not is_additive else [tangent]
        return (None, last) if best is None else (self._trimmed(target, best, rounded), last)

    def _is_straight(self) -> bool:
        """Whether the program says all there is to say: scores are sums, on straight lines, column by column."""
        scheme = self.start.scheme
        filled = any(scheme.imputer_of(indicator).looks_across for indicator in scheme.indicators)
        return common_exponent(scheme) == 1 and not filled and all(path.is_exact for path in self.paths)

    def _off(self, plan: Plan, known: Sequence[Path], cuts: Sequence[Lines], result: Result) -> float:
        """How far the index scores are from what the plan says, as a part of their widest difference."""
        said = []
        for cut in cuts:
            total = cut.groups[0]
            for path, value in zip(known, plan.values, strict=True):
                row = path.lever.row
                change = cut.slopes[0, row] * (powered(path.at(value)[None], cut.exponent)[0] - cut.scores[row])
                total = total + np.where(np.isnan(change), 0.0, change)
            said.append(total)
        found = powered(result.composite.values[None, :, 0], cuts[0].exponent)[0]
        return float(np.nanmax(np.abs(np.min(said, axis=0) - found))) / self._width

    @cached_property
    def _width(self) -> float:
        """The widest difference of two index scores, on the scale on which they are sums."""
        index = self.start.composite.values[None, :, 0]
        exponent = common_exponent(self.start.scheme)
        index = powered(index, 1.0 if exponent is None else exponent)
        return float(np.nanmax(index) - np.nanmin(index)) or 1.0

    @property
    def rounding(self) -> float:
        """A difference of index scores that is none."""
        index = self.start.composite.values[:, 0]
        return LEAD * float(np.nanmax(index) - np.nanmin(index))

    def _corrected(self, known: Sequence[Path], plan: Plan, result: Result) -> list[Path]:
        """The paths through the scores that were computed, where these are others."""
        found = []
        for path, value in zip(known, plan.values, strict=True):
            scores = result.scores.values[:, path.lever.row]
            width = float(np.nanmax(path.scores) - np.nanmin(path.scores)) or 1.0
            off = float(np.nanmax(np.abs(path.at(value) - scores), initial=0.0))
            found.append(path if off <= _CLOSE * width else path.through(value, scores))
        return found

    def _groups(self, target: Target) -> tuple[Group, ...]:
        """The index, and the groups that are counted, if any are."""
        scheme = self.start.scheme
        level = pillar_level(scheme) if self.level is None else self.level
        counted = [group for group in scheme.groups if scheme.levels[group.code] == level]
        return (scheme.index, *(counted if target.groups is not None else []))

    def _aim(self, target: Target, lead: float) -> Aim:
        own = self.start.composite.units.codes.index(self.unit)
        moving = {path.lever.row for path in self.paths}
        still = [row for row in range(len(self.start.scheme.indicators)) if row not in moving]
        return Aim(
            own,
            None if target.rank is None else self._ahead(target.rank, own),
            target.score,
            target.groups or 0,
            0 if target.indicators is None else target.indicators_needed(self.start.scheme),
            int(np.count_nonzero(above_mean(self.start.scores.values.T[still], own))),
            self._width,
            lead,
        )

    def _ahead(self, rank: int, own: int) -> int:
        """How many rivals may be ahead; with dense places, all that share those before."""
        if not isinstance(self.start.scheme.rank, Dense):
            return rank - 1
        rivals = np.delete(self.start.composite.values[:, 0], own)
        return int(np.count_nonzero(self.start.scheme.rank(rivals[None])[0] < rank))

    # --- Where the program has no answer

    def _retreated(self, target: Target, last: tuple[float, ...]) -> Found | None:
        """From the last way tried towards the ends as far as is needed, then each lever back as far as is not."""
        near, far = 0.0, 1.0
        for _ in range(2 * _HALVINGS):
            part = (near + far) / 2
            near, far = (near, part) if self._is_met(target, self._of(last, part)) else (part, far)
        values = self._between(last, far)
        by_cost = sorted(range(len(values)), key=lambda at: -self._share(values, at))
        for at in by_cost:
            start = (*values[:at], self.moving[at].start, *values[at + 1 :])
            if start != values and self._is_met(target, self.computed(start)):
                values = start
        for at in [at for at in by_cost if self._share(values, at)][:_DEAREST]:
            values = self._drawn_back(target, values, at)
        result = self.computed(values)
        if result is None or not self._is_met(target, result):
            return None
        return Found(result, values, self.cost(values), "local: each indicator drawn back from its bound", False)

    def _of(self, last: tuple[float, ...], part: float) -> Result | None:
        return self.computed(self._between(last, part))

    def _between(self, last: tuple[float, ...], part: float) -> tuple[float, ...]:
        """Every lever so far from where it was tried to its end."""
        each = zip(self.paths, last, strict=True)
        return tuple(outward(path, value + part * (path.values[-1] - value)) for path, value in each)

    def _share(self, values: tuple[float, ...], at: int) -> float:
        return abs(values[at] - self.moving[at].start) * self.moving[at].cost

    def _drawn_back(self, target: Target, values: tuple[float, ...], at: int) -> tuple[float, ...]:
        near, far = self.moving[at].start, values[at]
        for _ in range(_HALVINGS):
            value = outward(self.paths[at], (near + far) / 2)
            if value == far:
                break
            trial = (*values[:at], value, *values[at + 1 :])
            if self._is_met(target, self.computed(trial)):
                values, far = trial, value
            else:
                near = value
        return values

    def _trimmed(self, target: Target, found: Found, rounded: tuple[int, ...]) -> Found:
        """With the fewest whole pieces of each path on which they were taken to the furthest."""
        values, result = found.values, found.result
        for at in rounded:
            points = self.paths[at].values
            near, far = -1, int(np.abs(points - values[at]).argmin())
            while far - near > 1:
                piece = (near + far) // 2
                trial = (*values[:at], float(points[piece]), *values[at + 1 :])
                shorter = self.computed(trial)
                if shorter is not None and self._is_met(target, shorter):
                    values, result, far = trial, shorter, piece
                else:
                    near = piece
        return found._replace(values=values, result=result, cost=self.cost(values))


def _said(plan: Plan, *, is_additive: bool) -> str:
    kind = "mixed-integer program" if plan.is_integer else "linear program"
    return kind if is_additive else f"local: {kind}s along tangents of the index"
