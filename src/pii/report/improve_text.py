"""What it would take, in lines for a terminal, and as records for other programs."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np

from pii.improve.improvement import Improvement, Safety
from pii.improve.targets import Standing
from pii.report.records import frame_records
from pii.report.terminal import aligned, printable
from pii.rounding import published

__all__ = ["gain_lines", "improvement_lines", "improvement_record"]


def improvement_lines(found: Improvement, safety: Safety | None = None) -> list[str]:
    """The target, what is reached, and every change, the dearest first."""
    units = len(found.start.best_first)
    lines = [printable(found.start.title), f"{printable(found.name)}: {found.target}"]
    if not found.reached:
        lines.append(f"out of reach within the bounds; nearest: {found.nearest}")
    lines += [
        f"now:  {_stands(found.before, units, found)}",
        f"then: {_stands(found.after, units, found)}",
        f"cost {found.cost:.4g}, {found.said}",
    ]
    frame = found.to_frame()
    if len(frame):
        rows = [
            (
                printable(str(code)),
                printable(row["title"]),
                f"{row['from']:.6g}",
                f"{row['to']:.6g}",
                f"{row['change']:+.4g}",
                printable(row["unit_of_measure"]),
                f"{row['share']:.0%}",
                f"{row['score_from']:.1f}",
                f"{row['score_to']:.1f}",
            )
            for code, row in frame.iterrows()
        ]
        heads = ("code", "indicator", "from", "to", "change", "unit", "of width", "score", "then")
        lines += ["", *aligned([heads, *rows], words={0, 1, 5})]
    if safety is not None:
        lines += ["", _safe(safety)]
    return lines


def gain_lines(frame: Any, n: int = 10) -> list[str]:
    """The indicators that would bring most by themselves: up to the mean and up to the best."""
    order = frame[frame["gain_to_best"] > 0].sort_values("gain_to_best", ascending=False, kind="stable")
    rows = [
        (
            printable(str(code)),
            printable(row["title"]),
            f"{row['value']:.6g}",
            f"{row['per_unit']:.3g}",
            _point(row, "kink"),
            _point(row, "mean"),
            _point(row, "best"),
        )
        for code, row in order.head(n).iterrows()
    ]
    heads = ("code", "indicator", "value", "a unit", "to the next kink", "to the mean", "to the best")
    more = len(order) - len(rows)
    return [
        "by itself, each brings (value: score, rank)",
        *aligned([heads, *rows], words={0, 1}),
        *([f"and {more} more"] if more else []),
    ]


def improvement_record(found: Improvement, gains: Any, safety: Safety | None = None) -> dict[str, Any]:
    """An improvement as JSON has it."""
    return {
        "title": found.start.title,
        "synthetic": found.start.is_synthetic,
        "unit": found.unit,
        "name": found.name,
        "target": _known(found.target.model_dump(mode="json")),
        "reached": found.reached,
        "nearest": None if found.nearest is None else _known(found.nearest.model_dump(mode="json")),
        "before": _plain(found.before._asdict()),
        "after": _plain(found.after._asdict()),
        "cost": found.cost,
        "method": found.said,
        "exact": found.is_exact,
        "changes": frame_records(found.to_frame().reset_index()),
        "held": dict(found.held),
        "gains": frame_records(gains.reset_index()),
        "safety": None if safety is None else safety._asdict(),
    }


def _stands(where: Standing, units: int, found: Improvement) -> str:
    score = published(where.score, found.start.scheme.decimals)
    total = len(found.start.scheme.indicators)
    counted = f"{where.groups} pillars and {where.indicators} of {total} indicators above the mean"
    return f"rank {where.rank:g} of {units}, score {score}, {counted}"


def _safe(safety: Safety) -> str:
    rank = f"rank {safety.rank} or better in {safety.probability:.0%} of the draws"
    return f"how safe it is: {rank}; 90 % of them give ranks {safety.low}-{safety.high}"


def _point(row: Any, name: str) -> str:
    if isnan(row[name]):
        return "passed"
    return f"{row[name]:.6g}: {row[f'gain_to_{name}']:+.2f}, {row[f'rank_at_{name}']:g}"


def _known(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}


def _plain(record: dict[Any, Any]) -> dict[str, Any]:
    """Without what JSON has not: NumPy's numbers, NaN."""
    plain = {str(key): value.item() if isinstance(value, np.generic) else value for key, value in record.items()}
    return {key: None if isinstance(value, float) and isnan(value) else value for key, value in plain.items()}
