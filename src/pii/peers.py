"""The units most like a unit, and where it stands among them: places, gaps to their mean and to the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, frozen
from pii.errors import Problem, TableError
from pii.numerics.nearest import distances
from pii.result import Result
from pii.spelling import did_you_mean
from pii.table import Remade, Table
from pii.tree import Indicator

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["By", "Peers", "peers"]

By: TypeAlias = str | Sequence[str] | Table
"""What units are alike in: ``scores``, else columns of the measured table, or the columns of another table."""

_TIED = 1 + 1e-9  # distances closer than decimals are stored are equal


def peers(result: Result, unit: str, *, by: By = "scores", within: str | None = None, n: int | None = 5) -> Peers:
    r"""The ranked units most like one of them, never the unit itself.

    By ``scores``, two units are as far apart as their scores on the indicators, in points:

    .. math::
        d_{ij} = \sqrt{\frac{1}{|C_{ij}|} \sum_{k \in C_{ij}} (s_{ki} - s_{kj})^2}

    over the indicators :math:`C_{ij}` that both have a score on; each counts once, whatever its weight. By columns,
    such as income per person, it is the same distance of values in standard deviations of the ranked units, those
    of the columns that both were measured on; no logarithm is taken. Units as near as the n-th are peers too, so
    that the order of units decides nothing.

    Parameters
    ----------
    result
        What was computed.
    unit
        Its code, or its name in any spelling.
    by
        ``scores``; the codes of one or more columns of ``result.measured``, which holds what the scheme reads; or a
        table of the same units by code, such as columns of the whole one that was read.
    within
        A label of the units, such as ``region``: only units of the same group are peers.
    n
        How many of the nearest; all where None. Units that have nothing in common with the unit to be measured by
        are then peers too, at no distance.

    Raises
    ------
    TableError
        No ranked unit is called that; there is no such label or column; the unit has no label, nothing to be
        measured by, or nobody to be held against.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")]))
    >>> table = Table.of({"a": [0, 4, 9, 10], "b": [0, 5, 8, 10]}, units=list("wxyz"))
    >>> found = peers(compute(scheme, table), "x", n=2)
    >>> found.to_frame()["distance"].round(2).to_dict()
    {'y': 41.23, 'w': 45.28}
    """
    at = result.explain(unit).position
    if n is not None and n < 1:
        raise TableError(
            Problem(found=f"{n} peers are asked for", rule="there is at least one", remedy="or say None")
        )
    candidates = ~np.isnan(result.composite.values[:, 0])
    candidates[at] = False
    if within is not None:
        candidates &= _alike(result, at, within)
    apart = _from_scores(result, at) if by == "scores" else _from_columns(result, at, by)
    apart[~candidates] = np.inf
    known = np.sort(apart[np.isfinite(apart)])
    if not known.size:
        raise TableError(
            Problem(
                unit=result.composite.units.names[at],
                found="the unit has no peer",
                rule=f"a peer is another ranked unit{f' of the same {within}' if within else ''} "
                "that has something in common with it to be measured by",
            )
        )
    limit = np.inf if n is None else known[min(n, known.size) - 1] * _TIED
    near = np.flatnonzero(candidates & (apart <= limit))
    codes = result.composite.units.codes
    order = sorted(near.tolist(), key=lambda peer: (apart[peer], codes[peer]))
    return Peers(result, at, np.array(order, dtype=np.intp), apart[order])


@dataclass(frozen=True, eq=False)
class Peers(Remade):
    """A unit and the units that it is held against."""

    result: Result
    position: int
    """Where the unit stands among the ranked ones."""
    positions: NDArray[np.intp]
    """Where its peers stand there, the nearest first; those at the same distance by code."""
    distances: Vector
    """How far each is from the unit; infinite where nothing is common to both."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "distances", frozen(self.distances))
        self.positions.flags.writeable = False

    @cached_property
    def name(self) -> str:
        """The unit."""
        return self.result.composite.units.names[self.position]

    def to_frame(self) -> pd.DataFrame:
        """One row a peer, the nearest first: name, labels, distance, score and rank in the index.

        The distance is in points of score, or in standard deviations where columns were given.
        """
        import pandas as pd

        units = self.result.composite.units.take(self.positions)
        frame = pd.DataFrame({"name": units.names, **units.labels}, index=pd.Index(units.codes, name="unit"))
        frame["distance"] = np.where(np.isfinite(self.distances), self.distances, np.nan)
        frame["score"] = self.result.composite.values[self.positions, 0]
        frame["rank"] = self.result.ranking.values[self.positions, 0]
        return frame

    def nodes(self) -> pd.DataFrame:
        """One row a node: the unit's place among its peers, and the gaps to their mean and to the best of them.

        Columns: title, level, score, rank (among the peers and the unit, by the scheme's rule for ties), of (how
        many have a score), mean and best (of the peers alone), leaders (names, all that share the best score),
        to_mean and to_best (the unit's score less theirs; above 0 where it leads).
        """
        import pandas as pd

        result, nodes = self.result, self.result.scheme.nodes
        grids = [result.scores if isinstance(node, Indicator) else result.composite for node in nodes]
        scores = np.array([grid.column(node.code) for grid, node in zip(grids, nodes, strict=True)])
        own, theirs = scores[:, self.position], scores[:, self.positions]
        both = np.column_stack([own, theirs])
        known = ~np.isnan(theirs)
        count = np.count_nonzero(known, axis=1)
        with np.errstate(invalid="ignore"):
            mean = np.where(known, theirs, 0.0).sum(axis=1) / np.where(count > 0, count, np.nan)
        best = np.fmax.reduce(theirs, axis=1)
        return pd.DataFrame(
            {
                "title": [node.title() for node in nodes],
                "level": [result.scheme.levels[node.code] for node in nodes],
                "score": own,
                "rank": result.scheme.rank(both)[:, 0],
                "of": np.count_nonzero(~np.isnan(both), axis=1),
                "mean": mean,
                "best": best,
                "leaders": self._named(theirs == best[:, None]),
                "to_mean": own - mean,
                "to_best": own - best,
            },
            index=pd.Index([node.code for node in nodes], name="node"),
        )

    def best_in_class(self) -> pd.DataFrame:
        """One row an indicator: the best of the peers that were measured on it, and the gap to it.

        Columns: title, leaders (names, all that share the best score), score, best_score, score_gap, value,
        best_value, value_gap, unit_of_measure. A gap is the unit's less the best. Values are per their denominators
        and before treatment: where more is better the gap in values has the sign of that in scores, and the
        opposite where less is. An imputed value leads nobody and has no gap in values. Where leaders with one score
        have different values, as treatment or a goalpost brings about, the best of these counts.
        """
        import pandas as pd

        result, indicators = self.result, self.result.scheme.indicators
        scores, values = result.scores.values.T, result.ratios.values[result.screening.eligible].T
        direction = np.array([[float(indicator.direction)] for indicator in indicators])
        theirs = values[:, self.positions]
        measured = np.where(np.isnan(theirs), np.nan, scores[:, self.positions])
        best = np.fmax.reduce(measured, axis=1)
        leads = measured == best[:, None]
        best_value = np.fmax.reduce(np.where(leads, theirs * direction, np.nan), axis=1) * direction[:, 0]
        own_score, own_value = scores[:, self.position], values[:, self.position]
        return pd.DataFrame(
            {
                "title": [indicator.title() for indicator in indicators],
                "leaders": self._named(leads),
                "score": own_score,
                "best_score": best,
                "score_gap": own_score - best,
                "value": own_value,
                "best_value": best_value,
                "value_gap": own_value - best_value,
                "unit_of_measure": [indicator.unit for indicator in indicators],
            },
            index=pd.Index([indicator.code for indicator in indicators], name="indicator"),
        )

    def _named(self, chosen: NDArray[np.bool_]) -> list[str]:
        """The names of the peers chosen in every row, in the order of their codes."""
        units = self.result.composite.units
        by_code = sorted(range(len(self.positions)), key=lambda at: units.codes[self.positions[at]])
        return [", ".join(units.names[self.positions[at]] for at in by_code if row[at]) for row in chosen]

    def __repr__(self) -> str:
        names = [self.result.composite.units.names[at] for at in self.positions]
        return f"<Peers of {self.name}: {', '.join(names)}>"


def _alike(result: Result, at: int, label: str) -> NDArray[np.bool_]:
    """Who has the unit's group of a label."""
    units = result.composite.units
    if label not in units.labels:
        hint = did_you_mean(label, units.labels)
        raise TableError(Problem(found=f"the units have no label {label!r}", remedy=hint or "they have none"))
    column = units.labels[label]
    if not column[at]:
        raise TableError(
            Problem(
                unit=units.names[at],
                found=f"the unit has no {label}",
                rule="peers within a label share its group",
                remedy="fill it in the table, or ask for peers among all units",
            )
        )
    return np.array([group == column[at] for group in column], dtype=np.bool_)


def _from_scores(result: Result, at: int) -> Vector:
    x = result.scores.values.T
    squares: Matrix = (x - x[:, [at]]) ** 2
    common = ~np.isnan(squares)
    count = np.count_nonzero(common, axis=0)
    total = np.where(common, squares, 0.0).sum(axis=0)
    return np.where(count > 0, np.sqrt(total / np.maximum(count, 1)), np.inf)


def _from_columns(result: Result, at: int, by: By) -> Vector:
    """Distances in standard deviations of the ranked units."""
    units = result.composite.units
    if isinstance(by, str) and by in units.labels:
        raise TableError(
            Problem(
                indicator=by,
                found="it is a label",
                rule="a distance is of numbers",
                remedy=f"say within={by!r} for the units of the same {by}",
            )
        )
    chosen = (by,) if isinstance(by, str) else by
    table = chosen if isinstance(chosen, Table) else result.measured.select(chosen)
    if not table.columns:
        raise TableError(Problem(found="no column is named", rule="units are measured by one at least"))
    row = {code: position for position, code in enumerate(table.units.codes)}
    if absent := [code for code in units.codes if code not in row]:
        raise TableError(
            Problem(unit=code, found="the table has no such unit", rule="it has every ranked unit, by code")
            for code in absent
        )
    x = table.values[[row[code] for code in units.codes]].T
    ranked = ~np.isnan(result.composite.values[:, 0])
    apart: Vector = distances(np.where(ranked, x, np.nan), [at])[0]
    return apart
