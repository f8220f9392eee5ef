"""What it would take, in lines for a terminal, and as records for other programs."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from pii.figures.words import decimal, number, percent, title
from pii.improve.improvement import Improvement, Safety
from pii.improve.targets import Standing
from pii.report.records import frame_records
from pii.report.rewording import search, target
from pii.report.terminal import aligned, printable
from pii.report.words import Language, known, said

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["gain_lines", "improvement_lines", "improvement_record"]


def improvement_lines(found: Improvement, safety: Safety | None = None, language: Language = "en") -> list[str]:
    """The target, what is reached, and every change, the dearest first."""
    asked = target(str(found.target), language)
    lines = [printable(title(found.start, language)), f"{printable(found.name)}: {asked}"]
    if not found.reached:
        lines.append(said("improve.out", language, target(str(found.nearest), language)))
    lines += [
        said("improve.now", language, _stands(found.before, found, language)),
        said("improve.then", language, _stands(found.after, found, language)),
        said("improve.cost", language, _short(found.cost, ".4g", language), search(found.said, language)),
    ]
    frame = found.to_frame()
    if len(frame):
        names = _names(found, language)
        rows = [
            (
                printable(str(code)),
                names[str(code)],
                *(_short(row[end], ".6g", language) for end in ("from", "to")),
                _short(row["change"], "+.4g", language),
                printable(known("unit", row["unit_of_measure"], language)),
                percent(row["share"], language),
                *(number(row[end], language, 1) for end in ("score_from", "score_to")),
            )
            for code, row in frame.iterrows()
        ]
        lines += ["", *aligned([_heads(_CHANGED, language), *rows], words={0, 1, 5})]
    if safety is not None:
        lines += ["", _safe(safety, language)]
    return lines


def gain_lines(found: Improvement, gains: pd.DataFrame, n: int = 10, language: Language = "en") -> list[str]:
    """The indicators that would bring most by themselves: up to the mean and up to the best.

    Parameters
    ----------
    gains
        As ``marginal_gains`` finds them for the improvement's unit.
    n
        How many are shown.
    """
    order = gains[gains["gain_to_best"] > 0].sort_values("gain_to_best", ascending=False, kind="stable")
    names = _names(found, language)
    rows = [
        (
            printable(str(code)),
            names[str(code)],
            _short(row["value"], ".6g", language),
            _short(row["per_unit"], ".3g", language),
            *(_point(row, point, language) for point in ("kink", "mean", "best")),
        )
        for code, row in order.head(n).iterrows()
    ]
    more = len(order) - len(rows)
    return [
        said("improve.alone", language),
        *aligned([_heads(_BROUGHT, language), *rows], words={0, 1}),
        *([said("improve.more", language, more)] if more else []),
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


_LARGE = 1e15
_CHANGED = (
    "code",
    "improve.indicator",
    "improve.from",
    "improve.to",
    "improve.change",
    "improve.measure",
    "improve.width",
    "improve.score",
    "improve.after",
)
_BROUGHT = (
    "code",
    "improve.indicator",
    "improve.value",
    "improve.each",
    "improve.kink",
    "improve.mean",
    "improve.best",
)


def _heads(keys: tuple[str, ...], language: Language) -> list[str]:
    return [said(key, language).lower() for key in keys]


def _names(found: Improvement, language: Language) -> dict[str, str]:
    """What the indicators are called."""
    return {one.code: printable(one.title(language)) for one in found.start.scheme.indicators}


def _short(value: float, digits: str, language: Language) -> str:
    """A number of so many digits; large ones with all that they have, for who reads an exponent."""
    said_short = format(value, digits)
    if "e+" in said_short and abs(value) < _LARGE:
        said_short = format(value, "+.0f" if digits.startswith("+") else ".0f")
    return decimal(said_short, language)


def _stands(where: Standing, found: Improvement, language: Language) -> str:
    units, scheme = len(found.start.best_first), found.start.scheme
    score = number(where.score, language, scheme.decimals)
    stands = said("improve.stands", language, f"{where.rank:g}", units, score)
    above = said("improve.above", language, where.groups, where.indicators, len(scheme.indicators))
    return f"{stands}, {above}"


def _safe(safety: Safety, language: Language) -> str:
    safe = said("improve.safe", language, safety.rank, percent(safety.probability, language))
    return f"{safe}; {said('improve.ends', language, safety.low, safety.high)}"


def _point(row: Any, name: str, language: Language) -> str:
    if isnan(row[name]):
        return said("improve.passed", language)
    at, gain = _short(row[name], ".6g", language), number(row[f"gain_to_{name}"], language, 2)
    sign = "" if gain.startswith("-") else "+"
    mark = ", " if language == "en" else "; "
    return f"{at}: {sign}{gain}{mark}{row[f'rank_at_{name}']:g}"


def _known(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}


def _plain(record: dict[Any, Any]) -> dict[str, Any]:
    """Without what JSON has not: NumPy's numbers, NaN."""
    plain = {str(key): value.item() if isinstance(value, np.generic) else value for key, value in record.items()}
    return {key: None if isinstance(value, float) and isnan(value) else value for key, value in plain.items()}
