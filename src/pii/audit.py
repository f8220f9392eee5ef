"""The statistical audit of a result: what its data, structure and weights are worth, and what to look at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from pii import chapters
from pii.arrays import Matrix, Vector, skewness_and_kurtosis
from pii.findings import (
    Concern,
    Finding,
    about_compensability,
    about_correlation,
    about_coverage,
    about_data,
    about_dimensions,
    about_loadings,
    about_reliability,
    about_shifts,
    about_size,
    about_weights,
    concerns,
    gathered,
)
from pii.markup import folded, grid, heading
from pii.numerics.chance import false_discovery, holm
from pii.numerics.correlation import Correlations, kendall, pearson, spearman
from pii.numerics.influence import influence
from pii.result import Result
from pii.scores import Composite, Scores
from pii.thresholds import FAR, RULES
from pii.tree import Group, Node

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Audit", "audit"]

Measure = Literal["pearson", "spearman", "kendall"]
Correction = Literal["holm", "fdr"]

_MEASURES = {"pearson": pearson, "spearman": spearman, "kendall": kendall}
_CORRECTIONS = {"holm": holm, "fdr": false_discovery}


def audit(result: Result, *, measure: Measure = "pearson", correction: Correction = "holm", seed: int = 0) -> Audit:
    """Audit a result as the JRC does: data, coherence, weights, redundancy, compensability, frontier.

    Parameters
    ----------
    result
        What was computed.
    measure
        The correlation that findings are of; gaps are left out pair by pair.
    correction
        Of p-values, for their number: ``holm`` keeps one false alarm among all rare, ``fdr`` (Benjamini and
        Hochberg) the share of false alarms among all alarms.
    seed
        Of the random tables that parallel analysis compares with.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> pair = (Indicator(code="a"), Indicator(code="b"))
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=pair))
    >>> table = Table.of({"a": [1.0, 2.0, 3.0, 4.0, 5.0], "b": [5.0, 3.0, 4.0, 2.0, 1.0]}, units=list("vwxyz"))
    >>> [(finding.severity, finding.topic, finding.place) for finding in audit(compute(scheme, table)).findings][0]
    ('serious', 'correlation', 'a, b')
    """
    return Audit(result, measure, correction, seed)


@dataclass(frozen=True, eq=False)
class Audit:
    """A result seen by an auditor: tidy frames, one a chapter, and what they show that should be looked at."""

    result: Result
    measure: Measure = "pearson"
    correction: Correction = "holm"
    seed: int = 0

    @cached_property
    def _nodes(self) -> Matrix:
        """Scores of every node, (nodes, units), in the order of the scheme."""
        grids = {**_columns(self.result.scores), **_columns(self.result.composite)}
        return np.array([grids[node.code] for node in self.result.scheme.nodes])

    @cached_property
    def _at(self) -> dict[str, int]:
        return {node.code: at for at, node in enumerate(self.result.scheme.nodes)}

    def _of(self, nodes: Sequence[Node]) -> Matrix:
        return self._nodes[[self._at[node.code] for node in nodes]]

    @cached_property
    def _correlations(self) -> Correlations:
        return _MEASURES[self.measure](self._nodes)

    @cached_property
    def pillars(self) -> tuple[Node, ...]:
        """The nodes that the index is read by: those of the highest level with three and more."""
        return chapters.pillars(self.result.scheme)

    @cached_property
    def statistics(self) -> pd.DataFrame:
        """One row an indicator: what was measured, its spread, its shape before and after treatment.

        Of the values per their denominators, of the ranked units. Columns: those of
        ``pii.chapters.statistics``, imputed (share of the units), skewness_treated, kurtosis_treated.
        """
        x = self.result.ratios.values[self.result.screening.eligible].T
        frame = chapters.statistics(x, self.result.scores.columns)
        frame["imputed"] = (np.isnan(x) & ~np.isnan(self.result.completed.values.T)).mean(axis=1)
        treated = skewness_and_kurtosis(self.result.treatment.table.values.T)
        frame["skewness_treated"], frame["kurtosis_treated"] = treated
        return frame

    @cached_property
    def coverage(self) -> pd.DataFrame:
        """The share of each group's indicators measured, one row a unit of the table, one column a group."""
        import pandas as pd

        present = ~np.isnan(self.result.ratios.values)
        column = {code: at for at, code in enumerate(self.result.scores.columns)}
        shares = {
            group.code: present[:, [column[i.code] for i in group.indicators()]].mean(axis=1)
            for group in self.result.scheme.groups
        }
        return pd.DataFrame(shares, index=pd.Index(self.result.ratios.units.codes, name="unit"))

    @cached_property
    def size(self) -> pd.DataFrame:
        """How far each indicator, as measured, follows each column that it could be put per, over all units.

        Columns: indicator, denominator, coefficient (Pearson's), units, denominated.
        """
        return chapters.size(self.result.measured, self.result.scheme)

    @cached_property
    def correlations(self) -> pd.DataFrame:
        """One row a pair of nodes, which stands once.

        Columns: first, second, relation, coefficient, p_value, p_corrected, units. The relation is ``siblings``,
        ``parent`` (or a group further up), or empty; p-values are corrected among the pairs of one relation.
        """
        return chapters.correlations(self._correlations, self.result.scheme, _CORRECTIONS[self.correction])

    @cached_property
    def loadings(self) -> pd.DataFrame:
        """One row an indicator: group, own (correlation with it), other (the best of the level's others), best."""
        return chapters.loadings(self._correlations.coefficients, self.result.scheme)

    @cached_property
    def reliability(self) -> pd.DataFrame:
        """One row a child of a group of two and more.

        Columns: group, alpha, alpha_standardised, omega (one factor), alpha_without, item_rest (the child's
        correlation with the sum of the others). Covariances are pairwise.
        """
        return chapters.reliability(self._nodes, self.result.scheme)

    @cached_property
    def dimensions(self) -> pd.DataFrame:
        """One row a component of a group of two and more: eigenvalue, shares of variance, parallel analysis, tests.

        Columns: group, component, eigenvalue, share, cumulative, parallel (the 95th percentile of eigenvalues of
        random tables of the same size), and of the group kmo, bartlett (its p-value), bartlett_corrected.
        """
        return chapters.dimensions(self._nodes, self.result.scheme, self.seed, _CORRECTIONS[self.correction])

    @cached_property
    def weights(self) -> pd.DataFrame:
        """One row a node but the index: its nominal share of its group, of the index, and its actual influence.

        Columns: group, share, effective (share of the index), influence (the share of the group's variance that the
        child explains alone, by a line), influence_share (scaled to sum to 1 in the group), on_index.
        """
        import pandas as pd

        scheme, weights = self.result.scheme, self.result.weights
        frame = pd.DataFrame(
            {"group": weights.parents, "share": weights.shares, "effective": weights.effective},
            index=pd.Index(weights.nodes, name="node"),
        )
        own: dict[str, float] = {}
        shares: dict[str, float] = {}
        for group in scheme.groups:
            found = influence(self._of(group.children), self._nodes[self._at[group.code]])
            codes = [child.code for child in group.children]
            own.update(zip(codes, found.tolist(), strict=True))
            total = float(np.nansum(found))
            shares.update(zip(codes, (found / total if total else found).tolist(), strict=True))
        frame["influence"] = [own[code] for code in weights.nodes]
        frame["influence_share"] = [shares[code] for code in weights.nodes]
        frame["on_index"] = influence(self._nodes[1:], self._nodes[0])
        return frame

    @cached_property
    def shifts(self) -> pd.DataFrame:
        """One row a group below the index: how far its ranks are from the index's.

        Columns: mean_shift (absolute), moved (the share of units ten places and more away), correlation of ranks.
        """
        import pandas as pd

        ranks = self.result.ranking.values.T
        away = np.abs(ranks[1:] - ranks[0])
        known = ~np.isnan(away)
        moved = np.where(known, away >= FAR, False).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        return pd.DataFrame(
            {
                "mean_shift": np.where(known, away, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1),
                "moved": moved,
                "correlation": spearman(self.result.composite.values.T).coefficients[0, 1:],
            },
            index=pd.Index(self.result.composite.columns[1:], name="group"),
        )

    @cached_property
    def _pillar_scores(self) -> Matrix:
        """Scores of the pillars, (pillars, units with a rank)."""
        return self._of(self.pillars)[:, ~np.isnan(self._nodes[0])]

    @cached_property
    def _ranked(self) -> list[str]:
        codes, known = self.result.composite.units.codes, ~np.isnan(self._nodes[0])
        return [code for code, has in zip(codes, known, strict=True) if has]

    @cached_property
    def compensability(self) -> pd.DataFrame:
        """One row a ranked unit: its places by the arithmetic and the geometric mean of the pillars.

        Columns: arithmetic, geometric, minimum (by the weakest), to_geometric and to_minimum (places lost; below 0
        gained), spread (its best pillar less its weakest). Pillars count their effective weights, whatever the
        scheme's own rule.
        """
        share = dict(zip(self.result.weights.nodes, self.result.weights.effective.tolist(), strict=True))
        w = np.array([share[node.code] for node in self.pillars])
        return chapters.compensability(self._pillar_scores, w, self._ranked, self.result.scheme.rank)

    @cached_property
    def frontier(self) -> pd.DataFrame:
        """One row a ranked unit: the best it could reach by weights of its own, and by which (DEA).

        Columns: free, bounded (from 0 to 1; 1 on the frontier), and ``part CODE`` of each pillar, what it brings to
        the bounded one. The bounds: ``pii.chapters.favourable_bounds``.
        """
        return chapters.frontier(self._pillar_scores, self._ranked, [node.code for node in self.pillars])

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What should be looked at, one a place and rule, the serious first, then in the order of the chapters."""
        scheme, units = self.result.scheme, self.result.composite.units
        index = scheme.index.code
        groups = [node.code for node in self.pillars if isinstance(node, Group)]
        found = [
            *about_data(self.statistics),
            *about_coverage(self.coverage, [index, *groups], self._ranked),
            *about_size(self.size),
            *about_correlation(self.correlations, scheme),
            *about_loadings(self.loadings),
            *about_reliability(self.reliability),
            *about_dimensions(self.dimensions),
            *about_weights(self.weights),
            *about_shifts(self.shifts, groups),
            *about_compensability(self.compensability, index, dict(zip(units.codes, units.names, strict=True))),
        ]
        order = list(dict.fromkeys(rule.topic for rule in RULES.values()))
        return tuple(sorted(found, key=lambda one: (one.severity != "serious", order.index(one.topic))))

    @cached_property
    def gathered(self) -> tuple[Finding, ...]:
        """The findings for a reader: where a rule is broken in many places, one finding lists them."""
        return gathered(self.findings)

    def first(self, n: int = 5) -> tuple[Concern, ...]:
        """The nodes to look at first, each with all findings about it.

        Those with the most serious findings come first, then those that more chapters speak of, then those further
        past a threshold.
        """
        return concerns(self.findings, list(self._at))[:n]

    def to_frame(self) -> pd.DataFrame:
        """The findings, one row each."""
        import pandas as pd

        return pd.DataFrame(self.findings, columns=list(Finding._fields))

    def __repr__(self) -> str:
        serious = sum(finding.severity == "serious" for finding in self.findings)
        return f"<Audit {self.result.title}: {len(self.findings)} findings, {serious} serious>"

    def _repr_html_(self) -> str:
        parts: list[str] = []
        for severity in ("serious", "notable"):
            rows = [(one.topic, one.place, one.said) for one in self.gathered if one.severity == severity]
            count = sum(one.severity == severity for one in self.findings)
            table = grid(["chapter", "place", "found"], rows, left=3)
            parts += [folded(f"{severity}: {count}", table, shown=severity == "serious")] * bool(rows)
        return heading(repr(self)[1:-1]) + "".join(parts)


def _columns(grid: Scores | Composite) -> dict[str, Vector]:
    return dict(zip(grid.columns, grid.values.T, strict=True))
