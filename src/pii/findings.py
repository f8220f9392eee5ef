"""What an audit's frames show that the maker of an index should look at, against thresholds of practice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from pii.scheme import Scheme
from pii.thresholds import KURTOSIS, RULES, SIGNIFICANT, Severity

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Concern",
    "Finding",
    "about_compensability",
    "about_correlation",
    "about_coverage",
    "about_data",
    "about_dimensions",
    "about_loadings",
    "about_reliability",
    "about_shifts",
    "about_size",
    "about_weights",
    "concerns",
    "gathered",
    "listed",
]


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
    rule: str
    """The key of the rule in ``pii.thresholds.RULES``."""
    detail: str
    """The figures alone, for a list under the rule."""

    @property
    def excess(self) -> float:
        """How far past the threshold, as a share of it; of a threshold of 0, as it is."""
        return abs(self.number - self.threshold) / (abs(self.threshold) or 1.0)


def _found(rule: str, place: str, detail: str, number: float, threshold: float | None = None) -> Finding:
    held = RULES[rule]
    said = held.said.format(detail)
    limit = held.threshold if threshold is None else threshold
    return Finding(held.severity, held.topic, place, said, float(number), limit, held.source, rule, detail)


def about_data(statistics: pd.DataFrame) -> Iterator[Finding]:
    """Gaps, values that many units share, and outliers that treatment left."""
    for row in _records(statistics):
        place = row["indicator"]
        if row["measured"] < RULES["measured"].threshold:
            yield _found("measured", place, f"{row['measured']:.0%}", row["measured"])
        if row["zero"] > RULES["zero"].threshold:
            yield _found("zero", place, f"{row['zero']:.0%}", row["zero"])
        elif row["alike"] > RULES["alike"].threshold:
            yield _found("alike", place, f"{row['alike']:.0%}", row["alike"])
        elif row["different"] < RULES["different"].threshold:
            detail = f"{row['unique']:.0f} distinct values among {row['count']:.0f}"
            yield _found("different", place, detail, row["different"])
        if row["imputed"] > RULES["imputed"].threshold:
            yield _found("imputed", place, f"{row['imputed']:.0%}", row["imputed"])
        skewness, kurtosis = row["skewness_treated"], row["kurtosis_treated"]
        if abs(skewness) > RULES["outliers"].threshold and kurtosis > KURTOSIS:
            yield _found("outliers", place, f"skewness {skewness:.2f}, kurtosis {kurtosis:.2f}", abs(skewness))


def about_coverage(coverage: pd.DataFrame, groups: Sequence[str], ranked: Sequence[str]) -> Iterator[Finding]:
    """Ranked units that much of a group is not measured for."""
    for group in groups:
        shares = coverage.loc[list(ranked), group]
        short = shares[shares < RULES["unit_gaps"].threshold].sort_values(kind="stable")
        if len(short):
            few = [f"{unit} {share:.0%}" for unit, share in short.items()]
            detail = f"{len(short)} of {len(ranked)} units, {listed(few, 3)}"
            yield _found("unit_gaps", group, detail, short.iloc[0])


def about_size(size: pd.DataFrame) -> Iterator[Finding]:
    """Indicators that follow a size that they could be put per."""
    strong = size[(size["coefficient"].abs() >= RULES["size"].threshold) & ~size["denominated"]]
    found: dict[str, list[tuple[str, float]]] = {}
    for row in _records(strong):
        found.setdefault(row["indicator"], []).append((row["denominator"], row["coefficient"]))
    for indicator, sizes in found.items():
        sizes.sort(key=lambda one: -abs(one[1]))
        detail = ", ".join(f"{r:.2f} with {denominator}" for denominator, r in sizes)
        yield _found("size", indicator, detail, abs(sizes[0][1]))


def about_correlation(correlations: pd.DataFrame, scheme: Scheme) -> Iterator[Finding]:
    """Nodes that go against their group or siblings, hardly with it, or say the same as another."""
    # An only child is its group: what is said of one is not said again of the other.
    alone = {group.children[0].code for group in scheme.groups if len(group.children) == 1}
    level = {group.code: scheme.levels[group.code] for group in scheme.groups if len(group.children) > 1}
    level |= {indicator.code: -1 for indicator in scheme.indicators}
    rows = _records(correlations)
    for row in rows:
        r, first, second = row["coefficient"], row["first"], row["second"]
        if row["relation"] == "parent":
            if second not in alone:
                yield from _with_group(first, second, r, direct=scheme.parents[second] == first)
        elif row["relation"] == "siblings":
            if r > RULES["siblings"].threshold:
                yield _found("siblings", f"{first}, {second}", f"{r:.2f}", r)
        elif abs(r) > RULES["elsewhere"].threshold and level.get(first, -2) == level.get(second, -3):
            yield _found("elsewhere", f"{first}, {second}", f"{r:.2f}", abs(r))
    siblings = (row for row in rows if row["relation"] == "siblings" and row["coefficient"] < 0)
    opposed = [row for row in siblings if row["p_corrected"] < SIGNIFICANT]
    yield from _against([(row["first"], row["second"], row["coefficient"]) for row in opposed])


def _with_group(group: str, child: str, r: float, *, direct: bool) -> Iterator[Finding]:
    """How a node goes with its group, or with a group further up."""
    detail = f"{group}: {r:.2f}"
    if r > RULES["dominant"].threshold:
        yield _found("dominant", child, detail, r)
    elif direct and r < 0:
        yield _found("opposed", child, detail, r)
    elif direct and r < RULES["weak"].threshold:
        yield _found("weak", child, detail, r)


def _against(pairs: list[tuple[str, str, float]]) -> Iterator[Finding]:
    """Pairs that go against each other, gathered at the node that most of them are about."""
    left = list(pairs)
    while left:
        codes = [code for first, second, _ in left for code in (first, second)]
        most = max(codes, key=codes.count)
        own = sorted((pair for pair in left if most in pair[:2]), key=itemgetter(2))
        left = [pair for pair in left if most not in pair[:2]]
        others = [(second if first == most else first, r) for first, second, r in own]
        detail = "goes against its siblings: " + ", ".join(f"{other} {r:.2f}" for other, r in others)
        if len(own) == 1:
            most, detail = ", ".join(own[0][:2]), f"siblings go against each other: {own[0][2]:.2f}"
        yield _found("against", most, detail, own[0][2])


def about_loadings(loadings: pd.DataFrame) -> Iterator[Finding]:
    """Indicators that go better with another group of their group's level than with their own."""
    for row in _records(loadings):
        if row["best"] > max(row["own"], RULES["misplaced"].threshold):
            detail = f"{row['other']} {row['best']:.2f}, its own {row['group']} {row['own']:.2f}"
            yield _found("misplaced", row["indicator"], detail, row["best"], row["own"])


def about_reliability(reliability: pd.DataFrame) -> Iterator[Finding]:
    """Groups whose children do not measure one thing, and children without which they would do so better."""
    for group, rows in _by_group(reliability):
        whole, common = rows[0]["alpha"], rows[0]["omega"]
        if whole < RULES["alpha"].threshold:
            yield _found("alpha", group, f"{whole:.2f}", whole)
        elif common < RULES["omega"].threshold:
            yield _found("omega", group, f"{common:.2f}", common)
        for row in rows:
            without = row["alpha_without"]
            rises = without > max(whole, 0.0) + RULES["alpha_without"].threshold
            if rises and row["item_rest"] < RULES["weak"].threshold:
                detail = f"{group} {whole:.2f} to {without:.2f}"
                yield _found("alpha_without", row["child"], detail, without, whole)


def about_dimensions(dimensions: pd.DataFrame) -> Iterator[Finding]:
    """Groups that are of more than one dimension, of none, or not fit for such a question."""
    for group, rows in _by_group(dimensions):
        several = sum(row["eigenvalue"] > max(1.0, row["parallel"]) for row in rows)
        if several > 1:
            yield _found("several", group, str(several), several)
        p, kmo, share = rows[0]["bartlett_corrected"], rows[0]["kmo"], rows[0]["share"]
        if p > RULES["bartlett"].threshold:
            yield _found("bartlett", group, f"{p:.2f}", p)
            continue
        if len(rows) > 2 and share < RULES["first"].threshold:
            yield _found("first", group, f"{share:.0%}", share)
        if len(rows) > 2 and kmo < RULES["kmo"].threshold:
            yield _found("kmo", group, f"{kmo:.2f}", kmo)


def about_weights(weights: pd.DataFrame) -> Iterator[Finding]:
    """Nodes whose influence on their group is far from the share that they were given."""
    for row in _records(weights):
        given, actual = row["share"], row["influence_share"]
        times = RULES["influence"].threshold
        if given > 0 and (actual > times * given or actual < given / times):
            detail = f"{given:.0%} of the weight in {row['group']}, {actual:.0%} of the influence"
            yield _found("influence", row["node"], detail, actual, given)


def about_shifts(shifts: pd.DataFrame, groups: Sequence[str]) -> Iterator[Finding]:
    """Groups whose ranks are far from the index's, so that the index alone does not tell of them."""
    for row in _records(shifts):
        if row["group"] in groups and row["moved"] > RULES["moved"].threshold:
            yield _found("moved", row["group"], f"{row['moved']:.0%}", row["moved"])


def about_compensability(compensability: pd.DataFrame, index: str, names: Mapping[str, str]) -> Iterator[Finding]:
    """Units, by their names, whose place hangs on strong pillars that make up for weak ones."""
    away = compensability["to_geometric"].abs().sort_values(ascending=False, kind="stable")
    limit = max(ceil(RULES["compensation"].threshold * len(away)), 3)
    far = away[away >= limit]
    if len(far):
        few = [f"{names[unit]} ({-compensability.loc[unit, 'to_geometric']:+.0f})" for unit in far.index]
        units = "1 unit moves" if len(far) == 1 else f"{len(far)} units move"
        detail = f"{units} by {limit} places and more by the geometric mean, {listed(few, 5)}"
        yield _found("compensation", index, detail, far.iloc[0], limit)


def listed(parts: Sequence[str], most: int) -> str:
    """The first few, and how many more there are.

    Examples
    --------
    >>> listed(["a", "b", "c"], 1)
    'a and 2 more'
    """
    more = len(parts) - most
    return ", ".join(parts[:most]) + (f" and {more} more" if more > 0 else "")


def gathered(findings: Iterable[Finding], few: int = 3, most: int = 12) -> tuple[Finding, ...]:
    """The findings for a reader: where a rule is broken in more than a few places, one finding lists them.

    The places furthest past the threshold come first; serious findings stand alone.

    Parameters
    ----------
    few
        How many notable findings of a rule still stand alone.
    most
        How many places a list names; it says how many more there are.

    Examples
    --------
    >>> row = Finding("notable", "reliability", "a", "Cronbach's alpha is 0.60", 0.6, 0.7, "", "alpha", "0.60")
    >>> [(one.place, one.said) for one in gathered([row, row._replace(place="b")], few=1)]
    [('2 places', "Cronbach's alpha below 0.7: a (0.60); b (0.60)")]
    """
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.rule, []).append(finding)
    found: list[Finding] = []
    for rule, several in kinds.items():
        if len(several) <= few or RULES[rule].severity == "serious":
            found += several
            continue
        worst = sorted(several, key=lambda finding: -finding.excess)
        places = [f"{finding.place} ({finding.detail})" for finding in worst[:most]]
        more = len(worst) - most
        said = f"{RULES[rule].says}: {'; '.join(places)}" + (f"; and {more} more" if more > 0 else "")
        found.append(worst[0]._replace(place=f"{len(worst)} places", said=said))
    return tuple(found)


class Concern(NamedTuple):
    """A node that should be looked at, with all that is said of it."""

    place: str
    """Its code."""
    findings: tuple[Finding, ...]


def concerns(findings: Iterable[Finding], codes: Iterable[str]) -> tuple[Concern, ...]:
    """The nodes that findings are about, what to look at first in front.

    Nodes with the most serious findings come first, then those that more chapters speak of, then those further past
    a threshold. A finding about a pair is said of both.

    Parameters
    ----------
    codes
        Of every node; findings about anything else are left out.
    """
    own: dict[str, list[Finding]] = {code: [] for code in codes}
    for finding in findings:
        for code in [finding.place] if finding.place in own else _pair(finding.place, own):
            own[code].append(finding)
    found = [Concern(code, tuple(said)) for code, said in own.items() if said]
    return tuple(sorted(found, key=_urgency))


def _pair(place: str, codes: Iterable[str]) -> list[str]:
    return [code for code in codes if place.startswith(f"{code}, ") or place.endswith(f", {code}")]


def _urgency(concern: Concern) -> tuple[int, int, float]:
    said = concern.findings
    serious = sum(finding.severity == "serious" for finding in said)
    return -serious, -len({finding.topic for finding in said}), -max(min(finding.excess, 1.0) for finding in said)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.reset_index().to_dict("records")
    return [{str(column): value for column, value in row.items()} for row in rows]


def _by_group(frame: pd.DataFrame) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Rows of each group, in the order of the frame."""
    for group, rows in groupby(_records(frame), key=itemgetter("group")):
        yield group, list(rows)
