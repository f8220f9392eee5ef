"""Studies and bounds in lines for a terminal, and as records for other programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from pii.report.terminal import printable
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
    lines = [printable(study.result.title), f"{study.draws:,} draws of: {varied}", "", *_table(heads, rows)]
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
    return [said, *_table(("choice", "alone", "in all", "90 %"), rows)]


def study_record(study: Study, driven: Sensitivity | None, *, level: float) -> dict[str, Any]:
    """A study as JSON has it."""
    return {
        "title": study.result.title,
        "synthetic": study.result.is_synthetic,
        "draws": study.draws,
        "left_out": study.left_out,
        "level": level,
        "uncertainty": study.plan.uncertainty.model_dump(mode="json"),
        "intervals": _records(study.intervals(level=level).reset_index()),
        "scores": _records(study.score_intervals(level=level).reset_index()),
        "drivers": [] if driven is None else _records(driven.overall().reset_index()),
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
    return [head, "", *_table(("rank", "name", "possible", "scores"), rows)]


def bounds_record(bounds: Bounds) -> dict[str, Any]:
    """Bounds as JSON has them."""
    return {
        "title": bounds.part.result.title,
        "synthetic": bounds.part.result.is_synthetic,
        "region": bounds.region.model_dump(mode="json"),
        "units": _records(bounds.to_frame().reset_index()),
    }


def _records(frame: Any) -> list[dict[str, Any]]:
    """Rows as plain values; what is missing, or not bounded by so few draws, is None."""
    known = frame.notna() & ~frame.isin([np.inf, -np.inf])
    rows = frame.astype(object).where(known, None).to_dict("records")
    return [
        {key: value.item() if isinstance(value, np.generic) else value for key, value in row.items()}
        for row in rows
    ]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Columns as wide as their widest cell: words to the left, the rest to the right."""
    cells = [heads, *rows]
    widths = [max(len(row[at]) for row in cells) for at in range(len(heads))]
    words = {at for at, head in enumerate(heads) if head in ("name", "choice")}
    return [
        "  ".join(
            cell.ljust(width) if at in words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
