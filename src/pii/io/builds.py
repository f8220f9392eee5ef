"""A result as a build folder: every output, and a manifest of what it was made from."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Sequence
from math import isnan
from pathlib import Path

from pii.errors import BuildError, Problem
from pii.io.folders import OTHER, csv_bytes, json_bytes, manifest, occupied, place
from pii.io.writing import defused
from pii.report.markdown import ranking_markdown
from pii.report.publication import published_rows
from pii.report.records import index_record
from pii.report.workbook import workbook
from pii.result import Result
from pii.rounding import published

__all__ = ["refuse_occupied", "write_build"]

_MANIFEST = "manifest.json"


def write_build(
    result: Result,
    folder: str | os.PathLike[str],
    *,
    inputs: Sequence[str | os.PathLike[str]] = (),
    command: Sequence[str] = (),
    force: bool = False,
) -> Path:
    """Write a result into a new folder, whole or not at all.

    Parameters
    ----------
    result
        What was computed.
    folder
        Where to; it must not exist, or be empty.
    inputs
        Files that it was computed from; the manifest keeps their hashes.
    command
        The command that asked for it, for the manifest.
    force
        Replace a folder that an earlier build wrote, and that holds nothing else.

    Returns
    -------
    Path
        The folder, holding ``ranking.csv`` (published), ``scores.csv`` (every node, unrounded), ``scores.parquet``
        (every stage), ``index.xlsx``, ``index.json``, ``ranking.md`` and ``manifest.json``.

    Raises
    ------
    BuildError
        The folder holds something already, or cannot be written, or an input cannot be read; nothing is left
        half-written.
    """
    target = Path(folder)
    refuse_occupied(target, force=force)
    contents = {name: make(result) for name, make in _OUTPUTS.items()}
    contents[_MANIFEST] = json_bytes(manifest(result, contents, inputs, command))
    try:
        place(contents, target.resolve())
    except OSError as error:
        raise BuildError(
            Problem(
                file=str(target),
                found=error.strerror or str(error),
                rule="a build folder is written whole or not at all",
                remedy="make room or permission there, or choose another folder with --out",
            )
        ) from error
    return target


def refuse_occupied(folder: str | os.PathLike[str], *, force: bool) -> None:
    """Say before any work is done that a build could not be written there.

    Raises
    ------
    BuildError
        The folder holds something that may not be replaced.
    """
    target = Path(folder)
    try:
        fault = _fault(target.resolve(), force=force)
    except (OSError, RuntimeError) as error:  # the latter for links that go in a circle
        fault = (f"the folder cannot be read: {getattr(error, 'strerror', None) or error}", "", OTHER)
    if fault:
        found, rule, remedy = fault
        raise BuildError(Problem(file=str(target), found=found, rule=rule, remedy=remedy))


def _fault(target: Path, *, force: bool) -> tuple[str, str, str] | None:
    """Why a build cannot go there: what was found, the rule, what to do."""
    here = Path.cwd()
    if target == here or target in here.parents:
        rule = "a build is moved to its place in one step"
        return "it is the folder that you are in, or one above it", rule, "name a folder inside it with --out"
    if not target.is_dir():
        return ("it is a file", "a build is a folder", OTHER) if target.exists() else None
    found = {path.name for path in target.iterdir()}
    return occupied(found, _outputs_of(target), force=force) if found else None


def _outputs_of(folder: Path) -> set[str]:
    """The files that a build wrote, by its manifest; none where there is none, or it is someone else's."""
    try:
        made = json.loads((folder / _MANIFEST).read_bytes())
        return {_MANIFEST, *(output["file"] for output in made["outputs"])}
    except (FileNotFoundError, IsADirectoryError, ValueError, LookupError, TypeError):
        return set()


def _ranking_csv(result: Result) -> bytes:
    scheme, labels = result.scheme, list(result.measured.units.labels)
    rows = [
        [
            "" if isnan(row.rank) else f"{row.rank:g}",
            *map(defused, (row.code, row.name, *row.labels)),
            *(published(score, scheme.decimals) for score in row.scores),
            defused(row.reason),
        ]
        for row in published_rows(result)
    ]
    return csv_bytes(result, ["rank", "unit", "name", *labels, *result.composite.columns, "reason"], rows)


def _scores_csv(result: Result) -> bytes:
    columns = [*result.composite.columns, *result.scores.columns]
    grids = zip(result.composite.values.tolist(), result.scores.values.tolist(), strict=True)
    units = result.composite.units
    rows = [
        [defused(code), defused(name), *("" if isnan(score) else repr(score) for score in groups + leaves)]
        for code, name, (groups, leaves) in zip(units.codes, units.names, grids, strict=True)
    ]
    return csv_bytes(result, ["unit", "name", *columns], rows)


def _scores_parquet(result: Result) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(result.to_long(), preserve_index=False)
    about = {b"title": result.title.encode(), b"scheme": result.scheme.code.encode()}
    buffer = io.BytesIO()
    pq.write_table(table.replace_schema_metadata((table.schema.metadata or {}) | about), buffer, compression="zstd")
    return buffer.getvalue()


_OUTPUTS: dict[str, Callable[[Result], bytes]] = {
    "ranking.csv": _ranking_csv,
    "scores.csv": _scores_csv,
    "scores.parquet": _scores_parquet,
    "index.xlsx": workbook,
    "index.json": lambda result: json_bytes(index_record(result)),
    "ranking.md": lambda result: ranking_markdown(result).encode(),
}
