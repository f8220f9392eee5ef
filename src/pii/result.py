"""What was found, with every step that led to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, sealed
from pii.contributions import contributions
from pii.errors import Problem, TableError
from pii.rounding import published
from pii.scheme import Scheme
from pii.scores import Composite, Ranking, Scores, Screening, Treatment, Weights
from pii.spelling import did_you_mean
from pii.stages import rank
from pii.table import Remade, Table
from pii.tree import Group, Indicator, Node

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "Result", "Rule"]

Rule: TypeAlias = Literal["place", "percentile"]
"""How strengths are chosen: so many by place, or all as good as the unit's own k-th largest percentile."""


@dataclass(frozen=True, eq=False)
class Result(Remade):
    """An index computed: its scheme, its table, and the output of every stage under its own name."""

    scheme: Scheme
    measured: Table
    """All units, the scheme's columns in its order."""
    ratios: Table
    """Indicators put per their denominators; all units."""
    screening: Screening
    """Who is ranked; from here on only they are held."""
    completed: Table
    """Gaps filled."""
    treatment: Treatment
    """Outliers and skew tempered."""
    scores: Scores
    """Indicators on one scale."""
    weights: Weights
    """Shares of siblings."""
    composite: Composite
    """Scores of groups."""
    ranking: Ranking
    """Places by those scores."""
    reference: Table | None = None
    """The treated values that fixed the scale, such as a base year's; its own where there are none."""

    @property
    def title(self) -> str:
        """The index's name and edition; synthetic data says so."""
        name = " ".join(filter(None, (self.scheme.index.title(), self.measured.period or self.scheme.edition)))
        return f"SYNTHETIC - {name}" if self.is_synthetic else name

    @property
    def is_synthetic(self) -> bool:
        """Whether the table says that its numbers are invented."""
        return any("synthetic" in said.casefold() for said in (self.measured.title, *self.measured.notes[:1]))

    @cached_property
    def unranked(self) -> MappingProxyType[str, tuple[str, ...]]:
        """Units without a rank, by code, with the reasons."""
        reasons = dict(self.screening.reasons)
        index = self.composite.values[:, 0]
        for at in np.flatnonzero(np.isnan(index)).tolist():
            reasons[self.composite.units.codes[at]] = tuple(self._uncovered(at)) or ("no indicator has a score",)
        return MappingProxyType({code: reasons[code] for code in self.measured.units.codes if code in reasons})

    def _uncovered(self, at: int) -> list[str]:
        """Groups that have too few children to be scored, highest last."""
        said = []
        for group in reversed(self.scheme.groups):
            present = sum(not np.isnan(self._score(child)[at]) for child in group.children)
            limit = self.scheme.coverage_of(group)
            if present / len(group.children) < limit - 1e-12:
                said.append(
                    f"{group.code}: {present} of {len(group.children)} children have a score, {limit:.4g} needed"
                )
        return said

    def _score(self, node: Node) -> Vector:
        return (self.scores if isinstance(node, Indicator) else self.composite).column(node.code)

    @cached_property
    def contributions(self) -> Matrix:
        """What each node brings to each unit's index score: (units, nodes) in the order of ``scheme.nodes``.

        The indicators of a unit add up to its score, and so do the nodes of any level: slopes of the groups above
        multiplied down the tree, times the node's score. A missing node brings 0. Below a group whose method does
        not add up, such as a Copeland score, no part is one node's: it is NaN. So it is for a unit whose own gap in
        a group was filled, below that group.
        """
        return contributions(self.scores, self.composite, self.weights, self.scheme)

    def ranking_within(self, label: str) -> Ranking:
        """Places among the units with the same label, such as the provinces of a region.

        Raises
        ------
        TableError
            The units have no such label.
        """
        return rank(self.composite, self.scheme, within=label)

    def to_frame(self) -> pd.DataFrame:
        """One row a unit in the order of the table: name, labels, rank, scores of all groups, and why not ranked.

        The index holds the units' codes; scores are not rounded. A group called as another column is called
        ``(score)`` as well.
        """
        import pandas as pd

        units = self.measured.units
        index = pd.Index(units.codes, name="unit")
        frame = pd.DataFrame({"name": units.names, **units.labels}, index=index)
        frame["rank"] = self._places().reindex(index)
        scores = self.composite.to_frame().reindex(index)
        scores = scores.rename(columns={code: f"{code} (score)" for code in (*frame.columns, "reason")})
        reasons = pd.DataFrame(
            {"reason": ["; ".join(self.unranked.get(code, ())) for code in units.codes]}, index=index
        )
        return frame.join(scores).join(reasons)

    def _places(self) -> pd.Series[Any]:
        """Places in the index; whole numbers unless ties share the mean of their places."""
        places = self.ranking.to_frame()[self.scheme.index.code]
        return places.astype("Int64") if (places.dropna() % 1 == 0).all() else places

    def to_long(self) -> pd.DataFrame:
        """One row a ranked unit and node, with its value after every stage.

        Columns: unit, name, period, node, parent, level, kind, measured, ratio, completed, treated, score, share,
        effective, contribution, rank, imputed, treatment. What a group has none of is missing.
        """
        import pandas as pd

        nodes, units = self.scheme.nodes, self.composite.units
        n, k = len(units), len(nodes)
        leaf = np.array([isinstance(node, Indicator) for node in nodes])
        column = {code: at for at, code in enumerate(self.completed.columns)}
        at = [column.get(node.code, 0) for node in nodes]

        def of_indicators(values: Matrix) -> Vector:
            return np.where(leaf[:, None], values.T[at], np.nan).ravel()

        ranked = self.screening.eligible
        of_node = dict(
            zip(self.weights.nodes, zip(self.weights.shares, self.weights.effective, strict=True), strict=True)
        )
        share, effective = (
            np.repeat([of_node.get(node.code, (1.0, 1.0))[which] for node in nodes], n) for which in (0, 1)
        )
        gaps = np.isnan(self.ratios.values[ranked]) & ~np.isnan(self.completed.values)
        return pd.DataFrame(
            {
                "unit": np.tile(np.array(units.codes, dtype=object), k),
                "name": np.tile(np.array(units.names, dtype=object), k),
                "period": self.measured.period,
                "node": np.repeat([node.code for node in nodes], n),
                "parent": np.repeat([self.scheme.parents.get(node.code, "") for node in nodes], n),
                "level": np.repeat([self.scheme.levels[node.code] for node in nodes], n),
                "kind": np.repeat(np.where(leaf, "indicator", "group"), n),
                "measured": of_indicators(self.measured.values[ranked][:, : len(self.completed.columns)]),
                "ratio": of_indicators(self.ratios.values[ranked]),
                "completed": of_indicators(self.completed.values),
                "treated": of_indicators(self.treatment.table.values),
                "score": np.array([self._score(node) for node in nodes]).ravel(),
                "share": share,
                "effective": effective,
                "contribution": self.contributions.T.ravel(),
                "rank": self._node_ranks.ravel(),
                "imputed": of_indicators(gaps.astype(np.float64)) == 1,
                "treatment": np.repeat([self.treatment.rules.get(node.code, "") for node in nodes], n),
            }
        )

    @cached_property
    def _node_ranks(self) -> Matrix:
        """Places of units by every node's score, (nodes, units)."""
        return self.scheme.rank(np.array([self._score(node) for node in self.scheme.nodes]))

    def profile(self, unit: str) -> pd.DataFrame:
        """Where a unit stands on every node: score, rank of how many, distance to the mean and to the leader."""
        import pandas as pd

        at = self._position(unit)
        scores = np.array([self._score(node) for node in self.scheme.nodes])
        measured = ~np.isnan(scores)
        count = np.count_nonzero(measured, axis=1)
        leaders = np.where(measured, scores, -np.inf).argmax(axis=1)
        best = scores[np.arange(len(scores)), leaders]
        mean = np.where(measured, scores, 0.0).sum(axis=1) / np.maximum(count, 1)
        return pd.DataFrame(
            {
                "title": [node.title() for node in self.scheme.nodes],
                "level": [self.scheme.levels[node.code] for node in self.scheme.nodes],
                "score": scores[:, at],
                "rank": self._node_ranks[:, at],
                "of": count,
                "mean": np.where(count > 0, mean, np.nan),
                "to_mean": scores[:, at] - mean,
                "leader": [self.composite.units.names[leader] for leader in leaders],
                "to_leader": scores[:, at] - best,
            },
            index=pd.Index([node.code for node in self.scheme.nodes], name="node"),
        )

    def strengths(self, unit: str, k: int = 5, *, rule: Rule = "place") -> pd.DataFrame:
        """The indicators that the unit does best on among all units, the best first; none that was imputed.

        Columns: title, value, unit_of_measure, score, rank, of (units with a score), percentile (the share of the
        others that it passes).

        Parameters
        ----------
        unit
            Its code, or its name in any spelling.
        k
            How many; with ``percentile``, at least how many.
        rule
            ``place``: the first k by place. ``percentile``, the Global Innovation Index's with k = 10: all whose
            percentile is not below the unit's own k-th largest. A second place of 10 is then less than one of 60.
        """
        return self._extremes(unit, k, rule, best=True)

    def weaknesses(self, unit: str, k: int = 5, *, rule: Rule = "place") -> pd.DataFrame:
        """The indicators that the unit does worst on, the worst first; see :meth:`strengths`.

        The percentile is here the share of the others that do not pass the unit; with ``percentile``, all whose
        percentile is not above the unit's own k-th smallest.
        """
        return self._extremes(unit, k, rule, best=False)

    def _extremes(self, unit: str, k: int, rule: Rule, *, best: bool) -> pd.DataFrame:
        import pandas as pd

        if rule not in get_args(Rule):
            raise TableError(f"there is no rule {rule!r}; {did_you_mean(rule, get_args(Rule)) or 'take place'}")
        at = self._position(unit)
        x = self.scores.values.T
        others = np.count_nonzero(~np.isnan(x), axis=1)
        worse, better = (np.count_nonzero(found, axis=1) for found in (x < x[:, [at]], x > x[:, [at]]))
        # Ties count against both: a first place that many share is no strength, but no weakness either.
        passed = worse if best else others - 1 - better
        percentile = np.where(others > 1, passed / np.maximum(others - 1, 1), np.nan)
        unit_at = self.screening.eligible[at]
        # What was imputed or could not be scored is neither a strength nor a weakness of the unit.
        known = ~np.isnan(x[:, at]) & ~np.isnan(self.ratios.values[unit_at])
        place: Vector = (better if best else worse).astype(np.float64)
        ahead = {"place": place, "percentile": -percentile if best else percentile}[rule]
        measured = np.flatnonzero(known & ~np.isnan(ahead))
        # Among equals the one furthest up (or down) the scale is the more telling.
        order = measured[np.lexsort((-x[measured, at] if best else x[measured, at], ahead[measured]))]
        if rule == "percentile":
            k = int(np.count_nonzero(ahead[order] <= ahead[order[:k]].max(initial=-np.inf)))
        order = order[:k]
        indicators = [self.scheme.indicators[i] for i in order]
        return pd.DataFrame(
            {
                "title": [indicator.title() for indicator in indicators],
                "value": self.measured.values[unit_at, order],
                "unit_of_measure": [indicator.unit for indicator in indicators],
                "score": x[order, at],
                "rank": self.scheme.rank(x[order])[:, at],
                "of": others[order],
                "percentile": percentile[order],
            },
            index=pd.Index([indicator.code for indicator in indicators], name="indicator"),
        )

    def explain(self, unit: str) -> Explanation:
        """Where a unit's score comes from, group by group down to the cell.

        Parameters
        ----------
        unit
            Its code, or its name in any spelling.

        Raises
        ------
        TableError
            No ranked unit is called that.
        """
        return Explanation(self, self._position(unit))

    def _position(self, unit: str) -> int:
        """Where a ranked unit stands; an unranked one is refused with its reasons."""
        code = self.measured.units.codes[self.measured.units.locate(unit)]
        if code in self.unranked:
            raise TableError(
                Problem(unit=unit, found="the unit is not ranked", rule="; ".join(self.unranked[code]))
            )
        return self.composite.units.codes.index(code)

    def summary(self, n: int = 10) -> str:
        """The first ranks in a few lines of text."""
        order = self.best_first[:n]
        width = max((len(self.composite.units.names[at]) for at in order), default=0)
        index, places = self.composite.values[:, 0], self.ranking.values[:, 0]
        lines = [
            f"{places[at]:>5g}  {self.composite.units.names[at]:<{width}}  "
            f"{published(float(index[at]), self.scheme.decimals):>8}"
            for at in order
        ]
        more = len(self.composite.units) - len(order)
        tail = [f"       and {more} more"] * (more > 0)
        tail += [f"       not ranked: {', '.join(self._names(self.unranked))}"] * bool(self.unranked)
        return "\n".join([self.title, *lines, *tail])

    def _names(self, codes: Iterable[str]) -> list[str]:
        units = self.measured.units
        return [units.names[units.codes.index(code)] for code in codes]

    @cached_property
    def best_first(self) -> NDArray[np.intp]:
        """Positions of the ranked units from the best down; ties keep the order of the table."""
        index = self.composite.values[:, 0]
        order = np.argsort(-index, kind="stable")
        return sealed(order[: np.count_nonzero(~np.isnan(index))])

    def __repr__(self) -> str:
        ranked = len(self.best_first)
        return f"<Result {self.title}: {ranked} of {len(self.measured.units)} units ranked>"

    def _repr_html_(self) -> str:
        frame = self.to_frame().sort_values("rank", kind="stable")
        shown = frame[
            ["name", "rank", *[c for c in self.composite.columns if self.scheme.levels[c] < SHOWN_LEVELS]]
        ]
        html = shown.to_html(max_rows=20, float_format=lambda x: published(x, self.scheme.decimals), na_rep="n/a")
        return f"<p><strong>{escape(self.title)}</strong></p>{html}"


SHOWN_LEVELS = 3  # the index, sub-indices and pillars; what is below would not fit a screen


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one unit's score comes about; prints as a tree whose parts add up."""

    result: Result
    position: int
    """Where the unit stands among the ranked ones."""

    @property
    def name(self) -> str:
        """The unit."""
        return self.result.composite.units.names[self.position]

    def to_frame(self) -> pd.DataFrame:
        """One row a node, parents first: its score, share and contribution; an indicator's value at every stage.

        The contributions of the indicators sum to the index score, and so do those of any group's children to its
        own; below a group whose method does not add up they are missing.
        """
        long = self.result.to_long()
        mine = long[long["unit"] == self.result.composite.units.codes[self.position]].set_index("node")
        mine.insert(0, "title", [node.title() for node in self.result.scheme.nodes])
        return mine.drop(columns=["unit", "name", "period", "kind"])

    def __str__(self) -> str:
        result, decimals = self.result, self.result.scheme.decimals
        scores = [result.scores, result.composite]
        lines = []
        for node, part in zip(result.scheme.nodes, result.contributions[self.position], strict=True):
            column = scores[isinstance(node, Group)].column(node.code)
            said = published(float(column[self.position]), decimals) or "n/a"
            label = (
                f"{'  ' * result.scheme.levels[node.code]}{node.code} {node.title() if node.name else ''}".rstrip()
            )
            brings = published(float(part), decimals) or "n/a"
            lines.append(f"{label[:70]:<70} {said:>8} {brings:>8}")
        head = f"{self.name}: rank {result.ranking.values[self.position, 0]:g} of {len(result.best_first)}"
        return "\n".join([head, f"{'':<70} {'score':>8} {'brings':>8}", *lines])

    def __repr__(self) -> str:
        return str(self)
