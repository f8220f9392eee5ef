"""The chapters of an audit that look at numbers alone: each a tidy frame, from arrays and the scheme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pii.arrays import Matrix, Vector, skewness_and_kurtosis
from pii.numerics.chance import parallel
from pii.numerics.correlation import Correlations, pearson
from pii.numerics.frontier import favour
from pii.numerics.influence import weighted_mean
from pii.numerics.pairwise import pairwise
from pii.numerics.reliability import adequacy, alpha, alpha_without, item_rest_correlation, omega, sphericity
from pii.scheme import Scheme
from pii.table import Table
from pii.tree import Indicator, Node

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Correction",
    "compensability",
    "correlations",
    "dimensions",
    "favourable_bounds",
    "frontier",
    "loadings",
    "pillars",
    "reliability",
    "size",
    "statistics",
]

Correction = Callable[[Vector], Vector]


def statistics(x: Matrix, codes: Sequence[str]) -> pd.DataFrame:
    """One row an indicator: what was measured, how much of it differs, its spread and shape.

    Columns: count (units measured), nonzero and same (how many of them are not 0, have the commonest value),
    unique (how many values differ), measured (share of all units), zero, alike and different (shares of the
    measured that are 0, have the commonest value, differ), min, max, mean, median, sd, skewness, kurtosis (type 2).
    They are those of COINr's ``get_stats``.

    Parameters
    ----------
    x
        Values, (indicators, units); NaN where not measured.
    codes
        What the indicators are called.

    Examples
    --------
    >>> frame = statistics(np.array([[1.0, 0.0, 0.0, np.nan]]), ["a"])
    >>> frame.loc["a", ["count", "nonzero", "same", "unique"]].astype(int).tolist()
    [3, 1, 2, 2]
    """
    import pandas as pd

    rows = [_statistics(row[~np.isnan(row)], x.shape[1]) for row in x]
    frame = pd.DataFrame(rows, index=pd.Index(codes, name="indicator"), columns=_STATISTICS)
    frame["skewness"], frame["kurtosis"] = skewness_and_kurtosis(x)
    return frame


_COUNTS = ["count", "nonzero", "same", "unique", "measured"]
_STATISTICS = [*_COUNTS, "zero", "alike", "different", "min", "max", "mean", "median", "sd"]


def _statistics(x: Vector, n: int) -> dict[str, float]:
    """Of the measured values of one indicator of n units."""
    if not x.size:
        return dict.fromkeys(_COUNTS, 0.0)
    counts = np.unique(x, return_counts=True)[1]
    nonzero, same = int(np.count_nonzero(x)), int(counts.max())
    return {
        "count": x.size,
        "nonzero": nonzero,
        "same": same,
        "unique": len(counts),
        "measured": x.size / n,
        "zero": 1 - nonzero / x.size,
        "alike": same / x.size,
        "different": len(counts) / x.size,
        "min": float(x.min()),
        "max": float(x.max()),
        "mean": float(x.mean()),
        "median": float(np.median(x)),
        "sd": float(x.std(ddof=1)) if x.size > 1 else float("nan"),
    }


def size(measured: Table, scheme: Scheme) -> pd.DataFrame:
    """One row an indicator and a column that it could be put per: how far it only says how big a unit is.

    The columns are those of the table that are not indicators. Columns of the frame: indicator, denominator,
    coefficient (Pearson's, of the values as measured, over the units that have both), units, denominated (the
    indicator is put per something).

    Examples
    --------
    >>> from pii.tree import Group
    >>> tree = Group(code="g", children=[Indicator(code="a"), Indicator(code="b", denominator="people")])
    >>> scheme = Scheme(code="demo", index=tree, denominators=[{"code": "people"}])
    >>> table = Table.of({"a": [2.0, 4.0, 6.0], "b": [1.0, 0.0, 1.0], "people": [1.0, 2.0, 3.0]}, units=list("xyz"))
    >>> size(table, scheme)["coefficient"].round(12).tolist()
    [1.0, 0.0]
    """
    import pandas as pd

    own = [indicator.code for indicator in scheme.indicators]
    extra = [column for column in measured.columns if column not in own]
    found = pearson(measured.select((*own, *extra)).values.T)
    row, column = np.divmod(np.arange(len(own) * len(extra)), max(len(extra), 1))
    at = column + len(own)
    return pd.DataFrame(
        {
            "indicator": [own[i] for i in row],
            "denominator": [extra[j] for j in column],
            "coefficient": found.coefficients[row, at],
            "units": found.counts[row, at].astype(np.int64),
            "denominated": [scheme.indicators[i].denominator is not None for i in row],
        }
    )


def correlations(found: Correlations, scheme: Scheme, correct: Correction) -> pd.DataFrame:
    """One row a pair of nodes, with its relation; p-values as they are and corrected among pairs of one relation.

    The relation is ``siblings``, ``parent`` (or a group further up), or empty. Columns: first, second, relation,
    coefficient, p_value, p_corrected, units.

    Parameters
    ----------
    found
        Of every node, in the order of the scheme.
    correct
        From p-values to corrected ones.
    """
    import pandas as pd

    nodes = [node.code for node in scheme.nodes]
    first, second = np.triu_indices(len(nodes), 1)
    relation = np.array([_relation(nodes[i], nodes[j], scheme) for i, j in zip(first, second, strict=True)])
    p = found.p_values[first, second]
    corrected = np.full_like(p, np.nan)
    for one in ("siblings", "parent", ""):
        corrected[relation == one] = correct(p[relation == one])
    return pd.DataFrame(
        {
            "first": [nodes[i] for i in first],
            "second": [nodes[j] for j in second],
            "relation": relation.astype(object),
            "coefficient": found.coefficients[first, second],
            "p_value": p,
            "p_corrected": corrected,
            "units": found.counts[first, second].astype(np.int64),
        }
    )


def _relation(first: str, second: str, scheme: Scheme) -> str:
    above = scheme.parents.get(second)
    if above == scheme.parents.get(first):
        return "siblings"
    while above is not None:
        if above == first:
            return "parent"
        above = scheme.parents.get(above)
    return ""


def loadings(coefficients: Matrix, scheme: Scheme) -> pd.DataFrame:
    """One row an indicator: how it goes with its own group, and with the best of the others of that level.

    Columns: group, own (the correlation with it), other, best (the highest with another); missing where there is no
    other.

    Parameters
    ----------
    coefficients
        Correlations of every node, in the order of the scheme.
    """
    import pandas as pd

    at = {node.code: row for row, node in enumerate(scheme.nodes)}
    rows: list[dict[str, object]] = []
    for indicator in scheme.indicators:
        own = scheme.parents[indicator.code]
        level = scheme.levels[own]
        beside = {
            group.code: float(coefficients[at[indicator.code], at[group.code]])
            for group in scheme.groups
            if scheme.levels[group.code] == level and group.code != own
        }
        known = {code: r for code, r in beside.items() if not np.isnan(r)}
        other = max(known, key=lambda code: known[code], default="")
        row: dict[str, object] = {"group": own, "own": coefficients[at[indicator.code], at[own]], "other": other}
        rows.append(row | {"best": known.get(other, float("nan"))})
    codes = [indicator.code for indicator in scheme.indicators]
    return pd.DataFrame(rows, index=pd.Index(codes, name="indicator"), columns=["group", "own", "other", "best"])


def reliability(nodes: Matrix, scheme: Scheme) -> pd.DataFrame:
    """One row a child of a group of two and more: whether the group's children measure one thing.

    Columns: group, alpha, alpha_standardised, omega (one factor), of the group; alpha_without the child, item_rest
    (the child's correlation with the sum of the others). Covariances are pairwise. A child that does not vary, or
    was not measured, has no part in it.

    Parameters
    ----------
    nodes
        Scores of every node, (nodes, units), in the order of the scheme.
    """
    import pandas as pd

    at = {node.code: row for row, node in enumerate(scheme.nodes)}
    rows: list[dict[str, object]] = []
    for group in scheme.groups:
        if len(group.children) < 2:
            continue
        x = nodes[[at[child.code] for child in group.children]]
        varies = _varies(x)
        found = pairwise(x[varies])
        whole = {
            "group": group.code,
            "alpha": alpha(found.covariance),
            "alpha_standardised": alpha(found.correlation),
            "omega": omega(found.correlation),
        }
        without, rest = np.full(len(x), np.nan), np.full(len(x), np.nan)
        without[varies] = alpha_without(found.covariance)
        rest[varies] = item_rest_correlation(found.covariance)
        for row, child in enumerate(group.children):
            rows.append({"child": child.code, **whole, "alpha_without": without[row], "item_rest": rest[row]})
    columns = ["child", "group", "alpha", "alpha_standardised", "omega", "alpha_without", "item_rest"]
    return pd.DataFrame(rows, columns=columns).set_index("child")


def dimensions(nodes: Matrix, scheme: Scheme, seed: int, correct: Correction) -> pd.DataFrame:
    """One row a component of a group of two and more: eigenvalue, shares of variance, parallel analysis, tests.

    Columns: group, component, eigenvalue, share, cumulative, parallel (the 95th percentile of eigenvalues of random
    tables of the same size), and of the group kmo, bartlett (its p-value), bartlett_corrected (for the number of
    groups). Children that do not vary have no part in it; a group with a pair that no two units have is left out.
    The tests count the units of the pair that fewest have.

    Parameters
    ----------
    nodes
        Scores of every node, (nodes, units), in the order of the scheme.
    seed
        Of the random tables.
    correct
        From p-values to corrected ones.
    """
    import pandas as pd

    at = {node.code: row for row, node in enumerate(scheme.nodes)}
    rows: list[dict[str, object]] = []
    tests: dict[str, float] = {}
    for group in scheme.groups:
        x = nodes[[at[child.code] for child in group.children]]
        found = pairwise(x[_varies(x)])
        if len(found.correlation) < 2 or not np.isfinite(found.correlation).all():
            continue
        n = int(found.units.min())
        values = np.linalg.eigvalsh(found.correlation)[::-1]
        chance = parallel(len(values), n, seed)
        kmo = adequacy(found.correlation)[0]
        tests[group.code] = sphericity(found.correlation, n).p_value
        for component, value in enumerate(values.tolist()):
            share, cumulative = value / len(values), float(values[: component + 1].sum()) / len(values)
            rows.append(
                {
                    "group": group.code,
                    "component": component + 1,
                    "eigenvalue": value,
                    "share": share,
                    "cumulative": cumulative,
                    "parallel": chance[component],
                    "kmo": kmo,
                    "bartlett": tests[group.code],
                }
            )
    columns = ["group", "component", "eigenvalue", "share", "cumulative", "parallel", "kmo", "bartlett"]
    frame = pd.DataFrame(rows, columns=columns)
    corrected = correct(np.fromiter(tests.values(), dtype=np.float64))
    frame["bartlett_corrected"] = frame["group"].map(dict(zip(tests, corrected.tolist(), strict=True)))
    return frame


def _varies(x: Matrix) -> NDArray[np.intp]:
    """Positions of the rows that have a variance."""
    return np.flatnonzero(~np.isnan(np.diagonal(pairwise(x).correlation)))


def pillars(scheme: Scheme) -> tuple[Node, ...]:
    """The nodes that the index is read by: those of the highest level with three and more.

    What hangs higher in the tree is among them. Where no level has three they are the indicators.

    Examples
    --------
    >>> from pii.tree import Group
    >>> leaves = [[Indicator(code=f"{k}{i}") for i in "xyz"] for k in "ab"]
    >>> halves = [Group(code=k, children=leaf) for k, leaf in zip("ab", leaves)]
    >>> [node.code for node in pillars(Scheme(code="demo", index=Group(code="g", children=halves)))]
    ['ax', 'ay', 'az', 'bx', 'by', 'bz']
    """
    found: tuple[Node, ...] = scheme.indicators
    for level in range(1, max(scheme.levels.values()) + 1):
        found = tuple(
            node
            for node in scheme.nodes[1:]
            if scheme.levels[node.code] == level
            or (scheme.levels[node.code] < level and isinstance(node, Indicator))
        )
        if len(found) > 2:
            break
    return found


def favourable_bounds(k: int) -> tuple[float, float]:
    """The least and the most that each of k pillars may bring: 5 % and 20 % of seven, and in proportion of others.

    The bounds of seven are those of the JRC's audits of the Global Innovation Index; the proportion is ours.

    Examples
    --------
    >>> [round(bound, 12) for bound in favourable_bounds(7)]
    [0.05, 0.2]
    """
    return 0.35 / k, min(1.4 / k, 1.0)


def frontier(x: Matrix, units: Sequence[str], codes: Sequence[str]) -> pd.DataFrame:
    """One row a unit: the best it could reach by weights of its own, freely chosen and within bounds.

    Columns: free, bounded (from 0 to 1; 1 on the frontier), and ``part CODE`` of each pillar, what it brings to the
    unit's own sum in the bounded one. All is missing where any score is below 0: there is no such frontier.

    Parameters
    ----------
    x
        Scores of the pillars, (pillars, units); NaN where missing.
    """
    import pandas as pd

    free, bounded = np.full(x.shape[1], np.nan), np.full(x.shape[1], np.nan)
    parts = np.full_like(x, np.nan)
    if not (x < 0).any():
        free = favour(x).scores
        bounded, parts = favour(x, *favourable_bounds(len(x)))
    frame = pd.DataFrame({"free": free, "bounded": bounded}, index=pd.Index(units, name="unit"))
    return frame.join(pd.DataFrame(parts.T, index=frame.index, columns=[f"part {code}" for code in codes]))


def compensability(x: Matrix, w: Vector, units: Sequence[str], rank: Callable[[Matrix], Matrix]) -> pd.DataFrame:
    """One row a unit: its places by the arithmetic mean of the pillars, the geometric mean, and the weakest alone.

    Columns: arithmetic, geometric, minimum (places), to_geometric, to_minimum (how many places it loses where a
    weak pillar can be made up for less, or not at all; below 0 it gains), spread (the unit's best pillar less its
    weakest). The geometric mean is missing where any score is below 0.

    Parameters
    ----------
    x
        Scores of the pillars, (pillars, units); NaN where missing.
    w
        Their shares of the index.
    rank
        From scores to places, row by row.
    """
    import pandas as pd

    x, w = x[w > 0], w[w > 0]
    worst, best = np.fmin.reduce(x, axis=0), np.fmax.reduce(x, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(x > 0, np.log(np.where(x > 0, x, 1.0)), np.where(np.isnan(x), np.nan, 0.0))
    geometric = np.where(worst > 0, np.exp(weighted_mean(logs, w)), np.where(worst == 0, 0.0, np.nan))
    if (worst < 0).any():
        geometric = np.full_like(worst, np.nan)
    places = rank(np.array([weighted_mean(x, w), geometric, worst]))
    frame = pd.DataFrame(
        places.T, index=pd.Index(units, name="unit"), columns=["arithmetic", "geometric", "minimum"]
    )
    frame["to_geometric"] = frame["geometric"] - frame["arithmetic"]
    frame["to_minimum"] = frame["minimum"] - frame["arithmetic"]
    frame["spread"] = best - worst
    return frame
