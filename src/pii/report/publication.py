"""What is published of a result: rows of rounded scores, the best first, and the words that go with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from pii.result import Result
from pii.rounding import half_up
from pii.scheme import Scheme
from pii.spec import Method
from pii.tree import Indicator

__all__ = ["MethodRow", "PublishedRow", "method_rows", "notes", "published_rows"]


class PublishedRow(NamedTuple):
    """One unit as it is published."""

    rank: float
    """Its place; NaN when not ranked."""
    code: str
    name: str
    labels: tuple[str, ...]
    scores: tuple[float, ...]
    """Rounded half-up, in the order of the scheme's groups; NaN where there is none."""
    reason: str
    """Why it is not ranked; empty for those that are."""


def published_rows(result: Result) -> Iterator[PublishedRow]:
    """Rows of a ranking: the ranked units from the best down, then the others in the order of the table."""
    units, ranked = result.measured.units, result.composite.units
    position = {code: at for at, code in enumerate(units.codes)}
    decimals = result.scheme.decimals

    def row(at: int, rank: float, scores: tuple[float, ...], reason: str) -> PublishedRow:
        labels = tuple(column[at] for column in units.labels.values())
        return PublishedRow(rank, units.codes[at], units.names[at], labels, scores, reason)

    for at in result.best_first.tolist():
        scores = tuple(half_up(score, decimals) for score in result.composite.values[at].tolist())
        yield row(position[ranked.codes[at]], float(result.ranking.values[at, 0]), scores, "")
    none = (float("nan"),) * len(result.composite.columns)
    for code, reasons in result.unranked.items():
        yield row(position[code], float("nan"), none, "; ".join(reasons))


class MethodRow(NamedTuple):
    """One node of the scheme as the methods table shows it."""

    code: str
    name_vi: str
    name_en: str
    parent: str
    level: int
    kind: str
    weight: float
    share: float
    effective: float
    unit: str
    direction: str
    denominator: str
    denominate: str
    impute: str
    treat: str
    treated: str
    normalise: str
    weigh: str
    aggregate: str
    standing: str
    source: str
    note: str


def method_rows(result: Result) -> Iterator[MethodRow]:
    """How every node is made, in the order of the scheme."""
    scheme, weights = result.scheme, result.weights
    share = dict(
        zip(weights.nodes, zip(weights.shares.tolist(), weights.effective.tolist(), strict=True), strict=True)
    )
    for node in scheme.nodes:
        own, effective = share.get(node.code, (1.0, 1.0))
        leaf = node if isinstance(node, Indicator) else None
        group = None if isinstance(node, Indicator) else node
        yield MethodRow(
            code=node.code,
            name_vi=node.title("vi"),
            name_en=node.title("en"),
            parent=scheme.parents.get(node.code, ""),
            level=scheme.levels[node.code],
            kind="indicator" if leaf else "group",
            weight=node.weight,
            share=own,
            effective=effective,
            unit=leaf.unit if leaf else "",
            direction=("more is better" if leaf.direction > 0 else "less is better") if leaf else "",
            denominator=(leaf.denominator or "") if leaf else "",
            denominate=_said(scheme.denominator_of(leaf)) if leaf and leaf.denominator else "",
            impute=_said(scheme.imputer_of(leaf)) if leaf else "",
            treat=_said(scheme.treater_of(leaf)) if leaf else "",
            treated=result.treatment.rules.get(node.code, ""),
            normalise=_said(scheme.normaliser_of(leaf)) if leaf else "",
            weigh=_said(scheme.weigher_of(group)) if group else "",
            aggregate=_said(scheme.aggregator_of(group)) if group else "",
            standing=STANDINGS[node.standing],
            source=leaf.source if leaf else "",
            note=node.note,
        )


STANDINGS = {
    "official": "official",
    "follows": "follows a published model",
    "ours": "our choice, not official",
    "": "",
}


def _said(method: Method) -> str:
    """A method in a line: its name, and the parameters that are not the default."""
    declared = method.declaration()
    if isinstance(declared, str):
        return declared
    chosen = ", ".join(f"{key} {_plain(value)}" for key, value in declared.items() if key != "method")
    return f"{declared['method']} ({chosen})"


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def notes(result: Result) -> Iterator[tuple[str, str]]:
    """What a reader should know besides the numbers: (heading, text) pairs."""
    scheme, table = result.scheme, result.measured
    if result.is_synthetic:
        yield "Warning", "SYNTHETIC data: these ranks mean nothing about real places."
    yield "Index", " ".join(filter(None, (scheme.index.title(), scheme.edition)))
    yield "Data", ", ".join(filter(None, (table.title, table.period))) or "no title given"
    for text in filter(None, scheme.about.split("\n\n")):
        yield "About the scheme", " ".join(text.split())
    yield "Ours", _ours(scheme)
    ranked = len(result.best_first)
    yield "Coverage", f"{ranked} of {len(table.units)} units are ranked."
    measured = result.ratios.values
    gaps = int(np.count_nonzero(np.isnan(measured)))
    yield "Coverage", f"{gaps} of {measured.size} indicator values are not measured ({gaps / measured.size:.1%})."
    filled = int(
        np.count_nonzero(np.isnan(measured[result.screening.eligible]) & ~np.isnan(result.completed.values))
    )
    yield "Coverage", f"{filled} of them were imputed." if filled else "None of them was imputed."
    for code, reasons in result.unranked.items():
        name = table.units.names[table.units.codes.index(code)]
        yield "Not ranked", f"{name}: {'; '.join(reasons)}"
    yield "Rounding", f"Scores are rounded half-up to {scheme.decimals} decimals; ranks are of unrounded scores."
    for remark in table.remarks:
        yield "Reading", remark
    for note in table.notes:
        yield "Table note", note
    if scheme.citation:
        yield "Citation", scheme.citation


def _ours(scheme: Scheme) -> str:
    """Which nodes are the project's choice, so that nobody takes them for official."""
    ours = [node.code for node in scheme.nodes if node.standing == "ours"]
    return f"Our choice, not official: {', '.join(ours)}." if ours else "No node is marked as our choice."
