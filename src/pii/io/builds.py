"""A result as a build folder: every output, and a manifest of what it was made from."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from math import isnan
from pathlib import Path
from typing import Any
from uuid import uuid4

from pii.errors import BuildError, Problem
from pii.io.writing import defused
from pii.report.markdown import ranking_markdown
from pii.report.publication import published_rows
from pii.report.records import index_record
from pii.report.workbook import workbook
from pii.result import Result
from pii.rounding import published

__all__ = ["refuse_occupied", "write_build"]

_PACKAGES = ("numpy", "scipy", "pandas", "pydantic", "pyarrow", "pyyaml", "python-calamine", "xlsxwriter")
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
    contents[_MANIFEST] = _json(_manifest(result, contents, inputs, command))
    try:
        _place(contents, target.resolve())
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
        fault = (f"the folder cannot be read: {getattr(error, 'strerror', None) or error}", "", _OTHER)
    if fault:
        found, rule, remedy = fault
        raise BuildError(Problem(file=str(target), found=found, rule=rule, remedy=remedy))


_OTHER = "choose another folder with --out"


def _fault(target: Path, *, force: bool) -> tuple[str, str, str] | None:
    """Why a build cannot go there: what was found, the rule, what to do."""
    here = Path.cwd()
    if target == here or target in here.parents:
        rule = "a build is moved to its place in one step"
        return "it is the folder that you are in, or one above it", rule, "name a folder inside it with --out"
    if not target.is_dir():
        return ("it is a file", "a build is a folder", _OTHER) if target.exists() else None
    found = {path.name for path in target.iterdir()}
    return _occupied(found, _outputs_of(target), force=force) if found else None


def _occupied(found: set[str], ours: set[str], *, force: bool) -> tuple[str, str, str] | None:
    rule = "a build never overwrites by itself"
    if not ours:
        return "something else is already there", rule, _OTHER
    if added := sorted(found - ours):
        what = f"it is an earlier build to which something was added: {', '.join(added[:3])}"
        return what, rule, f"move that away, or {_OTHER}"
    return None if force else ("it is an earlier build", rule, f"{_OTHER}, or replace it with --force")


def _outputs_of(folder: Path) -> set[str]:
    """The files that a build wrote, by its manifest; none where there is none, or it is someone else's."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        return {_MANIFEST, *(output["file"] for output in manifest["outputs"])}
    except (FileNotFoundError, IsADirectoryError, ValueError, LookupError, TypeError):
        return set()


def _place(contents: dict[str, bytes], target: Path) -> None:
    """Write beside the target, then move there in one step; the earlier build stands until then."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{uuid4().hex}")
    aside = draft.with_name(f"{draft.name}.old")
    draft.mkdir()
    try:
        for name, content in contents.items():
            with (draft / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        if target.exists():
            target.rename(aside)
        draft.rename(target)
    except BaseException:  # also when interrupted
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(aside, ignore_errors=True)


def _manifest(
    result: Result, contents: dict[str, bytes], inputs: Iterable[str | os.PathLike[str]], command: Sequence[str]
) -> dict[str, Any]:
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    canonical = json.dumps(result.scheme.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return {
        "format": 1,
        "title": result.title,
        "synthetic": result.is_synthetic,
        "created": moment.isoformat(timespec="seconds"),
        "command": list(command),
        "pii": version("provincial-innovation-index"),
        "python": platform.python_version(),
        "platform": sys.platform,
        "packages": {name: version(name) for name in _PACKAGES},
        "scheme": {"code": result.scheme.code, "sha256": _sha256(canonical.encode())},
        "inputs": [
            {"file": Path(path).name, "bytes": len(content), "sha256": _sha256(content)}
            for path in inputs
            for content in [_input(path)]
        ],
        "outputs": [
            {"file": name, "bytes": len(content), "sha256": _sha256(content)} for name, content in contents.items()
        ],
        "units": len(result.measured.units),
        "ranked": len(result.best_first),
        "remarks": list(result.measured.remarks),
    }


def _input(path: str | os.PathLike[str]) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BuildError(
            Problem(
                file=str(path),
                found=f"the input cannot be read: {error.strerror or error}",
                rule="the manifest keeps the hash of every input",
            )
        ) from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json(record: dict[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


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
    return _csv(result, ["rank", "unit", "name", *labels, *result.composite.columns, "reason"], rows)


def _scores_csv(result: Result) -> bytes:
    columns = [*result.composite.columns, *result.scores.columns]
    grids = zip(result.composite.values.tolist(), result.scores.values.tolist(), strict=True)
    units = result.composite.units
    rows = [
        [defused(code), defused(name), *("" if isnan(score) else repr(score) for score in groups + leaves)]
        for code, name, (groups, leaves) in zip(units.codes, units.names, grids, strict=True)
    ]
    return _csv(result, ["unit", "name", *columns], rows)


def _csv(result: Result, header: list[str], rows: Iterable[list[str]]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read the diacritics; synthetic data says so first."""
    buffer = io.StringIO()
    if result.is_synthetic:
        buffer.write(f"# {' '.join(result.title.split())}: these ranks mean nothing about real places\n")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(defused, header))
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


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
    "index.json": lambda result: _json(index_record(result)),
    "ranking.md": lambda result: ranking_markdown(result).encode(),
}
