"""A result as plain data, for JSON and other programs."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from pii.report.publication import notes
from pii.result import Result
from pii.scores import Scores
from pii.table import Table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FORMAT", "frame_records", "index_record", "ranking_records"]

FORMAT = 1
"""The format of JSON and Parquet for other programs; it rises when a field or column changes."""


def ranking_records(result: Result) -> list[dict[str, Any]]:
    """One record a unit, the best first: unrounded scores of every group, None where there is none.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.scheme import Scheme
    >>> from pii.table import Table
    >>> from pii.tree import Group, Indicator
    >>> scheme = Scheme(code="demo", index=Group(code="demo", children=[Indicator(code="a")]))
    >>> ranking_records(compute(scheme, Table.of({"a": [1.0, 3.0]}, units=["x", "y"])))[0]
    {'rank': 1, 'unit': 'y', 'name': 'y', 'scores': {'demo': 100.0}}
    """
    units, ranked = result.measured.units, result.composite.units
    position = {code: at for at, code in enumerate(units.codes)}
    order = [(ranked.codes[at], at) for at in result.best_first.tolist()]
    records: list[dict[str, Any]] = []
    for code, at in order:
        place = float(result.ranking.values[at, 0])
        scores = dict(zip(result.composite.columns, result.composite.values[at].tolist(), strict=True))
        records.append(
            {"rank": int(place) if place.is_integer() else place}
            | _about(result, position[code])
            | {"scores": {node: _finite(score) for node, score in scores.items()}}
        )
    for code, reasons in result.unranked.items():
        records.append({"rank": None} | _about(result, position[code]) | {"reasons": list(reasons)})
    return records


def _about(result: Result, at: int) -> dict[str, Any]:
    units = result.measured.units
    labels = {label: column[at] for label, column in units.labels.items()}
    return {"unit": units.codes[at], "name": units.names[at]} | ({"labels": labels} if labels else {})


def _finite(value: float) -> float | None:
    return None if isnan(value) else value


def frame_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values; what is missing, or not bounded by so few draws, is None.

    Examples
    --------
    >>> import pandas as pd
    >>> frame_records(pd.DataFrame({"n": [1, 2], "low": [0.5, float("inf")]}))
    [{'n': 1, 'low': 0.5}, {'n': 2, 'low': None}]
    """
    known = frame.notna() & ~frame.isin([np.inf, -np.inf])
    rows = frame.astype(object).where(known, None).to_dict("records")
    return [
        {str(key): value.item() if isinstance(value, np.generic) else value for key, value in row.items()}
        for row in rows
    ]


def index_record(result: Result) -> dict[str, Any]:
    """The whole index: scheme, ranking, values, indicator scores, weights, treatment, notes, sources if known."""
    known = result.measured.noted
    where_known = {"provenance": known.to_dict()} if known else {}
    fixed = {} if result.reference is None else {"reference": _by_unit(result.reference)}
    record = {
        "format": FORMAT,
        "title": result.title,
        "synthetic": result.is_synthetic,
        "period": result.measured.period,
        "system": result.measured.units.system,
        "scheme": result.scheme.model_dump(mode="json", exclude_defaults=True),
        "ranking": ranking_records(result),
        "measured": _by_unit(result.measured),
        "indicator_scores": _by_unit(result.scores),
        "weights": {
            node: {"parent": parent, "share": share, "effective": effective}
            for node, parent, share, effective in zip(
                result.weights.nodes,
                result.weights.parents,
                result.weights.shares.tolist(),
                result.weights.effective.tolist(),
                strict=True,
            )
        },
        "treatment": dict(result.treatment.rules),
        "notes": [{"about": heading, "text": text} for heading, text in notes(result)],
    }
    return record | fixed | where_known


def _by_unit(grid: Table | Scores) -> dict[str, dict[str, float | None]]:
    return {
        code: dict(zip(grid.columns, map(_finite, row), strict=True))
        for code, row in zip(grid.units.codes, grid.values.tolist(), strict=True)
    }
