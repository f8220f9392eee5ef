"""What a change of borders alone does to an index: to the spread of every indicator, and to the ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pii.arrays import Matrix, Vector
from pii.borders import STATUS, Harmonised, Rules, harmonise, scheme_for
from pii.compute import compute
from pii.places.crosswalk import Crosswalk
from pii.places.registry import System
from pii.result import Result
from pii.table import Remade, Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MergerEffect", "merger_effect"]


@dataclass(frozen=True, eq=False)
class MergerEffect(Remade):
    """An index in the old borders and in the new ones: same scheme, same values, other units."""

    before: Result
    after: Result
    harmonised: Harmonised
    """How each value in the new borders came about."""

    def spreads(self) -> pd.DataFrame:
        """How far apart units are on each indicator, before and after.

        One row an indicator, put per its denominator if it has one: title, rule, then lowest, highest, mean, sd (of
        n - 1), cv (sd over the size of the mean) and units measured, each ``_before`` and ``_after``;
        ``range_ratio`` and ``sd_ratio`` are what is left of the range and of the standard deviation.
        """
        import pandas as pd

        indicators = self.before.scheme.indicators
        codes = [indicator.code for indicator in indicators]
        rules = {code: rule.method_name() for code, rule in self.harmonised.rules.items()}
        columns = {
            "title": [indicator.title() for indicator in indicators],
            "rule": [rules.get(code, "") for code in codes],
        }
        frame = pd.DataFrame(columns, index=pd.Index(codes, name="indicator"))
        old, new = _spread(self.before.ratios.values.T), _spread(self.after.ratios.values.T)
        for name in old:
            frame[f"{name}_before"], frame[f"{name}_after"] = old[name], new[name]
        old_range, new_range = (found["highest"] - found["lowest"] for found in (old, new))
        frame["range_ratio"], frame["sd_ratio"] = _left(new_range, old_range), _left(new["sd"], old["sd"])
        return frame

    def ranks(self) -> pd.DataFrame:
        """Where each old unit stood, and where the unit stands that it became part of.

        One row an old unit, and one for each new one where it was split. Columns: name, into and into_name (the new
        unit), share (of the old unit), whole (whether nothing but the unit itself is in the new one), then score,
        rank and standing, each ``_before`` and ``_after``. Ranks are among so many units; the standing, which
        compares, is the share of the other ranked units that score less.
        """
        import pandas as pd

        walk = self.harmonised.crosswalk
        old, new = self.before.measured.units, self.after.measured.units
        shares = walk.shares[np.ix_(np.isin(walk.targets, new.codes), np.isin(walk.sources, old.codes))]
        sources = [code for code in walk.sources if code in old.codes]
        targets = [code for code in walk.targets if code in new.codes]
        part, target = np.nonzero(shares.T)
        alone = np.count_nonzero(walk.shares, axis=1) == 1
        frame = pd.DataFrame(
            {
                "unit": [sources[at] for at in part],
                "name": [old.names[old.codes.index(sources[at])] for at in part],
                "into": [targets[at] for at in target],
                "into_name": [new.names[new.codes.index(targets[at])] for at in target],
                "share": shares[target, part],
                "whole": (shares[target, part] == 1) & alone[np.isin(walk.targets, new.codes)][target],
            }
        )
        for when, result, column in (("before", self.before, "unit"), ("after", self.after, "into")):
            for name, of_unit in _standing(result).items():
                frame[f"{name}_{when}"] = [of_unit.get(code, np.nan) for code in frame[column]]
        return frame.set_index("unit")

    def __str__(self) -> str:
        spreads, ranks = self.spreads(), self.ranks()
        counts = np.bincount(self.harmonised.status.ravel(), minlength=len(STATUS))
        narrower = int((spreads["range_ratio"] < 1).sum())
        moved = ranks[ranks["whole"]].dropna(subset=["standing_before", "standing_after"])
        lines = [
            f"{self.before.title}: {_units(self.before.measured)} made {_units(self.after.measured)}; same scheme, "
            "same values",
            "values: " + ", ".join(f"{n} {what}" for n, what in zip(counts, STATUS, strict=True) if n),
            f"spread: the range is narrower for {narrower} of {len(spreads)} indicators; in the middle "
            f"{spreads['range_ratio'].median():.2f} of it is left, and {spreads['sd_ratio'].median():.2f} of the "
            "standard deviation",
        ]
        if len(moved):
            at = int((moved["standing_after"] - moved["standing_before"]).abs().to_numpy().argmax())
            old, new, name = (moved[column].tolist()[at] for column in ("rank_before", "rank_after", "name"))
            lines.append(
                f"ranking: of {len(moved)} units that stay whole, {name} moves furthest: from {old:g} of "
                f"{len(self.before.best_first)} to {new:g} of {len(self.after.best_first)}"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return (
            f"<MergerEffect {self.before.title}: {_units(self.before.measured)} to {_units(self.after.measured)}>"
        )


def merger_effect(
    result: Result, *, to: System | Crosswalk, rules: Rules | None = None, table: Table | None = None
) -> MergerEffect:
    """What a change of borders alone does to an index: computed before and after, nothing else changed.

    A scale that was fixed by other values stays fixed by them.

    Parameters
    ----------
    result
        An index in the old borders.
    to
        A system of provinces, or a crosswalk.
    rules
        The rule of each column; the scheme's own where not given.
    table
        What the result was computed from, where rules read columns that the scheme does not compute with.

    Raises
    ------
    TableError
        As for :func:`pii.borders.harmonise`.
    SchemeError
        The scheme names units by their codes.

    Examples
    --------
    >>> from pii.methods.combine import Sum
    >>> from pii.scheme import Scheme
    >>> from pii.tree import Group, Indicator
    >>> index = Group(code="index", children=[Indicator(code="a", combine="sum")])
    >>> walk = Crosswalk.of([("x", "xy", 1.0), ("y", "xy", 1.0), ("z", "z", 1.0)])
    >>> table = Table.of({"a": [1.0, 2.0, 5.0]}, units=["x", "y", "z"])
    >>> found = merger_effect(compute(Scheme(code="demo", index=index), table), to=walk)
    >>> found.ranks()[["into", "rank_before", "rank_after"]].values.tolist()
    [['xy', 3.0, 2.0], ['xy', 2.0, 2.0], ['z', 1.0, 1.0]]
    """
    found = harmonise(table or result.measured, to=to, rules=rules or result.scheme)
    after = compute(scheme_for(result.scheme, to), found.table, reference=result.reference)
    return MergerEffect(result, after, found)


def _units(table: Table) -> str:
    system = table.units.system
    return f"{len(table.units)} units" + (f" of {system}" if system else "")


def _left(after: Vector, before: Vector) -> Vector:
    """The part of each number that is left; missing where there was nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(before > 0, after / before, np.nan)


def _spread(x: Matrix) -> dict[str, Vector]:
    """The ends, mean and standard deviation of each row, and how many units it has."""
    known = ~np.isnan(x)
    n = np.count_nonzero(known, axis=1).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, x, 0.0).sum(axis=1) / n
        away = np.where(known, x - mean[:, None], 0.0)
        sd = np.sqrt(np.where(n > 1, (away * away).sum(axis=1) / (n - 1), np.nan))
        cv = np.where(mean != 0, sd / np.abs(mean), np.nan)
    ends = {"lowest": np.fmin.reduce(x, axis=1), "highest": np.fmax.reduce(x, axis=1)}
    return {**ends, "mean": mean, "sd": sd, "cv": cv, "units": n}


def _standing(result: Result) -> dict[str, dict[str, float]]:
    """The score, rank and standing of every unit that has a score, by code."""
    scores = result.composite.values[:, 0]
    known = np.flatnonzero(~np.isnan(scores))
    codes = [result.composite.units.codes[at] for at in known.tolist()]
    ordered = np.sort(scores[known])
    below = np.searchsorted(ordered, scores[known]) / max(len(known) - 1, 1)
    columns = {"score": scores[known], "rank": result.ranking.values[known, 0], "standing": below}
    return {name: dict(zip(codes, column.tolist(), strict=True)) for name, column in columns.items()}
