"""An audit as a report in Markdown, in the chapters that audits of the JRC have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from pii.audit import Audit
from pii.chapters import favourable_bounds
from pii.findings import Concern, Finding, listed
from pii.report.markdown import escaped
from pii.report.markdown_tables import counted, number, p_value, percent, table
from pii.thresholds import FAR, KURTOSIS, RULES
from pii.tree import Group

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["markdown"]

_ROWS = 10  # of a table that would otherwise be as long as the index


def markdown(audit: Audit) -> str:
    """The audit in numbered chapters: framework, data, coherence, weights, redundancy, what to look at, method.

    Every text of the scheme and the table is escaped. The same audit gives the same report.
    """
    result = audit.result
    serious = sum(finding.severity == "serious" for finding in audit.findings)
    lines = [
        f"# Statistical audit: {escaped(result.title)}",
        "",
        f"{counted(len(audit.findings), 'finding')}, {serious} of them serious. "
        "A finding is no error: it is what the maker of the index should look at and answer for.",
    ]
    for chapter in (_framework, _data, _coherence, _weights, _redundancy, _first, _notes):
        lines += ["", *chapter(audit)]
    return "\n".join(lines) + "\n"


def _framework(audit: Audit) -> Iterator[str]:
    result, scheme = audit.result, audit.result.scheme
    ranked, units = len(result.best_first), len(result.measured.units)
    yield from ("## 1. The framework in numbers", "")
    yield (
        f"{counted(len(scheme.indicators), 'indicator')} in {counted(len(scheme.groups) - 1, 'group')} "
        f"below the index, on {counted(max(scheme.levels.values()), 'level')}. "
        f"Ranked units: {ranked} of {units}."
    )
    yield ""
    share = dict(zip(result.weights.nodes, result.weights.effective.tolist(), strict=True))
    rows = []
    for node in audit.pillars:
        below = len(node.indicators()) if isinstance(node, Group) else 1
        rule = scheme.aggregator_of(node).method_name() if isinstance(node, Group) else ""
        rows.append([_node(node.code, node.title()), str(below), percent(share[node.code]), escaped(rule)])
    yield from table(["Pillar", "Indicators", "Weight in the index", "Its children by"], rows, left=(0, 3))
    yield ""
    yield (
        "Pillars are the nodes of the highest level with three and more. The index takes its own children by the "
        f"method *{escaped(scheme.aggregator_of(scheme.index).method_name())}*."
    )


def _data(audit: Audit) -> Iterator[str]:
    yield "## 2. Data checks"
    yield from ("", "### 2.1 Coverage", "")
    yield from _coverage(audit)
    yield from ("", "### 2.2 Distributions and outliers", "")
    yield from _distributions(audit)
    size = audit.size
    if len(size):
        yield from ("", "### 2.3 Size of the units", "")
        strong = size[size["coefficient"].abs() >= RULES["size"].threshold]
        open_ones = strong.loc[~strong["denominated"], "indicator"].nunique()
        yield (
            f"As measured, {strong['indicator'].nunique()} of {counted(size['indicator'].nunique(), 'indicator')} "
            f"correlate by {RULES['size'].threshold:g} and more, either way, with "
            f"{escaped(', '.join(_unique(size['denominator'])))}. "
            f"Without a denominator of their own: {open_ones}."
        )
        yield from _said(audit, "size")


def _coverage(audit: Audit) -> Iterator[str]:
    result, frame = audit.result, audit.statistics
    cells = frame["measured"].mean()
    yield (
        f"Of the indicator values of the ranked units {cells:.1%} are measured and "
        f"{frame['imputed'].mean():.1%} are imputed. "
        f"Indicators with gaps: {(frame['measured'] < 1).sum()} of {len(frame)}."
    )
    ranked = [code for code in result.composite.units.codes if code not in result.unranked]
    shares = audit.coverage.loc[ranked]
    groups = [result.scheme.index, *(node for node in audit.pillars if isinstance(node, Group))]
    if (shares[[group.code for group in groups]] < 1).any(axis=None):
        names = _names(audit)
        rows = []
        for group in groups:
            own = shares[group.code]
            gaps = own[own < 1]
            worst = f"{names[str(own.idxmin())]} ({own.min():.0%})" if len(gaps) else ""
            rows.append([_node(group.code, group.title()), percent(own.mean()), str(len(gaps)), escaped(worst)])
        yield ""
        yield from table(["Group", "Measured", "Units with gaps", "Fewest values"], rows, left=(0, 3))
    if result.unranked:
        yield ""
    for code, reasons in list(result.unranked.items())[:_ROWS]:
        name = result.measured.units.names[result.measured.units.codes.index(code)]
        yield f"- Not ranked: {escaped(name)}: {escaped('; '.join(reasons))}"
    yield from _left_out(len(result.unranked))
    yield from _said(audit, "coverage")


def _distributions(audit: Audit) -> Iterator[str]:
    frame = audit.statistics
    limit = RULES["outliers"].threshold
    before = (frame["skewness"].abs() > limit) & (frame["kurtosis"] > KURTOSIS)
    after = (frame["skewness_treated"].abs() > limit) & (frame["kurtosis_treated"] > KURTOSIS)
    yield (
        f"Indicators with outliers (absolute skewness above {limit:g} and kurtosis above {KURTOSIS:g}): "
        f"{before.sum()} of {len(frame)} before treatment, {after.sum()} after it."
    )
    shown = frame[before | after]
    if len(shown):
        shown = shown.loc[shown["skewness"].abs().sort_values(ascending=False, kind="stable").index].head(_ROWS)
        rows = [
            [
                escaped(str(code)),
                *(number(row[c]) for c in ("skewness", "kurtosis", "skewness_treated", "kurtosis_treated")),
                escaped(audit.result.treatment.rules.get(str(code), "as it is")),
            ]
            for code, row in shown.iterrows()
        ]
        yield ""
        heads = ["Indicator", "Skewness", "Kurtosis", "Skewness after", "Kurtosis after", "Treatment"]
        yield from table(heads, rows, left=(0, 5))
        yield from _left_out(int((before | after).sum()))
    yield from _said(audit, "data", "outliers")


def _coherence(audit: Audit) -> Iterator[str]:
    yield "## 3. Statistical coherence"
    yield from ("", f"### 3.1 Correlations ({audit.measure.title()})", "")
    yield from _pillar_correlations(audit)
    siblings = [i.code for g in audit.result.scheme.groups if len(g.children) > 1 for i in g.children]
    own = audit.loadings["own"].reindex([i for i in audit.loadings.index if i in siblings]).dropna()
    band = ((own >= RULES["weak"].threshold) & (own <= RULES["dominant"].threshold)).sum()
    yield ""
    yield (
        f"{band} of {counted(len(own), 'indicator')} correlate with their own group within the band "
        f"{RULES['weak'].threshold:g} to {RULES['dominant'].threshold:g} that audits look for; the median is "
        f"{number(float(own.median()))}."
    )
    yield from _said(audit, "correlation")
    yield from ("", "### 3.2 Indicators and their groups", "")
    known = audit.loadings.dropna()
    better, total = (known["best"] > known["own"]).sum(), len(audit.loadings)
    yield f"Indicators that go better with another group of the level than with their own: {better} of {total}."
    yield from _said(audit, "structure")
    yield from ("", "### 3.3 Reliability and dimensions", "")
    yield from _consistency(audit)
    yield from _said(audit, "reliability", "dimensions")


def _pillar_correlations(audit: Audit) -> Iterator[str]:
    codes = [audit.result.scheme.index.code, *(node.code for node in audit.pillars[: _ROWS + 2])]
    found: dict[tuple[str, str], float] = {}
    for first, second, r in audit.correlations[["first", "second", "coefficient"]].itertuples(index=False):
        found[first, second] = found[second, first] = r
    rows = [
        [escaped(code), *(number(found[code, other]) for other in codes[:at]), *[""] * (len(codes) - 1 - at)]
        for at, code in enumerate(codes)
        if at
    ]
    yield from table(["", *map(escaped, codes[:-1])], rows)
    yield from _left_out(len(audit.pillars), _ROWS + 2)


def _consistency(audit: Audit) -> Iterator[str]:
    dimensions = audit.dimensions.set_index("group") if len(audit.dimensions) else None
    rows = []
    for group, found in audit.reliability.groupby("group", sort=False):
        row = [
            escaped(str(group)),
            str(len(found)),
            number(found["alpha"].iloc[0]),
            number(found["omega"].iloc[0]),
        ]
        if dimensions is None or group not in dimensions.index:
            rows.append([*row, *["n/a"] * 4])
            continue
        own = dimensions.loc[[group]]
        above = int((own["eigenvalue"] > np.maximum(own["parallel"], 1.0)).sum())
        first = own.iloc[0]
        rows.append(
            [*row, percent(first["share"]), str(above), number(first["kmo"]), p_value(first["bartlett_corrected"])]
        )
    if not rows:
        yield "No group has two children."
        return
    heads = ["Group", "Children", "Alpha", "Omega", "First component", "Dimensions", "KMO", "Bartlett p"]
    yield from table(heads, rows)


def _weights(audit: Audit) -> Iterator[str]:
    yield from ("## 4. Weights and influence", "")
    yield "What a pillar counts, against the share of the index's variance that it explains alone."
    yield ""
    frame = audit.weights
    names = {node.code: node.title() for node in audit.pillars}
    effective, explained = frame["effective"].to_dict(), frame["on_index"].to_dict()
    total = float(frame["on_index"].reindex(list(names)).sum())
    rows = [
        [
            _node(code, name),
            percent(effective[code]),
            number(explained[code]),
            percent(explained[code] / total if total else float("nan")),
        ]
        for code, name in names.items()
    ]
    heads = ["Pillar", "Weight", "Variance explained alone", "Its share of that"]
    yield from table(heads, rows)
    yield from _said(audit, "weights")


def _redundancy(audit: Audit) -> Iterator[str]:
    yield "## 5. Redundancy, compensability, frontier"
    yield from ("", "### 5.1 What the index adds to its pillars", "")
    yield from _shifts(audit)
    yield from _said(audit, "redundancy", "ranks")
    yield from ("", "### 5.2 Compensability", "")
    yield from _compensability(audit)
    yield from _said(audit, "compensability")
    yield from ("", "### 5.3 Frontier", "")
    yield from _frontier(audit)


def _shifts(audit: Audit) -> Iterator[str]:
    groups = [node for node in audit.pillars if isinstance(node, Group)]
    if not groups:
        yield "The index is made of indicators alone."
        return
    correlation, mean, moved = (audit.shifts[column].to_dict() for column in ("correlation", "mean_shift", "moved"))
    low, high = (end(moved[group.code] for group in groups) for end in (min, max))
    yield (
        f"For {percent(low)} to {percent(high)} of the units the rank in the index and in a pillar differ by "
        f"{FAR} places and more: the more, the more the index shows that no pillar does alone."
    )
    yield ""
    rows = [
        [
            _node(group.code, group.title()),
            number(correlation[group.code]),
            number(mean[group.code], 1),
            percent(moved[group.code]),
        ]
        for group in groups
    ]
    yield from table(["Pillar", "Rank correlation", "Mean difference", f"{FAR} places and more"], rows)


def _compensability(audit: Audit) -> Iterator[str]:
    frame = audit.compensability
    away = frame["to_geometric"].abs()
    if away.isna().all():
        yield "Some scores are below 0, so that there is no geometric mean to compare with."
        return
    yield (
        "Places by the arithmetic mean of the pillars, in which strong ones make up for weak ones in full; by the "
        "geometric mean, in part; by the weakest pillar, not at all. "
        f"The geometric mean moves a unit by {number(float(away.mean()), 1)} places on average, "
        f"{away.max():.0f} at most; the weakest pillar by {number(float(frame['to_minimum'].abs().mean()), 1)}, "
        f"{frame['to_minimum'].abs().max():.0f} at most."
    )
    moved = frame[away > 0]
    order = moved["to_geometric"].abs().sort_values(ascending=False, kind="stable").index[:_ROWS]
    names = _names(audit)
    rows = [
        [
            escaped(names[str(code)]),
            *(f"{frame.loc[code, column]:g}" for column in ("arithmetic", "geometric", "minimum")),
            number(frame.loc[code, "spread"], 1),
        ]
        for code in order
    ]
    if rows:
        yield ""
        yield from table(["Unit", "Arithmetic", "Geometric", "Weakest", "Best less weakest pillar"], rows)
        yield from _left_out(len(moved))


def _frontier(audit: Audit) -> Iterator[str]:
    frame = audit.frontier
    n = len(frame)
    if frame["bounded"].isna().all():
        yield "Some scores are below 0, or are missing, so that no frontier can be found."
        return
    least, most = favourable_bounds(len(audit.pillars))
    on = frame["bounded"] > 1 - 1e-9
    names = _names(audit)
    free = int((frame["free"] > 1 - 1e-9).sum())
    yield (
        f"With the weights that suit it best, {free} of {n} units ({free / n:.0%}) reach the frontier. Where each "
        f"pillar must bring {percent(least)} to {percent(most)} of the unit's own sum, {int(on.sum())} do "
        f"({on.mean():.0%}): {escaped(listed([names[str(code)] for code in frame.index[on]], _ROWS))}. "
        f"The median is {number(float(frame['bounded'].median()))}."
    )


def _first(audit: Audit) -> Iterator[str]:
    yield from ("## 6. What to look at first", "")
    found = audit.first(_ROWS)
    urgent = [one for one in found if _is_urgent(one)]
    if not found:
        yield "Nothing passes a threshold."
        return
    yield "Nodes with serious findings first, then those that most chapters speak of."
    yield ""
    for at, concern in enumerate(urgent or found[:3], 1):
        node = audit.result.scheme.node(concern.place)
        yield f"{at}. **{_node(node.code, node.title())}**"
        yield from (f"   - {_sentence(finding)}" for finding in concern.findings)


def _is_urgent(concern: Concern) -> bool:
    """Whether something serious is said of it, or three chapters speak of it."""
    topics = {finding.topic for finding in concern.findings}
    return len(topics) > 2 or any(finding.severity == "serious" for finding in concern.findings)


def _notes(audit: Audit) -> Iterator[str]:
    corrections = {"holm": "Holm (1979)", "fdr": "Benjamini and Hochberg (1995)"}
    yield from ("## Notes on method", "")
    yield "- Scores are of the ranked units. Correlations and covariances leave gaps out pair by pair."
    yield (
        f"- P-values are corrected for their number after {corrections[audit.correction]}: correlations among the "
        "pairs of one relation (siblings, a node and a group above it, others), Bartlett's test among the groups."
    )
    yield (
        f"- Parallel analysis compares with 200 random tables of the same size (seed {audit.seed}). "
        "A dimension is an eigenvalue above 1 and above the 95th percentile of theirs."
    )
    yield "- Influence is the share of variance that a node explains alone, by a line."
    yield (
        "- The frontier is that of data envelopment analysis ('benefit of the doubt'). Its bounds are those of the "
        "JRC's audits of the Global Innovation Index, 5% and 20% for seven pillars, in proportion to their number."
    )
    yield ""
    rows = [[rule.topic, escaped(rule.says), escaped(rule.source)] for rule in RULES.values()]
    yield from table(["Chapter", "A finding when", "Threshold from"], rows, left=(0, 1, 2))


def _said(audit: Audit, *topics: str) -> Iterator[str]:
    """What was found about some topics, as a list."""
    found = [finding for finding in audit.gathered if finding.topic in topics]
    if found:
        yield ""
    for finding in found:
        many = finding.place.endswith(" places") and finding.said.startswith(RULES[finding.rule].says)
        text = _capital(finding.said) if many else f"{finding.place}: {finding.said}"
        yield f"- {_mark(finding)}{escaped(text)}"


def _sentence(finding: Finding) -> str:
    pair = f"{finding.place}: " if ", " in finding.place else ""
    return f"{_mark(finding)}{escaped(pair + finding.said)}"


def _mark(finding: Finding) -> str:
    return "**serious** " if finding.severity == "serious" else ""


def _left_out(count: int, shown: int = _ROWS) -> Iterator[str]:
    if count > shown:
        yield ""
        yield f"The first {shown} of {count}."


def _names(audit: Audit) -> dict[str, str]:
    units = audit.result.composite.units
    return dict(zip(units.codes, units.names, strict=True))


def _node(code: str, title: str) -> str:
    return escaped(title if title == code or title.startswith((f"{code} ", f"{code}, ")) else f"{code} {title}")


def _unique(column: pd.Series[Any]) -> list[str]:
    return [str(value) for value in dict.fromkeys(column)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
