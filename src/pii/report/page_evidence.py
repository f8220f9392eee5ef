"""What is known beside a result: how far it can be trusted, what an audit found, what moved, where it is from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from pii.audit import Audit
from pii.figures.words import title
from pii.report.page_bases import numbers
from pii.report.page_record import spoken, text
from pii.report.rewording import detail, source
from pii.result import Result
from pii.robustness.bounds import Bounds
from pii.robustness.sensitivity import Sensitivity
from pii.robustness.study import Study
from pii.thresholds import RULES
from pii.tree import Indicator

__all__ = ["audit_part", "bounds_part", "earlier_part", "provenance_part", "study_part"]

_KEPT = ("pii", "python", "platform", "created", "command", "scheme", "inputs", "outputs", "packages")


def study_part(study: Study, drivers: Sensitivity | None, level: float) -> dict[str, Any]:
    """Rank intervals of every node that was studied, the draws in which each unit has each rank, what drives them.

    Units are those of the study, in its order; ranks that no draw gives are None.
    """
    index = study.plan.nodes[0]
    share = study.acceptability(index).to_numpy()
    scores = study.score_intervals(index, level=level)
    return {
        "units": list(study.units.codes),
        "draws": study.draws,
        "seed": study.plan.uncertainty.seed,
        "level": level,
        "stable": study.is_stable(level=level),
        "choices": [[choice.title(), choice.stage] for choice in study.plan.choices],
        "ranks": {node: _ranks(study, node, level) for node in study.plan.nodes},
        "scores": {end: numbers(scores[end].to_numpy(), 7) for end in ("low", "high")},
        "acceptability": [[round(one, 4) for one in row] for row in share.tolist()],
        "drivers": [] if drivers is None else _drivers(drivers),
    }


def _ranks(study: Study, node: str, level: float) -> dict[str, list[float | None]]:
    frame = study.intervals(node, level=level)
    columns = ("low", "high", "median")
    return {column: [one or None for one in numbers(frame[column].to_numpy())] for column in columns}


def _drivers(drivers: Sensitivity) -> list[list[Any]]:
    """Name of the choice, its share of the variance alone and in all, and the interval of the latter."""
    frame = drivers.overall().sort_values("total", ascending=False)
    columns = ["first", "total", "total_low", "total_high"]
    rows = frame[columns].to_numpy().tolist()
    return [[str(choice), *numbers(row, 4)] for choice, row in zip(frame.index, rows, strict=True)]


def bounds_part(bounds: Bounds) -> dict[str, Any]:
    """The best and worst rank that any admissible weights give, and the tiers that all of them agree on."""
    frame = bounds.to_frame()
    return {
        "units": list(frame.index),
        "spread": bounds.region.spread,
        "best": frame["best"].tolist(),
        "worst": frame["worst"].tolist(),
        "proven": bool(frame["proven"].all()),
        "tiers": bounds.dominance.tiers.tolist(),
    }


def audit_part(audit: Audit) -> dict[str, Any]:
    """Findings by rule: what the rule says, and every place that breaks it, the furthest past it first."""
    kinds: dict[str, list[list[Any]]] = {}
    for finding in sorted(audit.findings, key=lambda one: -one.excess):
        figures = spoken(finding.detail, detail(finding.detail, "vi"))
        kinds.setdefault(finding.rule, []).append([finding.place, figures])
    order = [rule for rule in RULES if rule in kinds]
    order.sort(key=lambda rule: RULES[rule].severity != "serious")
    return {
        "measure": audit.measure,
        "count": len(audit.findings),
        "serious": sum(finding.severity == "serious" for finding in audit.findings),
        "rules": [
            {
                "rule": rule,
                "topic": RULES[rule].topic,
                "severity": RULES[rule].severity,
                "says": RULES[rule].says,
                "source": text(source(RULES[rule].source, "vi"), RULES[rule].source),
                "places": kinds[rule],
            }
            for rule in order
        ],
        "first": [concern.place for concern in audit.first(5)],
    }


def earlier_part(earlier: Result, result: Result) -> dict[str, Any]:
    """Ranks and scores of an earlier edition by node and unit of this one; none where the units do not compare."""
    now, before = result.measured.units.system, earlier.measured.units.system
    found: dict[str, Any] = {
        "title": {language: title(earlier, language) for language in ("vi", "en")},
        "period": earlier.measured.period or earlier.scheme.edition,
        "systems": [before, now],
        "compares": before == now,
        "same_scheme": _core(earlier) == _core(result),
    }
    if before != now:
        return found
    at = {code: position for position, code in enumerate(earlier.composite.units.codes)}
    known = np.array([at.get(code, -1) for code in result.composite.units.codes], dtype=np.intp)
    scores: list[Any] = []
    places: list[Any] = []
    for node in result.scheme.nodes:
        column = _column(earlier, node.code, isinstance(node, Indicator))
        if column is None:
            scores.append(None)
            places.append(None)
            continue
        scores.append(numbers(np.where(known < 0, np.nan, column[known]), 7))
        places.append(numbers(np.where(known < 0, np.nan, earlier.scheme.rank(column)[known])))
    return found | {"scores": scores, "places": places}


def _core(result: Result) -> Any:
    """The scheme without what is only said of it."""
    return result.scheme.replace(code="x", name=(), edition="", about="", citation="", uncertainty=None)


def _column(result: Result, code: str, leaf: bool) -> Any:
    grid = result.scores if leaf else result.composite
    return grid.column(code) if code in grid.columns else None


def provenance_part(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What a build's manifest says of where it comes from; what an older one does not say is left out."""
    return {key: manifest[key] for key in _KEPT if manifest.get(key)}
