"""What of a result rests on cells that are not final, and how ranks move without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, frozen
from pii.choices.choice import Edit
from pii.compute import compute
from pii.errors import MethodError, Problem, TableError
from pii.markup import grid, heading, small
from pii.provenance import Status, statuses
from pii.result import Result
from pii.robustness.editing import edited
from pii.rounding import published
from pii.scheme import Scheme
from pii.stages import NOBODY
from pii.table import Remade
from pii.tree import Indicator, Node

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Evidence", "rests_on"]

_NOTHING_LEFT = "no value of it is left"
_SHOWN = 10  # units that a notebook shows


def rests_on(result: Result, status: Status | Sequence[Status] = "provisional") -> Evidence:
    r"""Which cells of a status a result uses, what share of each score rests on them, and the result without them.

    The share of unit :math:`i` is the sum over the indicators :math:`J_i` that rest on such a cell, of their
    weights in its index:

    .. math::
        r_i = \sum_{j \in J_i} \prod_{g \ni j} \frac{w_g}{\sum_{h \in C_i(g)} w_h}

    with the product over the indicator and the groups above it but the index, and :math:`C_i(g)` those siblings of
    :math:`g`, itself among them, that the unit has a score on. An indicator rests on its own cell, and on that of
    its denominator. For methods that are no weighted mean the weights are nominal. What the scheme filled in, or
    scaled, by the help of such cells of other units is not counted in the share.

    Without them, all such cells are not measured, and the index is computed again: screening, imputation and scale
    are those of the scheme, the scale that of other values where these fixed it. An indicator of which nothing is
    left, or too little for its methods, is left out of the tree; what is left of its group then shares its weight.

    Parameters
    ----------
    result
        What was computed, from a table whose provenance is known.
    status
        One or several of ``final``, ``provisional``, ``estimated``, ``imputed``.

    Raises
    ------
    TableError
        There is no such status, or without these cells no indicator or no unit is left.
    SchemeError
        A method of the scheme does not go without an indicator that is left out.
    MethodError
        A method has no answer without them, for another reason than an indicator of theirs.

    Examples
    --------
    >>> from pii.provenance import Origin, Provenance
    >>> from pii.table import Table
    >>> from pii.tree import Group
    >>> index = Group(code="demo", children=[{"code": "a", "weight": 3}, {"code": "b"}])
    >>> scheme = Scheme(code="demo", index=index, screen={"measured": 0.5})
    >>> table = Table.of({"a": [0, 9, 10, 5], "b": [0, 10, 4, 5]}, units=list("wxyz"))
    >>> found = rests_on(compute(scheme, table.noting(Provenance.of({("x", "b"): Origin("provisional")}))))
    >>> found.to_frame().loc["x", ["share", "rank", "rank_without", "shift"]].tolist()
    [0.25, 1.0, 2.0, 1.0]
    """
    asked = statuses(status)
    measured, scheme = result.measured, result.scheme
    cells = measured.noted.marked(measured.units.codes, measured.columns, asked)
    at = {code: position for position, code in enumerate(measured.columns)}
    n = len(scheme.indicators)
    per = [at[indicator.denominator or indicator.code] for indicator in scheme.indicators]
    used = (cells[:, :n] | cells[:, per]) & ~np.isnan(measured.values[:, :n])
    shares = np.where(used[result.screening.eligible], _weights(result), 0.0).sum(axis=1)
    shares[np.isnan(result.composite.values[:, 0])] = np.nan
    if not used.any():
        return Evidence(result, asked, cells, shares, result, {})
    values = np.where(cells, np.nan, measured.values)
    values[:, :n][used] = np.nan
    without, left_out = _without(
        result, values, [scheme.indicators[row].code for row in np.flatnonzero(used.any(0))]
    )
    return Evidence(result, asked, cells, shares, without, left_out)


def _weights(result: Result) -> Matrix:
    """What each indicator counts in the index of each ranked unit, (units, indicators); 0 where it has no score."""
    scheme = result.scheme
    found: dict[str, Vector] = {scheme.index.code: np.ones(len(result.composite.units))}
    for group in scheme.groups:
        codes = [child.code for child in group.children]
        there = np.array([~np.isnan(_score(result, child)) for child in group.children])
        own = result.weights.of(codes)[:, None] * there
        total = own.sum(axis=0)
        within = np.divide(own, total, out=np.zeros_like(own), where=total > 0)
        found |= {code: found[group.code] * part for code, part in zip(codes, within, strict=True)}
    return np.array([found[indicator.code] for indicator in scheme.indicators]).T


def _score(result: Result, node: Node) -> Vector:
    return (result.scores if isinstance(node, Indicator) else result.composite).column(node.code)


def _without(result: Result, values: Matrix, touched: Sequence[str]) -> tuple[Result, dict[str, str]]:
    """The result of other values, and the indicators that had to be left out for it, with the reason."""
    table = result.measured.holding(values)
    column = {code: values[:, at] for at, code in enumerate(table.columns)}
    left_out = {code: _NOTHING_LEFT for code in touched if np.isnan(column[code]).all()}
    while True:
        if len(left_out) == len(result.scheme.indicators):
            raise _nothing("no indicator has a value that could be scored")
        try:
            return compute(_pruned(result.scheme, left_out), table, reference=result.reference), left_out
        except MethodError as error:
            own = {problem.indicator: problem.found for problem in error.problems if problem.indicator in touched}
            if not own.keys() - left_out.keys():
                raise
            left_out |= own
        except TableError as error:  # of a table that was computed from before, screening alone refuses
            raise _nothing(NOBODY) from error


def _nothing(found: str) -> TableError:
    rule = "ranks without some cells are of what is left"
    return TableError(Problem(found=f"without these cells {found}", rule=rule, remedy="ask for another status"))


def _pruned(scheme: Scheme, left_out: Mapping[str, str]) -> Scheme:
    """The scheme without some indicators; units that have nothing left are no mistake in it."""
    rest = edited(scheme, [Edit(dropped=code) for code in left_out])
    there = {group.code for group in rest.groups}
    within = (
        rule.replace(groups=groups)
        for rule in scheme.screen.within
        if (groups := tuple(code for code in rule.groups if code in there))
    )
    return rest.replace(screen=scheme.screen.replace(empty="exclude", within=tuple(within)))


@dataclass(frozen=True, eq=False)
class Evidence(Remade):
    """A result, the cells of some statuses that it rests on, and the result without them."""

    result: Result
    status: tuple[Status, ...]
    """Which statuses are looked at."""
    cells: NDArray[np.bool_]
    """Which cells of ``result.measured`` have one of them, (units, columns)."""
    shares: Vector
    """The share of each ranked unit's score that rests on them, in the order of ``result.composite.units``."""
    without: Result
    """The same index with those cells not measured; the result itself where there are none."""
    left_out: Mapping[str, str]
    """Indicators that are not in it, as too little is left of them, with the reason."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "shares", frozen(self.shares))
        object.__setattr__(self, "left_out", MappingProxyType(dict(self.left_out)))
        self.cells.flags.writeable = False

    @cached_property
    def unranked(self) -> Mapping[str, tuple[str, ...]]:
        """Units that have a rank only with those cells, by code, with the reasons."""
        lost = (code for code in self.without.unranked if code not in self.result.unranked)
        return MappingProxyType({code: self.without.unranked[code] for code in lost})

    def to_frame(self) -> pd.DataFrame:
        """One row a unit ranked with or without the cells: those that most rests on first, then by rank.

        The index holds the units' codes. Columns: name, labels, cells (how many of the unit's cells have the
        status), share, score, score_without, rank, rank_without, shift (ranks lost without them; up is < 0), reason
        (why the unit has no rank without them).
        """
        import pandas as pd

        units = self.result.measured.units
        frame = pd.DataFrame({"name": units.names, **units.labels}, index=pd.Index(units.codes, name="unit"))
        frame["cells"] = self.cells.sum(axis=1)
        ranked = list(self.result.composite.units.codes)
        frame["share"] = pd.Series(self.shares, index=ranked).reindex(frame.index)
        sides = (("", self.result), ("_without", self.without))
        for what in ("composite", "ranking"):
            for ending, side in sides:
                values = pd.Series(getattr(side, what).values[:, 0], index=list(side.composite.units.codes))
                frame[f"{'score' if what == 'composite' else 'rank'}{ending}"] = values.reindex(frame.index)
        frame["shift"] = frame["rank_without"] - frame["rank"]
        frame["reason"] = ["; ".join(self.unranked.get(code, ())) for code in units.codes]
        frame = frame[frame["rank"].notna() | frame["rank_without"].notna()]
        return frame.sort_values(["share", "rank"], ascending=[False, True], kind="stable")

    def columns(self) -> pd.DataFrame:
        """One row a column of the table and status that occurs there: title, status, cells, measured, left_out.

        The index holds the columns' codes; ``measured`` counts all cells of the column that have a value, and
        ``left_out`` says why the indicator is not in the result without them.
        """
        import pandas as pd

        known, measured = self.result.measured.noted, self.result.measured
        titles = {column.code: dict(column.name).get("en", "") for column in self.result.scheme.denominators}
        titles |= {node.code: node.title() for node in self.result.scheme.nodes}
        rows: list[dict[str, object]] = []
        for at, code in enumerate(measured.columns):
            for status in self.status:
                n = int(known.marked(measured.units.codes, (code,), (status,)).sum())
                if n:
                    there = int(np.count_nonzero(~np.isnan(measured.values[:, at])))
                    said = {"column": code, "title": titles.get(code, ""), "status": status, "cells": n}
                    rows.append(said | {"measured": there, "left_out": self.left_out.get(code, "")})
        heads = ["column", "title", "status", "cells", "measured", "left_out"]
        return pd.DataFrame(rows, columns=heads).set_index("column")

    def __repr__(self) -> str:
        moved = self.to_frame()
        shifted = int((moved["shift"] != 0).sum() - moved["shift"].isna().sum())
        said = f"{int(self.cells.sum())} {' or '.join(self.status)} cells, {shifted} ranks move without them"
        return f"<Evidence of {self.result.title}: {said}>"

    def _repr_html_(self) -> str:
        frame, decimals = self.to_frame(), self.result.scheme.decimals
        heads = ["unit", "name", "share", "score", "without", "rank", "without", "shift"]
        rows = (
            [
                str(code),
                row["name"],
                f"{published(100 * row['share'], 1)}%",
                *(published(row[column], decimals) or "n/a" for column in ("score", "score_without")),
                *("n/a" if np.isnan(row[column]) else f"{row[column]:g}" for column in ("rank", "rank_without")),
                "n/a" if np.isnan(row["shift"]) else f"{row['shift']:+g}",
            ]
            for code, row in frame.head(_SHOWN).iterrows()
        )
        notes = [f"{len(frame) - _SHOWN} more units"] * (len(frame) > _SHOWN)
        notes += [f"left out: {code}: {why}" for code, why in self.left_out.items()]
        return heading(repr(self)[1:-1]) + grid(heads, rows, left=2) + "".join(map(small, notes))
