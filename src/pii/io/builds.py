"""A result as a build folder: every output, and a manifest of what it was made from."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Any

from pii.io.datapackage import PACKAGE, package_bytes
from pii.io.folders import Kind, csv_bytes, json_bytes, manifest, recorded
from pii.io.kept import REFERENCE, SCHEME, TABLE, kept_files, read_again
from pii.io.long_form import long_parquet
from pii.io.manifests import FORMAT, MANIFEST, SUMS, Manifest, Said, read_manifest, sums
from pii.io.placing import place, standing
from pii.io.provenance import PROVENANCE
from pii.io.writing import defused
from pii.report.latex import ranking_latex
from pii.report.markdown import ranking_markdown
from pii.report.publication import published_rows, ranking_heads, score_heads
from pii.report.records import index_record
from pii.report.words import Language
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
    lang: Language = "en",
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
    lang
        The language of ``index.xlsx``, ``ranking.md`` and ``ranking.tex``; files for programs have no other words.
    force
        Replace a folder that an earlier build wrote, and that holds nothing else.

    Returns
    -------
    Path
        The folder, holding ``ranking.csv`` (published), ``scores.csv`` (every node, unrounded), ``scores.parquet``
        (every stage), ``index.xlsx``, ``index.json``, ``ranking.md``, ``ranking.tex`` and ``manifest.json``. From
        ``scheme.json``, ``table.csv`` (what was measured, with all digits) and, where other values fixed the scale,
        ``reference.csv``, it is computed again by ``read_build``; ``provenance.csv`` says where single cells come
        from, as far as it is known. ``datapackage.json`` has types and units of every CSV for other tools, and
        ``SHA256SUMS`` the hash of every file.

    Raises
    ------
    BuildError
        The folder holds something already, another build was written there meanwhile, it cannot be written, or an
        input cannot be read; nothing is left half-written.
    """
    target = Path(folder)
    before = standing(target, MANIFEST)
    refuse_occupied(target, force=force)
    contents = outputs(result, formulas=formulas, lang=lang)
    sources = [recorded(path, target, home) for path in inputs]
    contents[MANIFEST] = manifest_of(result, contents, sources, command, formulas=formulas, lang=lang).as_json()
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


def outputs(result: Result, *, formulas: bool = False, lang: Language = "en") -> dict[str, bytes]:
    """The files of a build, by name, but for its manifest and sums: of the same result the same bytes."""
    files = {
        "ranking.csv": _ranking_csv(result),
        "scores.csv": _scores_csv(result),
        "scores.parquet": long_parquet(result),
        "index.xlsx": workbook(result, formulas=formulas, language=lang),
        "index.json": json_bytes(index_record(result)),
        "ranking.md": ranking_markdown(result, lang).encode(),
        "ranking.tex": ranking_latex(result, lang).encode(),
        **kept_files(result),
    }
    return files | {PACKAGE: package_bytes(result, files)}


def manifest_of(
    result: Result,
    contents: Mapping[str, bytes],
    inputs: Sequence[dict[str, Any]] = (),
    command: Sequence[str] = (),
    *,
    formulas: bool = False,
    lang: Language = "en",
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
            "lang": lang,
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
    _BUILDS.refuse_taken(folder, force=force)


def _ranking_csv(result: Result) -> bytes:
    scheme = result.scheme
    rows = [
        [
            "" if isnan(row.rank) else f"{row.rank:g}",
            *map(defused, (row.code, row.name, *row.labels)),
            *(published(score, scheme.decimals) for score in row.scores),
            defused(row.reason),
        ]
        for row in published_rows(result)
    ]
    return csv_bytes(result, ranking_heads(result), rows)


def _scores_csv(result: Result) -> bytes:
    grids = zip(result.composite.values.tolist(), result.scores.values.tolist(), strict=True)
    units = result.composite.units
    rows = [
        [defused(code), defused(name), *("" if isnan(score) else repr(score) for score in groups + leaves)]
        for code, name, (groups, leaves) in zip(units.codes, units.names, grids, strict=True)
    ]
    return csv_bytes(result, score_heads(result), rows)


_BUILDS = Kind(MANIFEST, unlisted=(SUMS,))
FILES = (
    "ranking.csv",
    "scores.csv",
    "scores.parquet",
    "index.xlsx",
    "index.json",
    "ranking.md",
    "ranking.tex",
    SCHEME,
    TABLE,
    REFERENCE,
    PROVENANCE,
    PACKAGE,
    MANIFEST,
    SUMS,
)
"""The names of all files that a build can have; ``reference.csv`` only where other values fixed the scale, and
``provenance.csv`` only where it is known."""
