"""What each indicator would bring a unit by itself: a unit of measure, up to the next kink, the mean, the best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pii.arrays import Matrix, Vector
from pii.compute import compute
from pii.errors import Problem, TableError
from pii.improve.levers import levers
from pii.improve.lines import common_exponent, lines
from pii.improve.paths import Path, paths, scores_at
from pii.numerics.power_means import powered, unpowered
from pii.result import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["marginal_gains"]

_POINTS = ("kink", "mean", "best")


def marginal_gains(
    result: Result, unit: str, *, bounds: Mapping[str, tuple[float, float]] | None = None
) -> pd.DataFrame:
    """What a unit gains in the index by moving one indicator and no other; by indicator, as the scheme has them.

    Columns: title, unit_of_measure, value (as reported), per_unit (score of the index a unit of measure up to the
    next kink); then kink (from where on it brings more or less), mean (of all units) and best (of the unit that
    scores best, or the bound), what the index gains there (gain_to_kink ...) and the rank that the unit then has
    (rank_at_kink ...). The others stay; the scale moves as it does in ``compute``. Where the unit has passed the
    mean, its columns are missing; where it cannot move, all are, and held says why.

    Parameters
    ----------
    result
        The index as it stands.
    unit
        Who moves, by code or name.
    bounds
        How far values may go, as for ``improve``.

    Raises
    ------
    TableError
        No ranked unit is called that.

    Examples
    --------
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")]))
    >>> table = Table.of({"a": [0.0, 40.0, 100.0], "b": [100.0, 50.0, 0.0]}, units=["x", "y", "z"])
    >>> marginal_gains(compute(scheme, table), "y")[["per_unit", "best", "gain_to_best", "rank_at_best"]]
               per_unit   best  gain_to_best  rank_at_best
    indicator
    a               0.5  100.0          30.0           1.0
    b               0.5  100.0          25.0           1.0
    """
    import pandas as pd

    code = result.measured.units.codes[result.measured.units.locate(unit)]
    if code in result.unranked:
        raise TableError(Problem(unit=unit, found="the unit is not ranked", rule="; ".join(result.unranked[code])))
    movable = levers(result, code, bounds=bounds)
    found = {path.lever.row: path for path in paths(result, code, movable.moving)}
    points = {row: _points(result, path) for row, path in found.items()}
    asked = {row: np.where(np.isnan(some), found[row].values[0], some) for row, some in points.items()}
    scores = scores_at(result, code, asked)
    at = result.measured.units.codes.index(code)
    rows = []
    for row, indicator in enumerate(result.scheme.indicators):
        record: dict[str, object] = {
            "title": indicator.title(),
            "unit_of_measure": indicator.unit,
            "value": float(result.measured.values[at, row]),
        }
        if row in found:
            record |= _gains(result, code, found[row], points[row], scores[row])
            record["held"] = ""
        else:
            record["held"] = movable.held.get(indicator.code, "moving it moves no score")
        rows.append(record)
    columns = ["title", "unit_of_measure", "value", "per_unit", *_POINTS]
    columns += [f"gain_to_{point}" for point in _POINTS] + [f"rank_at_{point}" for point in _POINTS] + ["held"]
    index = pd.Index([indicator.code for indicator in result.scheme.indicators], name="indicator")
    return pd.DataFrame(rows, index=index, columns=columns)


def _points(result: Result, path: Path) -> Vector:
    """The next kink, the mean of all units and the best value, as reported; NaN for a mean that is passed."""
    ratios = result.ratios.values[result.screening.eligible][:, path.lever.row]
    mean = float(np.nanmean(ratios)) / path.lever.factor
    ahead = 0 < (mean - path.values[0]) * path.side <= (path.values[-1] - path.values[0]) * path.side
    mark = mean if ahead and path.lever.listed is None else np.nan
    return np.array([path.values[1], mark, path.values[-1]])


def _gains(result: Result, unit: str, path: Path, points: Vector, scores: Matrix) -> dict[str, object]:
    own = result.composite.units.codes.index(unit)
    index = [_index(result, unit, path, value, some) for value, some in zip(points, scores, strict=True)]
    gains = [float(one[own] - result.composite.values[own, 0]) for one in index]
    ranks = [float(result.scheme.rank(one[None])[0, own]) for one in index]
    known = ~np.isnan(points)
    record: dict[str, object] = {"per_unit": gains[0] / abs(points[0] - path.values[0])}
    for at, point in enumerate(_POINTS):
        record[point] = float(points[at])
        record[f"gain_to_{point}"] = gains[at] if known[at] else np.nan
        record[f"rank_at_{point}"] = ranks[at] if known[at] else np.nan
    return record


def _index(result: Result, unit: str, path: Path, value: float, scores: Vector) -> Vector:
    """Index scores of all units with one indicator of a unit elsewhere."""
    row = path.lever.row
    if (
        common_exponent(result.scheme) is not None
        and (tangent := lines(result, (result.scheme.index,))) is not None
    ):
        change = tangent.slopes[0, row] * (powered(scores[None], tangent.exponent)[0] - tangent.scores[row])
        moved = tangent.groups[0] + np.where(np.isnan(change), 0.0, change)
        return unpowered(moved, tangent.exponent)
    measured = np.array(result.measured.values)
    if not np.isnan(value):
        measured[result.measured.units.codes.index(unit), row] = value
    table = result.measured.holding(measured)
    index: Vector = compute(result.scheme, table, reference=result.reference).composite.values[:, 0]
    return index
