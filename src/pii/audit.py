"""The statistical audit of a result: what its data, structure and weights are worth, and what to look at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from pii.arrays import Matrix, Vector, skewness_and_kurtosis
from pii.findings import (
    FAR,
    Finding,
    about_correlation,
    about_data,
    about_dimensions,
    about_reliability,
    about_weights,
)
from pii.numerics.correlation import Correlations, kendall, pearson, spearman
from pii.numerics.influence import influence
from pii.numerics.pairwise import pairwise
from pii.numerics.reliability import adequacy, alpha, alpha_without, item_rest_correlation, omega, sphericity
from pii.result import Result
from pii.scores import Composite, Scores
from pii.tree import Node

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Audit", "audit"]

_MEASURES = {"pearson": pearson, "spearman": spearman, "kendall": kendall}


def audit(
    result: Result, *, measure: Literal["pearson", "spearman", "kendall"] = "pearson", seed: int = 0
) -> Audit:
    """Audit a result as the JRC does: data, outliers, correlations, reliability, dimensions, weights.

    Parameters
    ----------
    result
        What was computed.
    measure
        The correlation that findings are of; gaps are left out pair by pair.
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
    return Audit(result, measure, seed)


@dataclass(frozen=True, eq=False)
class Audit:
    """A result seen by an auditor: tidy frames, one a chapter, and what they show that should be looked at."""

    result: Result
    measure: Literal["pearson", "spearman", "kendall"] = "pearson"
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
    def statistics(self) -> pd.DataFrame:
        """One row an indicator: what was measured, its spread, its shape before and after treatment.

        Columns: measured (share of ranked units), zero and alike (shares of the measured that are 0, that have the
        commonest value), unique, min, max, mean, median, sd, skewness, kurtosis (type 2, of the
        values per their denominators), skewness_treated, kurtosis_treated.
        """
        import pandas as pd

        x = self.result.ratios.values[self.result.screening.eligible].T
        treated = skewness_and_kurtosis(self.result.treatment.table.values.T)
        rows = [_statistics(row[~np.isnan(row)], x.shape[1]) for row in x]
        frame = pd.DataFrame(rows, index=pd.Index(self.result.scores.columns, name="indicator"))
        frame["skewness"], frame["kurtosis"] = skewness_and_kurtosis(x)
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
    def correlations(self) -> pd.DataFrame:
        """One row a pair of nodes: coefficient, p-value, p-value corrected for all pairs (Holm), units, relation.

        The relation is ``siblings``, ``parent`` (or a group further up), or empty. Pairs stand once.
        """
        import pandas as pd

        found, nodes = self._correlations, self.result.scheme.nodes
        first, second = np.triu_indices(len(nodes), 1)
        p = found.p_values[first, second]
        return pd.DataFrame(
            {
                "first": [nodes[i].code for i in first],
                "second": [nodes[j].code for j in second],
                "relation": [
                    self._relation(nodes[i].code, nodes[j].code) for i, j in zip(first, second, strict=True)
                ],
                "coefficient": found.coefficients[first, second],
                "p_value": p,
                "p_holm": _holm(p),
                "units": found.counts[first, second].astype(np.int64),
            }
        )

    def _relation(self, first: str, second: str) -> str:
        parents = self.result.scheme.parents
        if first in self._ancestors(second):
            return "parent"
        return "siblings" if parents.get(first) == parents.get(second) else ""

    def _ancestors(self, code: str) -> list[str]:
        found = []
        while (parent := self.result.scheme.parents.get(code)) is not None:
            found.append(parent)
            code = parent
        return found

    @cached_property
    def reliability(self) -> pd.DataFrame:
        """One row a child of a group of two and more: alpha of the group, alpha without the child.

        Columns: group, alpha, alpha_standardised, omega (one factor), alpha_without, item_rest (the child's
        correlation with the sum of the others). Covariances are pairwise.
        """
        import pandas as pd

        rows: list[dict[str, object]] = []
        for group in self.result.scheme.groups:
            if len(group.children) < 2:
                continue
            found = pairwise(self._of(group.children))
            whole = {
                "group": group.code,
                "alpha": alpha(found.covariance),
                "alpha_standardised": alpha(found.correlation),
                "omega": omega(found.correlation),
            }
            pairs = zip(alpha_without(found.covariance), item_rest_correlation(found.covariance), strict=True)
            for child, (without, rest) in zip(group.children, pairs, strict=True):
                rows.append({"child": child.code, **whole, "alpha_without": without, "item_rest": rest})
        columns = ["child", "group", "alpha", "alpha_standardised", "omega", "alpha_without", "item_rest"]
        return pd.DataFrame(rows, columns=columns).set_index("child")

    @cached_property
    def dimensions(self) -> pd.DataFrame:
        """One row a component of a group of two and more: eigenvalue, shares of variance, parallel analysis, tests.

        Columns: group, component, eigenvalue, share, cumulative, parallel (the 95th percentile of eigenvalues of
        random tables of the same size), kmo, bartlett (its p-value), of the group.
        """
        import pandas as pd

        rows: list[dict[str, object]] = []
        n = self._nodes.shape[1]
        for group in self.result.scheme.groups:
            correlation = pairwise(self._of(group.children)).correlation
            if len(correlation) < 2 or not np.isfinite(correlation).all():
                continue
            values = np.linalg.eigvalsh(correlation)[::-1]
            parallel = _parallel(len(values), n, self.seed)
            tests = {"kmo": adequacy(correlation)[0], "bartlett": sphericity(correlation, n).p_value}
            shares = values / len(values)
            for at, value in enumerate(values.tolist()):
                rows.append(
                    {
                        "group": group.code,
                        "component": at + 1,
                        "eigenvalue": value,
                        "share": float(shares[at]),
                        "cumulative": float(shares[: at + 1].sum()),
                        "parallel": float(parallel[at]),
                        **tests,
                    }
                )
        columns = ["group", "component", "eigenvalue", "share", "cumulative", "parallel", "kmo", "bartlett"]
        return pd.DataFrame(rows, columns=columns)

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
        index = self._nodes[0]
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
        frame["on_index"] = influence(self._nodes[1:], index)
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
    def findings(self) -> tuple[Finding, ...]:
        """What should be looked at, the serious first, then in the order of the chapters."""
        scheme = self.result.scheme
        found = [
            *about_data(self.statistics),
            *about_correlation(self.correlations, scheme),
            *about_reliability(self.reliability),
            *about_dimensions(self.dimensions),
            *about_weights(self.weights),
        ]
        return tuple(sorted(found, key=lambda finding: finding.severity != "serious"))

    def to_frame(self) -> pd.DataFrame:
        """The findings, one row each."""
        import pandas as pd

        return pd.DataFrame(self.findings, columns=list(Finding._fields))

    def __repr__(self) -> str:
        serious = sum(finding.severity == "serious" for finding in self.findings)
        return f"<Audit {self.result.title}: {len(self.findings)} findings, {serious} serious>"


_DRAWS = 200


def _columns(grid: Scores | Composite) -> dict[str, Vector]:
    return dict(zip(grid.columns, grid.values.T, strict=True))


def _statistics(x: Vector, n: int) -> dict[str, float]:
    """Of the measured values of one indicator of n units."""
    if not x.size:
        return {"measured": 0.0}
    counts = np.unique(x, return_counts=True)[1]
    return {
        "measured": x.size / n,
        "zero": np.count_nonzero(x == 0) / x.size,
        "alike": int(counts.max()) / x.size,
        "unique": len(counts),
        "min": float(x.min()),
        "max": float(x.max()),
        "mean": float(x.mean()),
        "median": float(np.median(x)),
        "sd": float(x.std(ddof=1)) if x.size > 1 else float("nan"),
    }


def _holm(p: Vector) -> Vector:
    """P-values corrected for their number, so that one false alarm among all is as rare as they say.

    Holm (1979), A simple sequentially rejective multiple test procedure. https://www.jstor.org/stable/4615733
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])]
    steps = p[order] * (len(order) - np.arange(len(order)))
    corrected = np.full_like(p, np.nan)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected


@cache
def _parallel(k: int, n: int, seed: int) -> tuple[float, ...]:
    """The 95th percentile of each eigenvalue of correlations of k independent normal rows of n units.

    Horn (1965), A rationale and test for the number of factors in factor analysis. doi:10.1007/BF02289447
    """
    x = np.random.default_rng(seed).normal(size=(_DRAWS, k, n))
    x -= x.mean(axis=-1, keepdims=True)
    x /= np.sqrt((x * x).sum(axis=-1, keepdims=True))
    values = np.linalg.eigvalsh(x @ np.swapaxes(x, -1, -2))[:, ::-1]
    return tuple(np.quantile(values, 0.95, axis=0).tolist())
