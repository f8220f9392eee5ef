"""What it would take: the least change in a unit's own indicators that reaches a target."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pii.align import align
from pii.choices.design import Choice, Uncertainty
from pii.compute import compute
from pii.errors import Problem, TableError
from pii.improve.levers import levers
from pii.improve.search import Search
from pii.improve.targets import Standing, Target, standing
from pii.levels import plain
from pii.result import Result
from pii.robustness.asked import told, whole
from pii.robustness.study import study
from pii.scores import Treatment
from pii.table import Remade, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Improvement", "Safety", "improve"]


def improve(
    result: Result,
    unit: str,
    *,
    to_rank: int | None = None,
    to_score: float | None = None,
    pillars_above_mean: int | None = None,
    level: int | None = None,
    indicators_above_mean: float | None = None,
    fixed: Collection[str] = (),
    costs: Mapping[str, float] | None = None,
    bounds: Mapping[str, tuple[float, float]] | None = None,
    steps: Mapping[str, float] | None = None,
    others: Table | None = None,
) -> Improvement:
    """Find the least change in a unit's own indicators that reaches a target; several targets are to hold at once.

    What is moved is what the unit reports: of an indicator that is put per something the count, while the
    denominator stays. Moving it moves the scale too, where the unit is or becomes an end of it, and with it the
    treatment of outliers and the scores of others; all of that is in the program. Whatever it finds is computed
    again through ``compute``, and nothing else is promised.

    Parameters
    ----------
    result
        The index as it stands.
    unit
        Who is to improve, by code or name.
    to_rank
        The place to reach, or a better one. The unit is to stand above its rivals, not level with them.
    to_score
        The score of the index to reach, unrounded.
    pillars_above_mean
        How many pillars are to score above the mean of the units.
    level
        Which groups count as pillars: those so far below the index; 2, or 1 where there are no sub-indices.
    indicators_above_mean
        The share of all indicators that are to score above the mean of the units, as 0.5.
    fixed
        Indicators that cannot move, by code. A gap does not move either.
    costs
        What one unit of measure costs, by code. Whatever has no cost here costs 1 for the whole width between the
        lowest and the highest measured value, so that without any the least total share of these widths is found.
    bounds
        How far a value may go, lower before higher, by code. Without them, as far as the unit that scores best on
        it; the valid range of the indicator holds in any case.
    steps
        By what whole steps a value moves from where it is, by code; 1 for a count or a rank.
    others
        Where the other units stand by then; as they stand when not given. The unit's own row there is not read.

    Raises
    ------
    TableError
        An unknown or unranked unit, a target that no unit can have, codes that are no indicators: before any work.

    Examples
    --------
    >>> from pii.scheme import Scheme
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")]))
    >>> table = Table.of({"a": [0.0, 40.0, 100.0], "b": [100.0, 50.0, 0.0]}, units=["x", "y", "z"])
    >>> found = improve(compute(scheme, table), "y", to_rank=1, fixed=["b"])
    >>> found
    <Improvement y: rank 3 to 1 by 1 change, cost 0.1, exact (linear program)>
    >>> found.to_frame()[["from", "to"]].round(2).values.tolist()
    [[40.0, 50.0]]
    """
    score = _finite("to_score", to_score)
    share = _finite("indicators_above_mean", indicators_above_mean)
    with told(TableError, rank="to_rank", groups="pillars_above_mean"):
        target = Target(
            rank=plain(to_rank), score=score, groups=plain(pillars_above_mean), level=plain(level), indicators=share
        )
    code = _ranked(result, unit)
    target.refuse_unfit(result)
    start = result if others is None else _among(result, code, others)
    movable = levers(start, code, fixed=fixed, costs=costs, bounds=bounds, steps=steps)
    before = standing(start, code, level)
    if target.is_met(before, start.scheme):
        return Improvement(code, target, None, start, start, 0.0, "nothing to do", True, movable.held, {})
    search = Search(start, code, movable.moving, level)
    idle = {lever.indicator.code for lever in movable.moving} - {lever.indicator.code for lever in search.moving}
    held = {**movable.held, **dict.fromkeys(sorted(idle), "moving it moves no score")}
    costs_by_code = {lever.indicator.code: lever.cost for lever in search.moving}
    nearest = None
    found = search.cheapest(target)
    if found is None:
        furthest = before if np.isnan(search.furthest.rank) else search.furthest
        nearest = target.within_reach(furthest, start.scheme, rounding=search.rounding)
        found = None if nearest.is_met(before, start.scheme) else search.cheapest(nearest)
    if found is None:
        return Improvement(code, target, nearest, start, start, 0.0, "no change helps", False, held, costs_by_code)
    return Improvement(
        code, target, nearest, start, found.result, found.cost, found.method, found.is_exact, held, costs_by_code
    )


class Safety(NamedTuple):
    """How safe a rank is under what is uncertain."""

    rank: int
    """The place, or a better one, that is asked about."""
    probability: float
    """In which share of the draws the unit has it."""
    error: float
    """The standard error of that share."""
    low: int
    high: int
    """The ranks between which 90 % of the draws lie."""


@dataclass(frozen=True, eq=False)
class Improvement(Remade):
    """The least change that was found, and the index computed again with it."""

    unit: str
    """The unit's code."""
    target: Target
    """What was asked for."""
    nearest: Target | None
    """What is reached instead, where the target is out of reach."""
    start: Result
    """The index with the unit as it is, and the others where they stand by then."""
    result: Result
    """The index with the changes."""
    cost: float
    """Of all changes."""
    method: str
    """How they were found."""
    is_exact: bool
    """Whether no cheaper changes reach it."""
    held: Mapping[str, str]
    """Why an indicator does not move, by code."""
    costs: Mapping[str, float]
    """What one unit of measure costs, by code of what could move."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "held", MappingProxyType(dict(self.held)))
        object.__setattr__(self, "costs", MappingProxyType(dict(self.costs)))

    @property
    def name(self) -> str:
        """What people call the unit."""
        units = self.start.measured.units
        return units.names[units.codes.index(self.unit)]

    @property
    def reached(self) -> bool:
        """Whether the target itself is reached, and not only what is nearest to it."""
        return self.nearest is None

    @property
    def before(self) -> Standing:
        """Where the unit stands without the changes."""
        return standing(self.start, self.unit, self.target.level)

    @property
    def after(self) -> Standing:
        """Where it stands with them."""
        return standing(self.result, self.unit, self.target.level)

    @property
    def said(self) -> str:
        """How sure it is that nothing cheaper does."""
        if self.method in ("nothing to do", "no change helps"):
            return self.method
        if self.is_exact:
            return f"exact ({self.method})"
        kind = self.method if self.method.startswith("local") else f"refined ({self.method}, the scale is curved)"
        return f"{kind}, verified"

    def to_frame(self) -> pd.DataFrame:
        """One row a changed indicator, the dearest first.

        Columns: title, unit_of_measure, from, to, change, cost, share (of the width between the lowest and the
        highest measured value), score_from and score_to (of the indicator).
        """
        import pandas as pd

        at = self.start.measured.units.codes.index(self.unit)
        own = self.start.scores.units.codes.index(self.unit)
        old, new = (result.measured.values[at] for result in (self.start, self.result))
        indicators = self.start.scheme.indicators
        moved = [row for row in range(len(indicators)) if old[row] != new[row] and not np.isnan(old[row])]
        ratios = self.start.ratios.values[self.start.screening.eligible]
        width = [float(np.nanmax(ratios[:, row]) - np.nanmin(ratios[:, row])) or np.nan for row in moved]
        went = [abs(self.result.ratios.values[at, row] - self.start.ratios.values[at, row]) for row in moved]
        frame = pd.DataFrame(
            {
                "title": [indicators[row].title() for row in moved],
                "unit_of_measure": [indicators[row].unit for row in moved],
                "from": old[moved],
                "to": new[moved],
                "change": new[moved] - old[moved],
                "cost": [abs(new[row] - old[row]) * self.costs[indicators[row].code] for row in moved],
                "share": np.array(went) / np.array(width),
                "score_from": self.start.scores.values[own, moved],
                "score_to": self.result.scores.values[own, moved],
            },
            index=pd.Index([indicators[row].code for row in moved], name="indicator"),
        )
        return frame.sort_values("cost", ascending=False, kind="stable")

    def safety(
        self,
        uncertain: Uncertainty | Sequence[Choice] | None = None,
        *,
        rank: int | None = None,
        draws: int | None = None,
        seed: int | None = None,
    ) -> Safety:
        """How probable the new rank is when the index is computed again with what was uncertain drawn anew.

        Parameters
        ----------
        uncertain
            What could have been chosen otherwise; what the scheme declares when not given.
        rank
            The place that is to be kept; the rank that was aimed at, else the one that is reached.
        draws, seed
            As for ``study``.

        Raises
        ------
        SchemeError
            Nothing is said to be uncertain, choices are not given as a list, or no unit can have the rank.
        """
        aimed = self.nearest or self.target
        kept = int(np.ceil(self.after.rank)) if aimed.rank is None else aimed.rank
        asked = kept if rank is None else whole(rank, "rank", most=len(self.result.composite.units))
        made = study(
            self.result.scheme,
            self.result.measured,
            uncertain,
            draws=draws,
            seed=seed,
            reference=_anchor(self.result),
        )
        top: Any = made.top(asked).loc[self.unit]
        interval: Any = made.intervals().loc[self.unit]
        return Safety(
            asked, float(top["probability"]), float(top["error"]), int(interval["low"]), int(interval["high"])
        )

    def __repr__(self) -> str:
        changes = len(self.to_frame())
        head = f"<Improvement {self.name}: rank {self.before.rank:g}"
        if self.result is self.start:
            out = "" if self.reached else f", {self.target} is out of reach"
            return f"{head}{out}, {self.said}>"
        out = "" if self.reached else f" ({self.target} is out of reach)"
        many = f"{changes} change{'s' * (changes != 1)}"
        return f"{head} to {self.after.rank:g}{out} by {many}, cost {self.cost:.4g}, {self.said}>"


def _finite(path: str, value: float | None) -> float | None:
    if value is not None and not (isinstance(value, Real) and np.isfinite(value)):
        raise TableError(Problem(path=path, found=f"it is {plain(value)!r}", rule="a target is a finite number"))
    return None if value is None else float(value)


def _ranked(result: Result, unit: str) -> str:
    """The code of a ranked unit."""
    code = result.measured.units.codes[result.measured.units.locate(unit)]
    if code in result.unranked:
        raise TableError(Problem(unit=unit, found="the unit is not ranked", rule="; ".join(result.unranked[code])))
    return code


def _among(result: Result, code: str, others: Table) -> Result:
    """The index with the other units where they stand by then, and the unit as it is."""
    table = align(others, result.scheme)
    if code not in table.units.codes:
        raise TableError(
            Problem(
                unit=code,
                found="the table of the others has no row of the unit",
                rule="it has the same units; the unit's own row is not read",
                remedy="add the row",
            )
        )
    values = np.array(table.values)
    values[table.units.codes.index(code)] = result.measured.values[result.measured.units.codes.index(code)]
    found = compute(result.scheme, table.holding(values), reference=result.reference)
    _ranked(found, code)
    return found


def _anchor(result: Result) -> Result | None:
    """A result whose treated values are those that fix this one's scale."""
    if result.reference is None:
        return None
    return replace(result, treatment=Treatment(result.reference, {}, result.reference))
