"""What a study found as a folder of tables, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from pii.io.folders import Kind, csv_bytes, json_bytes, manifest
from pii.io.placing import place, standing
from pii.io.streams import DRAWS, refuse_others, writing
from pii.io.writing import defused
from pii.result import Result
from pii.robustness.sensitivity import Sensitivity
from pii.robustness.study import Study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["refuse_taken", "write_study"]

_MANIFEST = "study.json"
_STUDIES = Kind(_MANIFEST, called="an earlier study", rule="a study never overwrites by itself", kept=(DRAWS,))
_PAIRS = 2_000  # units up to which every pair of them is compared in a file


def write_study(
    study: Study,
    folder: str | os.PathLike[str],
    *,
    drivers: Sensitivity | None = None,
    level: float = 0.9,
    inputs: Sequence[str | os.PathLike[str]] = (),
    command: Sequence[str] = (),
    force: bool = False,
) -> Path:
    """Write what a study found into a new folder, whole or not at all.

    Parameters
    ----------
    study
        What was found.
    folder
        Where to; it must not exist, be empty, or hold no more than the draws of this study.
    drivers
        What drives the uncertainty, for a file of its own.
    level
        The share of the draws between the ends of the intervals.
    inputs, command
        For ``study.json``, as in a build's manifest.
    force
        Replace a folder that an earlier study wrote; draws that were kept stay.

    Returns
    -------
    Path
        The folder, holding ``intervals.csv`` (ranks), ``scores.csv`` (score intervals), ``acceptability.csv``,
        ``winning.csv`` (for up to 2,000 units), ``drivers.csv`` (where given) and ``study.json``.

    Raises
    ------
    BuildError
        The folder holds something else, or cannot be written; nothing is left half-written.
    """
    target = Path(folder)
    before = standing(target, _MANIFEST)
    refuse_taken(target, force=force)
    if (target / DRAWS).exists():
        refuse_others(study.plan, target / DRAWS)
    result = study.result
    frames = {
        "intervals.csv": _stacked(study, lambda node: study.intervals(node, level=level)),
        "scores.csv": _stacked(study, lambda node: study.score_intervals(node, level=level)),
        "acceptability.csv": _stacked(study, study.acceptability),
    }
    if len(study.units) <= _PAIRS:
        frames["winning.csv"] = _stacked(study, study.winning)
    if drivers is not None:
        frames["drivers.csv"] = drivers.to_frame()
    contents = {name: _table(result, frame) for name, frame in frames.items()}
    contents[_MANIFEST] = json_bytes(
        manifest(result, contents, inputs, command)
        | {
            "draws": study.draws,
            "left_out": study.left_out,
            "seed": study.plan.uncertainty.seed,
            "level": level,
            "nodes": list(study.plan.nodes),
            "uncertainty": study.plan.uncertainty.model_dump(mode="json"),
        }
    )
    with writing(target), _draws_aside(target.resolve()):
        place(contents, target, what="the folder of a study", by=_MANIFEST, before=before)
    return target


def refuse_taken(folder: str | os.PathLike[str], *, force: bool) -> None:
    """Say before any work is done that a study could not be written there; draws that were kept are not in the way.

    Raises
    ------
    BuildError
        The folder holds something that may not be replaced.
    """
    _STUDIES.refuse_taken(folder, force=force)


@contextmanager
def _draws_aside(target: Path) -> Iterator[None]:
    """Draws that were kept outlive the folder that they lie in."""
    kept, aside = target / DRAWS, target.with_name(f".{target.name}.{DRAWS}.{uuid4().hex}")
    if not kept.exists():
        yield
        return
    kept.rename(aside)
    try:
        yield
    finally:
        aside.rename(kept)


def _stacked(study: Study, make: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """One row a unit and node."""
    import pandas as pd

    frames = []
    for node in study.plan.nodes:
        frame = make(node).reset_index()
        frame.insert(1, "node", node)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _table(result: Result, frame: pd.DataFrame) -> bytes:
    rows = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
    return csv_bytes(
        result, [str(column) for column in frame.columns], ([_cell(value) for value in row] for row in rows)
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    return (
        defused(value) if isinstance(value, str) else repr(value.item() if isinstance(value, np.generic) else value)
    )
