"""What an audit's frames show that the maker of an index should look at, against thresholds of practice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pii.scheme import Scheme

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "FAR",
    "Finding",
    "about_correlation",
    "about_data",
    "about_dimensions",
    "about_reliability",
    "about_weights",
]

Severity = Literal["serious", "notable"]

# Thresholds of practice, each with where it is from.
_JRC = "JRC audits of composite indicators"
_COINR = "Becker et al. (2022), COINr, doi:10.21105/joss.04567"
_NUNNALLY = "Nunnally (1978), Psychometric Theory"
_KAISER = "Kaiser (1974), doi:10.1007/BF02291575"
_HORN = "Horn (1965), doi:10.1007/BF02289447"
_PARUOLO = "Paruolo, Saisana and Saltelli (2013), doi:10.1111/j.1467-985X.2012.01059.x"
_LEAST_MEASURED, _MOST_ALIKE, _SKEWNESS, _KURTOSIS = 0.65, 0.5, 2.0, 3.5
_WEAK, _REDUNDANT, _ALPHA, _KMO, _SHARE, FAR = 0.3, 0.92, 0.7, 0.6, 2.0, 10
"""Places between the index and a group that audits of the JRC call far."""


class Finding(NamedTuple):
    """Something that the maker of an index should look at."""

    severity: Severity
    """``serious`` where a score may mean the opposite of what it says, else ``notable``."""
    topic: str
    """The chapter of the audit."""
    place: str
    """The node or nodes, by code."""
    said: str
    """What was found."""
    number: float
    """The figure that was found."""
    threshold: float
    """The figure that it is held against."""
    source: str
    """Where the threshold is from."""


def about_data(statistics: pd.DataFrame) -> Iterator[Finding]:
    """Gaps, values that many units share, and outliers that treatment left."""
    for row in _records(statistics):
        place = row["indicator"]
        if row["measured"] < _LEAST_MEASURED:
            said = f"measured for {row['measured']:.0%} of the units"
            yield Finding("notable", "data", place, said, row["measured"], _LEAST_MEASURED, _COINR)
        if row["alike"] > _MOST_ALIKE:
            said = f"{row['alike']:.0%} of the units share one value"
            yield Finding("notable", "data", place, said, row["alike"], _MOST_ALIKE, _COINR)
        if abs(row["skewness_treated"]) > _SKEWNESS and row["kurtosis_treated"] > _KURTOSIS:
            said = f"outliers after treatment: skewness {row['skewness_treated']:.2f}, "
            said += f"kurtosis {row['kurtosis_treated']:.2f}"
            yield Finding("notable", "outliers", place, said, row["skewness_treated"], _SKEWNESS, _COINR)


def about_correlation(correlations: pd.DataFrame, scheme: Scheme) -> Iterator[Finding]:
    """Nodes that go against their parent or siblings, hardly with it, say the same, or are in a wrong place."""
    direct = {(parent, child) for child, parent in scheme.parents.items()}
    for row in _records(correlations):
        r, first, second = row["coefficient"], row["first"], row["second"]
        if (first, second) in direct:
            if r < 0:
                said = f"{second} goes against its group {first}: correlation {r:.2f}"
                yield Finding("serious", "correlation", second, said, r, 0.0, _JRC)
            elif r < _WEAK:
                said = f"{second} hardly counts in its group {first}: correlation {r:.2f}"
                yield Finding("notable", "correlation", second, said, r, _WEAK, _JRC)
        elif row["relation"] == "siblings":
            if r < 0 and row["p_value"] < 0.05:
                said = f"siblings go against each other: correlation {r:.2f}"
                yield Finding("serious", "correlation", f"{first}, {second}", said, r, 0.0, _JRC)
            elif r > _REDUNDANT:
                said = f"siblings say the same: correlation {r:.2f}"
                yield Finding("notable", "redundancy", f"{first}, {second}", said, r, _REDUNDANT, _JRC)
    yield from _misplaced(correlations, scheme)


def _misplaced(correlations: pd.DataFrame, scheme: Scheme) -> Iterator[Finding]:
    """Indicators that go better with another group of their group's level than with their own."""
    groups = {group.code: scheme.levels[group.code] for group in scheme.groups}
    indicators = {indicator.code for indicator in scheme.indicators}
    strength: dict[str, dict[str, float]] = {}
    for row in _records(correlations):
        for one, other in ((row["first"], row["second"]), (row["second"], row["first"])):
            if one in indicators and other in groups:
                strength.setdefault(one, {})[other] = row["coefficient"]
    for code, found in strength.items():
        own = scheme.parents[code]
        rivals = {group: r for group, r in found.items() if groups[group] == groups[own] and group != own}
        best = max(rivals, key=lambda group: rivals[group], default=None)
        if best is not None and rivals[best] > found[own]:
            said = f"goes better with {best} ({rivals[best]:.2f}) than with its own group {own} ({found[own]:.2f})"
            yield Finding("notable", "structure", code, said, rivals[best], found[own], _JRC)


def about_reliability(reliability: pd.DataFrame) -> Iterator[Finding]:
    """Groups whose children do not measure one thing, and children without which they would do so better."""
    for group, rows in _by_group(reliability):
        whole = rows[0]["alpha"]
        if whole < _ALPHA:
            said = f"Cronbach's alpha is {whole:.2f}"
            yield Finding("notable", "reliability", group, said, whole, _ALPHA, _NUNNALLY)
        for row in rows:
            without = row["alpha_without"]
            if without > max(whole, 0.0) + 0.05 and row["item_rest"] < _WEAK:
                said = f"without it, the alpha of {group} rises from {whole:.2f} to {without:.2f}"
                yield Finding("notable", "reliability", row["child"], said, without, whole, _NUNNALLY)


def about_dimensions(dimensions: pd.DataFrame) -> Iterator[Finding]:
    """Groups that are of more than one dimension, or not fit for such a question."""
    for group, rows in _by_group(dimensions):
        several = sum(row["eigenvalue"] > max(1.0, row["parallel"]) for row in rows)
        if several > 1:
            said = f"{several} dimensions: eigenvalues above 1 and above those of chance"
            yield Finding("notable", "dimensions", group, said, several, 1, _HORN)
        kmo = rows[0]["kmo"]
        if len(rows) > 2 and kmo < _KMO:
            said = f"the Kaiser-Meyer-Olkin measure is {kmo:.2f}"
            yield Finding("notable", "dimensions", group, said, kmo, _KMO, _KAISER)


def about_weights(weights: pd.DataFrame) -> Iterator[Finding]:
    """Nodes whose influence on their group is far from the share that they were given."""
    for row in _records(weights):
        given, actual = row["share"], row["influence_share"]
        if given > 0 and (actual > _SHARE * given or actual < given / _SHARE):
            said = f"has {given:.0%} of the weight in {row['group']} and {actual:.0%} of the influence"
            yield Finding("notable", "weights", row["node"], said, actual, given, _PARUOLO)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.reset_index().to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in rows]


def _by_group(frame: pd.DataFrame) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Rows of each group, in the order of the frame."""
    for group, rows in groupby(_records(frame), key=itemgetter("group")):
        yield group, list(rows)
