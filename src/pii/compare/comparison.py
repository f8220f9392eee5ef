"""Two editions of an index side by side: ranks, scores, every node, and why each unit moved."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pii.arrays import Vector
from pii.compare.attribution import Attribution, attribute
from pii.compare.comparability import Difference, differences, merged
from pii.compare.hybrids import Hybrids
from pii.compare.merger import MergerEffect, merger_effect
from pii.errors import Problem, TableError
from pii.places.registry import SYSTEMS
from pii.result import Result
from pii.tree import Group, Indicator

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Comparison", "compare"]


def compare(before: Result, after: Result, *, seed: int = 0, samples: int = 1000) -> Comparison:
    """Compare two editions of an index, and split what each unit's score and rank changed by.

    Units are matched by code inside one system. Where the borders of provinces changed in between, the earlier
    edition is computed anew in the new ones first; what that moves is the merger's and no part of the split.

    Parameters
    ----------
    before, after
        The earlier and the later result.
    seed, samples
        Of the orders of indicators that are drawn where a tree is too wide to weigh all: see ``parts``.

    Raises
    ------
    TableError
        The two have no unit in common, or are of systems of units that nothing joins.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a"), Indicator(code="b")]))
    >>> years = [compute(scheme, Table.of({"a": [0.0, a, 10.0], "b": [0.0, 4.0, 10.0]}, units=["x", "y", "z"]))
    ...          for a in (2.0, 6.0)]
    >>> found = compare(*years)
    >>> found.to_frame()[["score_before", "score_after", "score_change"]].values.tolist()
    [[0.0, 0.0, 0.0], [30.0, 50.0, 20.0], [100.0, 100.0, 0.0]]
    >>> found.parts.query("unit == 'y' and score != 0")[["part", "node", "score"]].values.tolist()
    [['own', 'a', 20.0]]
    """
    borders = _new_borders(before, after)
    hybrids = Hybrids(before if borders is None else borders.after, after)
    if not len(hybrids.common):
        raise TableError(
            Problem(
                found="no unit is ranked in both",
                rule="units are matched by their codes",
                remedy="give them the same codes in both editions",
            )
        )
    return Comparison(before, after, hybrids, borders, seed, samples)


def _new_borders(before: Result, after: Result) -> MergerEffect | None:
    """The earlier edition in the borders of the later one, where these are others."""
    old, new = (result.measured.units.system for result in (before, after))
    if old == new:
        return None
    known = {system: system for system in SYSTEMS}
    if old not in known or new not in known:
        raise TableError(
            Problem(
                found=f"the units are of {old or 'no system'} before, and of {new or 'no system'} after",
                rule="codes mean the same units inside one system only",
                remedy="say of which system they are, VN63 or VN34, or harmonise the first table yourself",
            )
        )
    return merger_effect(before, to=known[new])


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two editions compared; what is comparable is said first, in ``differences``.

    A change of rank is the later place less the earlier one: below 0 is a gain.
    """

    before: Result
    after: Result
    hybrids: Hybrids
    """What would be scored had only some of what differs changed."""
    borders: MergerEffect | None = None
    """What the new borders alone did, where there are new ones."""
    seed: int = 0
    samples: int = 1000

    @property
    def start(self) -> Result:
        """What parts start from: the earlier edition, in the borders of the later one."""
        return self.hybrids.before

    @property
    def title(self) -> str:
        """Both editions."""
        return f"{self.before.title} -> {self.after.title}"

    @property
    def is_synthetic(self) -> bool:
        """Whether either edition's numbers are invented."""
        return self.before.is_synthetic or self.after.is_synthetic

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        """What differs besides what units did, and whether scores still compare."""
        borders = [] if self.borders is None else [merged(self.before, self.after)]
        return (*borders, *differences(self.hybrids))

    @property
    def comparable(self) -> bool:
        """Whether a score says the same in both editions; ranks always compare among the units that both have."""
        return not any(difference.breaks for difference in self.differences)

    @cached_property
    def attribution(self) -> Attribution:
        """The parts as arrays.

        Raises
        ------
        MethodError
            Scores of units depend on one another beyond the scale, or one in between is not defined.
        """
        return attribute(self.hybrids, samples=self.samples, seed=self.seed)

    @cached_property
    def _places(self) -> tuple[dict[str, int], dict[str, int]]:
        old, new = (
            {code: at for at, code in enumerate(result.composite.units.codes)}
            for result in (self.start, self.after)
        )
        return old, new

    @cached_property
    def _codes(self) -> list[str]:
        """Units of the later edition in its order, then those that only the earlier one has."""
        new = self.after.composite.units.codes
        return [*new, *(code for code in self.start.composite.units.codes if code not in self._places[1])]

    @cached_property
    def _names(self) -> dict[str, str]:
        units = [self.start.composite.units, self.after.composite.units]
        return {code: name for each in units for code, name in zip(each.codes, each.names, strict=True)}

    def _beside(self, old: Vector, new: Vector) -> tuple[Vector, Vector]:
        """Values of the units of each edition, for all units."""
        found = []
        for places, values in zip(self._places, (old, new), strict=True):
            at = [places.get(code, -1) for code in self._codes]
            found.append(np.append(values, np.nan)[at])
        return found[0], found[1]

    def to_frame(self) -> pd.DataFrame:
        """One row a unit: name, score and rank before, after and their change, and whether it entered or left.

        Columns: name, score_before, score_after, score_change, rank_before, rank_after, rank_change, status.
        """
        import pandas as pd

        frame = pd.DataFrame(index=pd.Index(self._codes, name="unit"))
        frame["name"] = [self._names[code] for code in self._codes]
        grids = {
            "score": (self.start.composite.values[:, 0], self.after.composite.values[:, 0]),
            "rank": (self.start.ranking.values[:, 0], self.after.ranking.values[:, 0]),
        }
        for what, values in grids.items():
            old, new = self._beside(*values)
            frame[f"{what}_before"], frame[f"{what}_after"], frame[f"{what}_change"] = old, new, new - old
        known = [frame["rank_before"].notna(), frame["rank_after"].notna()]
        status = np.where(known[0] & known[1], "", np.where(known[1], "entered", "left"))
        frame["status"] = np.where(~known[0] & ~known[1], "not ranked", status)
        return frame

    def nodes(self) -> pd.DataFrame:
        """One row a node that both have and a unit: its score and rank there before, after, and their change.

        The index is one node, whatever it is called. Columns: unit, name, node, title, level, score_before,
        score_after, score_change, rank_before, rank_after, rank_change.
        """
        import pandas as pd

        pairs = [*self.hybrids.mixer.both(Group), *self.hybrids.mixer.both(Indicator)]
        order = {node.code: at for at, node in enumerate(self.after.scheme.nodes)}
        frames = []
        for _, old, new in sorted(pairs, key=lambda pair: order[pair[2].code]):
            scores = [_column(self.start, old.code), _column(self.after, new.code)]
            ranks = [r.scheme.rank(column) for r, column in zip((self.start, self.after), scores, strict=True)]
            fields: dict[str, Any] = {"unit": self._codes, "name": [self._names[code] for code in self._codes]}
            fields |= {"node": new.code, "title": new.title(), "level": self.after.scheme.levels[new.code]}
            for what, values in (("score", scores), ("rank", ranks)):
                first, second = self._beside(values[0], values[1])
                fields |= {f"{what}_before": first, f"{what}_after": second, f"{what}_change": second - first}
            frames.append(pd.DataFrame(fields))
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def parts(self) -> pd.DataFrame:
        """One row a unit and part: what it brings to the change of score and of rank; each adds up to the whole.

        Columns: unit, name, part, node, score, score_error, rank, rank_error. The part is ``own`` (with the
        indicator as node), ``others``, ``scale``, and where schemes differ ``indicators``, ``weights``,
        ``methods``, or ``scheme`` where these three cannot be told apart. Units that only one edition ranks have no
        rows; one that would have no score at some step in between has NaN. Errors are standard errors of sampled
        parts, 0 where exact.
        """
        import pandas as pd

        found = self.attribution
        steps = [("own", code) for code in found.indicators] + [(step, "") for step in found.steps[1:]]
        columns = [
            np.concatenate([own, coarse[1:]]).T.ravel() for own, coarse in zip(found.own, found.coarse, strict=True)
        ]
        n, k = len(found.units), len(steps)
        return pd.DataFrame(
            {
                "unit": np.repeat(np.array(found.units, dtype=object), k),
                "name": np.repeat(np.array([self._names[code] for code in found.units], dtype=object), k),
                "part": [part for part, _ in steps] * n,
                "node": [node for _, node in steps] * n,
                "score": columns[0],
                "score_error": columns[2],
                "rank": columns[1],
                "rank_error": columns[3],
            }
        )

    def own(self, unit: str) -> pd.DataFrame:
        """What the unit's own data bring, node by node of the later tree: a group brings what is below it.

        Index: the nodes; columns: title, level, score, rank.
        """
        import pandas as pd

        found, at = self.attribution, self._position(unit)
        row = {code: position for position, code in enumerate(found.indicators)}
        below: list[list[int]] = []
        for node in self.after.scheme.nodes:
            leaves = node.indicators() if isinstance(node, Group) else (node,)
            below.append([row[leaf.code] for leaf in leaves if leaf.code in row])
        nodes = self.after.scheme.nodes
        return pd.DataFrame(
            {
                "title": [node.title() for node in nodes],
                "level": [self.after.scheme.levels[node.code] for node in nodes],
                "score": [found.own.score[rows, at].sum() for rows in below],
                "rank": [found.own.rank[rows, at].sum() for rows in below],
            },
            index=pd.Index([node.code for node in nodes], name="node"),
        )

    def waterfall(self, unit: str) -> pd.DataFrame:
        """From before to after in steps: what each brings, and where the unit then stands.

        Rows: ``before``; the unit's own data, one row a child of the index (``own``, with the node); the other
        parts; ``after``. Columns: part, node, title, score, score_reached, rank, rank_reached.
        """
        import pandas as pd

        found, at = self.attribution, self._position(unit)
        own = self.own(unit)
        rows: list[tuple[str, str, str, float, float]] = []
        for child in self.after.scheme.index.children:
            row = own.index.get_loc(child.code)
            score, rank = own[["score", "rank"]].to_numpy()[row].tolist()
            rows.append(("own", child.code, child.title(), score, rank))
        for step, score, rank in zip(found.steps, found.coarse.score[:, at], found.coarse.rank[:, at], strict=True):
            if step != "own":
                rows.append((step, "", "", float(score), float(rank)))
        code = found.units[at]
        ends = [
            (float(result.composite.values[place[code], 0]), float(result.ranking.values[place[code], 0]))
            for result, place in zip((self.start, self.after), self._places, strict=True)
        ]
        reached = np.cumsum([ends[0], *(row[3:] for row in rows)], axis=0)
        nan = float("nan")
        table = [("before", "", self.start.title, nan, ends[0][0], nan, ends[0][1])]
        table += [
            (part, node, title, score, to[0], rank, to[1])
            for (part, node, title, score, rank), to in zip(rows, reached[1:].tolist(), strict=True)
        ]
        table.append(("after", "", self.after.title, nan, ends[1][0], nan, ends[1][1]))
        columns = ["part", "node", "title", "score", "score_reached", "rank", "rank_reached"]
        return pd.DataFrame(table, columns=columns)

    @property
    def merger(self) -> pd.DataFrame | None:
        """Where each old unit stood, and where the one that it became part of would have; None in the same borders.

        One row an old unit; see ``MergerEffect.ranks``.
        """
        return None if self.borders is None else self.borders.ranks()

    def code(self, unit: str) -> str:
        """The code of a unit, by its code or its name; what the later edition calls it goes first."""
        known = self.after.measured.units
        try:
            return known.codes[known.locate(unit)]
        except TableError:
            if self.hybrids.units.codes == known.codes:
                raise
        return self.hybrids.units.codes[self.hybrids.units.locate(unit)]

    def name(self, unit: str) -> str:
        """What people call a unit."""
        code = self.code(unit)
        return self._names.get(code, code)

    def _position(self, unit: str) -> int:
        """Where a unit stands among those that have parts.

        Raises
        ------
        TableError
            No unit is called that, or only one edition ranks it.
        """
        code = self.code(unit)
        if code not in self.attribution.units:
            raise TableError(
                Problem(
                    unit=self.name(unit),
                    found="only one edition ranks it",
                    rule="a change is between two places",
                    remedy="name a unit that both rank",
                )
            )
        return self.attribution.units.index(code)

    def __repr__(self) -> str:
        said = "scores compare" if self.comparable else "scores do not plainly compare"
        return f"<Comparison {self.title}: {len(self.hybrids.common)} units in both, {said}>"


def _column(result: Result, code: str) -> Vector:
    grid = result.composite if code in result.composite.columns else result.scores
    return grid.column(code)
