"""What is published of a result: rows of rounded scores, the best first, and the words that go with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from pii.figures.words import decimal
from pii.provenance import UNSETTLED
from pii.report.rewording import reasons, remark, treatment
from pii.report.words import Language, called, known, paragraphs, said
from pii.result import Result
from pii.rounding import half_up
from pii.scheme import Scheme
from pii.tree import Indicator

__all__ = [
    "MethodRow",
    "PublishedRow",
    "method_rows",
    "notes",
    "published_rows",
    "ranking_heads",
    "score_heads",
    "set_apart",
    "unsettled",
]


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


def published_rows(result: Result, language: Language = "en") -> Iterator[PublishedRow]:
    """Rows of a ranking: the ranked units from the best down, then the others in the order of the table."""
    units, ranked = result.measured.units, result.composite.units
    position = {code: at for at, code in enumerate(units.codes)}
    decimals = result.scheme.decimals

    def row(at: int, rank: float, scores: tuple[float, ...], reason: str) -> PublishedRow:
        labels = tuple(
            known("region", column[at], language) if label == "region" else column[at]
            for label, column in units.labels.items()
        )
        return PublishedRow(rank, units.codes[at], units.names[at], labels, scores, reason)

    for at in result.best_first.tolist():
        scores = tuple(half_up(score, decimals) for score in result.composite.values[at].tolist())
        yield row(position[ranked.codes[at]], float(result.ranking.values[at, 0]), scores, "")
    none = (float("nan"),) * len(result.composite.columns)
    for code, why in result.unranked.items():
        yield row(position[code], float("nan"), none, reasons(why, language))


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


def set_apart(heads: Iterable[str], taken: Collection[str]) -> list[str]:
    """The headings of scores, told from others: one that is called as another column is called ``(score)`` as well.

    Examples
    --------
    >>> set_apart(["total", "rank"], taken={"rank", "unit"})
    ['total', 'rank (score)']
    """
    return [f"{head} (score)" if head in taken else head for head in heads]


def ranking_heads(result: Result) -> list[str]:
    """The columns of the published ranking, each called otherwise."""
    before = ["rank", "unit", "name", *result.measured.units.labels]
    return [*before, *set_apart(result.composite.columns, {*before, "reason"}), "reason"]


def score_heads(result: Result) -> list[str]:
    """The columns of the scores of every node, each called otherwise."""
    before = ["unit", "name"]
    return [*before, *set_apart((*result.composite.columns, *result.scores.columns), before)]


def method_rows(result: Result, language: Language = "en") -> Iterator[MethodRow]:
    """How every node is made, in the order of the scheme; methods by their names, in Vietnamese in words."""
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
            kind=said("kind.indicator" if leaf else "kind.group", language),
            weight=node.weight,
            share=own,
            effective=effective,
            unit=known("unit", leaf.unit, language) if leaf else "",
            direction=said("more.better" if leaf.direction > 0 else "less.better", language) if leaf else "",
            denominator=(leaf.denominator or "") if leaf else "",
            denominate=(
                called("denominate", scheme.denominator_of(leaf), language) if leaf and leaf.denominator else ""
            ),
            impute=called("impute", scheme.imputer_of(leaf), language) if leaf else "",
            treat=called("treat", scheme.treater_of(leaf), language) if leaf else "",
            treated=treatment(result.treatment.rules.get(node.code, ""), language),
            normalise=called("normalise", scheme.normaliser_of(leaf), language) if leaf else "",
            weigh=called("weigh", scheme.weigher_of(group), language) if group else "",
            aggregate=called("aggregate", scheme.aggregator_of(group), language) if group else "",
            standing=known("standing", node.standing, language),
            source=leaf.source if leaf else "",
            note=node.note,
        )


def notes(result: Result, language: Language = "en") -> Iterator[tuple[str, str]]:
    """What a reader should know besides the numbers: (heading, text) pairs."""
    return ((said(f"note.{heading}", language), text) for heading, text in _notes(result, language))


def _notes(result: Result, language: Language) -> Iterator[tuple[str, str]]:
    scheme, table = result.scheme, result.measured
    if result.is_synthetic:
        yield "warning", said("note.synthetic", language)
    yield "index", " ".join(filter(None, (scheme.index.title(language), scheme.edition)))
    yield "data", ", ".join(filter(None, (table.title, table.period))) or said("note.untitled", language)
    for text in _about(scheme, language):
        yield "scheme", text
    yield "ours", _ours(scheme, language)
    ranked = len(result.best_first)
    yield "coverage", said("note.ranked", language, ranked, len(table.units))
    measured = result.ratios.values
    gaps = int(np.count_nonzero(np.isnan(measured)))
    share = decimal(f"{gaps / measured.size:.1%}", language)
    yield "coverage", said("note.gaps", language, gaps, measured.size, share)
    filled = int(
        np.count_nonzero(np.isnan(measured[result.screening.eligible]) & ~np.isnan(result.completed.values))
    )
    yield "coverage", said("note.imputed" if filled else "note.imputed.none", language, filled)
    if counts := unsettled(result, language):
        yield "provenance", said("note.unsettled", language, counts)
    for code, why in result.unranked.items():
        name = table.units.names[table.units.codes.index(code)]
        yield "unranked", f"{name}: {reasons(why, language)}"
    yield "rounding", said("note.rounded", language, scheme.decimals)
    for told in table.remarks:
        yield "reading", remark(told, language) or told
    for note in table.notes:
        yield "table", note
    if scheme.citation:
        yield "citation", scheme.citation


def unsettled(result: Result, language: Language) -> str:
    """How many cells have each status that is not final; empty where none is known to."""
    counts = result.measured.noted.counts()
    return ", ".join(
        f"{n} {known('status', status, language)}" for status, n in counts.items() if status in UNSETTLED
    )


def _about(scheme: Scheme, language: Language) -> list[str]:
    """What the scheme says of itself: all of it in English, as schemes are; else what is in the language."""
    if language != "en":
        return paragraphs(scheme.about, language)
    return [" ".join(text.split()) for text in scheme.about.split("\n\n") if text]


def _ours(scheme: Scheme, language: Language) -> str:
    """Which nodes are the project's choice, so that nobody takes them for official."""
    ours = [node.code for node in scheme.nodes if node.standing == "ours"]
    return said("note.ours.some" if ours else "note.ours.none", language, ", ".join(ours))
