"""Studies and bounds in lines for a terminal, and as records for other programs."""

from __future__ import annotations

from typing import Any

from pii.report.records import frame_records
from pii.report.terminal import aligned, printable
from pii.robustness.bounds import Bounds
from pii.robustness.sensitivity import Sensitivity
from pii.robustness.study import Study

__all__ = ["bounds_lines", "bounds_record", "study_lines", "study_record"]


def study_lines(study: Study, driven: Sensitivity | None, *, level: float) -> list[str]:
    """Every unit's rank with the interval that the draws give it, best first; then what drives them."""
    frame = study.intervals(level=level).sort_values("rank", kind="stable")
    first = dict(study.top(1)["probability"].items())
    rows = [
        (
            "" if row["rank"] is None else str(row["rank"]),
            printable(row["name"]),
            f"{row['low']}-{row['high']}",
            str(row["median"]),
            f"{row['best']}-{row['worst']}",
            f"{first[code]:.0%}",
        )
        for code, row in frame.astype(object).where(frame.notna(), None).iterrows()
    ]
    heads = ("rank", "name", f"{level:.0%} of draws", "median", "all draws", "first")
    varied = ", ".join(printable(choice.title()) for choice in study.plan.choices)
    lines = [
        printable(study.result.title),
        f"{study.draws:,} draws of: {varied}",
        "",
        *aligned([heads, *rows], words={1}),
    ]
    if study.left_out:
        lines += ["", f"{study.left_out:,} draws left out: their alternatives do not go together"]
    if not study.is_stable(level=level):
        lines += ["", "some ends of intervals are not known to within one rank; draw more, or use --until-stable"]
    if driven is not None:
        lines += ["", *_drivers(driven)]
    return lines


def _drivers(driven: Sensitivity) -> list[str]:
    overall = driven.overall().sort_values("total", ascending=False)
    rows = [
        (
            printable(str(choice)),
            f"{row['first']:.2f}",
            f"{row['total']:.2f}",
            f"{row['total_low']:.2f}-{row['total_high']:.2f}",
        )
        for choice, row in overall.iterrows()
    ]
    said = "what drives it: shares of the variance of the mean absolute rank shift"
    return [said, *aligned([("choice", "alone", "in all", "90 %"), *rows], words={0})]


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


def bounds_lines(bounds: Bounds) -> list[str]:
    """Every unit's rank and possible ranks, best first."""
    frame = bounds.to_frame().sort_values("rank", kind="stable")
    rows = [
        (
            str(row["rank"]),
            printable(row["name"]),
            f"{row['best']}-{row['worst']}" + ("" if row["proven"] else " (bound)"),
            f"{row['lowest']:.2f}-{row['highest']:.2f}",
        )
        for _, row in frame.iterrows()
    ]
    region = bounds.region
    spread = "" if region.spread is None else f", weights within {region.spread:.0%} of the nominal ones"
    head = f"{printable(bounds.part.result.title)}: possible ranks{spread}"
    return [head, "", *aligned([("rank", "name", "possible", "scores"), *rows], words={1})]


def bounds_record(bounds: Bounds) -> dict[str, Any]:
    """Bounds as JSON has them."""
    return {
        "title": bounds.part.result.title,
        "synthetic": bounds.part.result.is_synthetic,
        "region": bounds.region.model_dump(mode="json"),
        "units": frame_records(bounds.to_frame().reset_index()),
    }
