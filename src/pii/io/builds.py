"""A result as a build folder: every output, and a manifest of what it was made from."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isnan
from pathlib import Path
from typing import Any

from pii.errors import BuildError, Problem
from pii.io.datapackage import PACKAGE, package_bytes
from pii.io.folders import OTHER, csv_bytes, json_bytes, manifest, occupied, recorded
from pii.io.kept import REFERENCE, SCHEME, TABLE, kept_files, read_again
from pii.io.long_form import long_parquet
from pii.io.manifests import FORMAT, MANIFEST, SUMS, Manifest, Said, read_manifest, sums
from pii.io.placing import place, standing
from pii.io.writing import defused
from pii.report.latex import ranking_latex
from pii.report.markdown import ranking_markdown
from pii.report.publication import published_rows
from pii.report.records import index_record
from pii.report.workbook import workbook
from pii.result import Result
from pii.rounding import published

__all__ = ["FILES", "manifest_of", "outputs", "read_build", "refuse_occupied", "write_build"]


def write_build(
    result: Result,
    folder: str | os.PathLike[str],
    *,
    inputs: Sequence[str | os.PathLike[str]] = (),
    command: Sequence[str] = (),
    home: str | os.PathLike[str] | None = None,
    formulas: bool = False,
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
    home
        The folder of the project; the manifest says where inputs below it are. The working folder when not given.
    formulas
        Write the workbook with live formulas: who changes a weight in it sees the ranks follow.
    force
        Replace a folder that an earlier build wrote, and that holds nothing else.

    Returns
    -------
    Path
        The folder, holding ``ranking.csv`` (published), ``scores.csv`` (every node, unrounded), ``scores.parquet``
        (every stage), ``index.xlsx``, ``index.json``, ``ranking.md``, ``ranking.tex`` and ``manifest.json``. From
        ``scheme.json``, ``table.csv`` (what was measured, with all digits) and, where other values fixed the scale,
        ``reference.csv``, it is computed again by ``read_build``. ``datapackage.json`` has types and units of every
        CSV for other tools, and ``SHA256SUMS`` the hash of every file.

    Raises
    ------
    BuildError
        The folder holds something already, another build was written there meanwhile, it cannot be written, or an
        input cannot be read; nothing is left half-written.
    """
    target = Path(folder)
    before = standing(target, MANIFEST)
    refuse_occupied(target, force=force)
    contents = outputs(result, formulas=formulas)
    sources = [recorded(path, target, home) for path in inputs]
    contents[MANIFEST] = manifest_of(result, contents, sources, command, formulas=formulas).as_json()
    contents[SUMS] = sums(contents)
    place(contents, target, what="a build folder", by=MANIFEST, before=before)
    return target


def read_build(folder: str | os.PathLike[str]) -> Result:
    """The result that a build folder was written from, computed again from the scheme and tables in it.

    It equals the one that was written in every number and text, as long as the same versions compute it.

    Parameters
    ----------
    folder
        Where ``write_build`` wrote it.

    Raises
    ------
    BuildError
        The folder holds no build or one of another format, a file is missing or is not as it was written, or the
        scheme has a method of its own, which no file can hold.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from pii.compute import compute
    >>> from pii.io.samples import read_sample
    >>> result = compute(*read_sample())
    >>> with TemporaryDirectory() as home:
    ...     again = read_build(write_build(result, f"{home}/build"))
    >>> bool((again.composite.values == result.composite.values).all())
    True
    """
    path = Path(folder)
    return read_again(path, read_manifest(path))


def outputs(result: Result, *, formulas: bool = False) -> dict[str, bytes]:
    """The files of a build, by name, but for its manifest and sums: of the same result the same bytes."""
    makers = _OUTPUTS | {_WORKBOOK: partial(workbook, formulas=formulas)}
    files = {name: make(result) for name, make in makers.items()} | kept_files(result)
    return files | {PACKAGE: package_bytes(result, files)}


def manifest_of(
    result: Result,
    contents: Mapping[str, bytes],
    inputs: Sequence[dict[str, Any]] = (),
    command: Sequence[str] = (),
    *,
    formulas: bool = False,
) -> Manifest:
    """What the manifest of a build says of a result and its files, here and now."""
    uncertainty, fixed = result.scheme.uncertainty, result.reference
    return Manifest.model_validate(
        manifest(result, contents, (), command)
        | {
            "format": FORMAT,
            "inputs": tuple(inputs),
            "machine": platform.machine(),
            "formulas": formulas,
            "seed": uncertainty and uncertainty.seed,
            "unranked": dict(result.unranked),
            "treated": dict(result.treatment.rules),
            "table": Said.of(result.measured),
            "reference": fixed and Said.of(fixed),
        }
    )


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
        made = json.loads((folder / MANIFEST).read_bytes())
        return {MANIFEST, SUMS, *(output["file"] for output in made["outputs"])}
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


_WORKBOOK = "index.xlsx"
_OUTPUTS: dict[str, Callable[[Result], bytes]] = {
    "ranking.csv": _ranking_csv,
    "scores.csv": _scores_csv,
    "scores.parquet": long_parquet,
    _WORKBOOK: workbook,
    "index.json": lambda result: json_bytes(index_record(result)),
    "ranking.md": lambda result: ranking_markdown(result).encode(),
    "ranking.tex": lambda result: ranking_latex(result).encode(),
}
FILES = (*_OUTPUTS, SCHEME, TABLE, REFERENCE, PACKAGE, MANIFEST, SUMS)
"""The names of all files that a build can have; ``reference.csv`` only where other values fixed the scale."""
