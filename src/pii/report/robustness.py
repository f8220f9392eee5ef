"""Studies and bounds in lines for a terminal, and as records for other programs."""

from __future__ import annotations

from typing import Any

from pii.figures.words import number, percent, title
from pii.report.records import frame_records
from pii.report.terminal import aligned, printable
from pii.report.words import Language, known, said
from pii.robustness.bounds import Bounds
from pii.robustness.sensitivity import Sensitivity
from pii.robustness.study import Study

__all__ = ["bounds_lines", "bounds_record", "study_lines", "study_record"]


def study_lines(study: Study, driven: Sensitivity | None, *, level: float, language: Language = "en") -> list[str]:
    """Every unit's rank with the interval that the draws give it, best first; then what drives them."""
    frame = study.intervals(level=level).sort_values("rank", kind="stable")
    first = dict(study.top(1)["probability"].items())
    rows = [
        (
            "" if row["rank"] is None else str(row["rank"]),
            printable(row["name"]),
            _ranks(row["low"], row["high"]),
            str(row["median"] or "-"),
            _ranks(row["best"], row["worst"]),
            percent(first[code], language),
        )
        for code, row in frame.astype(object).where(frame.notna(), None).iterrows()
    ]
    heads = (
        said("rank", language).lower(),
        said("name", language).lower(),
        said("ranks.of.draws", language, percent(level, language)),
        *(said(key, language) for key in ("ranks.median", "ranks.all.draws", "ranks.first")),
    )
    varied = ", ".join(printable(known("choice", choice.title(), language)) for choice in study.plan.choices)
    lines = [
        printable(title(study.result, language)),
        said("study.draws", language, _count(study.draws, language), varied),
        "",
        *aligned([heads, *rows], words={1}),
    ]
    if study.left_out:
        lines += ["", said("study.left", language, _count(study.left_out, language))]
    if not study.is_stable(level=level):
        lines += ["", said("study.unstable", language)]
    if driven is not None:
        lines += ["", *_drivers(driven, language)]
    return lines


def _drivers(driven: Sensitivity, language: Language) -> list[str]:
    overall = driven.overall().sort_values("total", ascending=False)
    rows = [
        (
            printable(known("choice", str(choice), language)),
            *(number(row[effect], language, 2) for effect in ("first", "total")),
            "-".join(number(row[end], language, 2) for end in ("total_low", "total_high")),
        )
        for choice, row in overall.iterrows()
    ]
    heads = *(said(key, language) for key in ("driver.choice", "driver.alone", "driver.total")), "90 %"
    return [said("study.drives", language), *aligned([heads, *rows], words={0})]


def _ranks(best: int, worst: int) -> str:
    """Two ends, or that a unit has no rank in any draw."""
    return f"{best}-{worst}" if best else "-"


def _count(n: int, language: Language) -> str:
    return f"{n:,}".replace(",", "." if language == "vi" else ",")


def study_record(study: Study, driven: Sensitivity | None, *, level: float) -> dict[str, Any]:
    """A study as JSON has it."""
    return {
        "title": study.result.title,
        "synthetic": study.result.is_synthetic,
        "draws": study.draws,
        "left_out": study.left_out,
        "level": level,
        "uncertainty": study.plan.uncertainty.model_dump(mode="json"),
        "intervals": frame_records(study.intervals(level=level).reset_index()),
        "scores": frame_records(study.score_intervals(level=level).reset_index()),
        "drivers": [] if driven is None else frame_records(driven.overall().reset_index()),
    }


def bounds_lines(bounds: Bounds, language: Language = "en") -> list[str]:
    """Every unit's rank and possible ranks, best first."""
    frame = bounds.to_frame().sort_values("rank", kind="stable")
    rows = []
    for _, row in frame.iterrows():
        ranks = f"{row['best']}-{row['worst']}"
        scores = (number(row[end], language, 2) for end in ("lowest", "highest"))
        rows.append(
            (
                str(row["rank"]),
                printable(row["name"]),
                ranks if row["proven"] else said("bounds.proven", language, ranks),
                said("ranks.range", language, *scores),
            )
        )
    spread, name = bounds.region.spread, printable(title(bounds.part.result, language))
    key = "bounds.title" if spread is None else "bounds.within"
    head = said(key, language, name, percent(spread or 0.0, language))
    heads = (
        *(said(key, language).lower() for key in ("rank", "name")),
        *(said(key, language) for key in ("ranks.possible", "ranks.scores")),
    )
    return [head, "", *aligned([heads, *rows], words={1})]


def bounds_record(bounds: Bounds) -> dict[str, Any]:
    """Bounds as JSON has them."""
    return {
        "title": bounds.part.result.title,
        "synthetic": bounds.part.result.is_synthetic,
        "region": bounds.region.model_dump(mode="json"),
        "units": frame_records(bounds.to_frame().reset_index()),
    }
