"""Folders of outputs: whose they are, and what they were made from."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pii.errors import BuildError, Problem, SchemeError
from pii.io.schemes import dump_scheme
from pii.io.writing import csv_line, defused
from pii.result import Result
from pii.scheme import Scheme

__all__ = ["OTHER", "csv_bytes", "json_bytes", "manifest", "occupied", "recorded", "versions"]

_PACKAGES = ("numpy", "scipy", "pandas", "pydantic", "pyarrow", "pyyaml", "python-calamine", "xlsxwriter")
OTHER = "choose another folder with --out"
"""What to do about a folder that is taken."""


def occupied(found: set[str], ours: set[str], *, force: bool) -> tuple[str, str, str] | None:
    """Why a folder with some files may not be replaced: what was found, the rule, what to do; None where it may.

    Parameters
    ----------
    found, ours
        The files that are there, and those of them that an earlier run says it wrote.
    """
    rule = "a build never overwrites by itself"
    if not ours:
        return "something else is already there", rule, OTHER
    if added := sorted(found - ours):
        what = f"it is an earlier build to which something was added: {', '.join(added[:3])}"
        return what, rule, f"move that away, or {OTHER}"
    return None if force else ("it is an earlier build", rule, f"{OTHER}, or replace it with --force")


def manifest(
    result: Result, contents: Mapping[str, bytes], inputs: Iterable[str | os.PathLike[str]], command: Sequence[str]
) -> dict[str, Any]:
    """What a folder was made from and by: hashes of every input and output, versions, time, command."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return {
        "format": 1,
        "title": result.title,
        "synthetic": result.is_synthetic,
        "created": moment.isoformat(timespec="seconds"),
        "command": list(command),
        **versions(),
        "platform": sys.platform,
        "scheme": {"code": result.scheme.code, "sha256": _sha256(_canonical(result.scheme))},
        "inputs": [_file(Path(path).name, _input(path)) for path in inputs],
        "outputs": [_file(name, content) for name, content in contents.items()],
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


def versions() -> dict[str, Any]:
    """The versions of what computes and writes here."""
    return {
        "pii": version("provincial-innovation-index"),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def recorded(path: str | os.PathLike[str], folder: Path, home: str | os.PathLike[str] | None) -> dict[str, Any]:
    """What a manifest says of an input; where it is from the folder, if both are in the home folder.

    Paths that lead out of it would say more of somebody's disk than of the build.

    Raises
    ------
    BuildError
        The input cannot be read.
    """
    content, source, target = _input(path), Path(path).resolve(), folder.resolve()
    inside = Path(home or Path.cwd()).resolve()
    near = source.is_relative_to(inside) and target.is_relative_to(inside)
    where = Path(os.path.relpath(source, target)).as_posix() if near else None
    return _file(Path(path).name, content) | {"path": where}


def _canonical(scheme: Scheme) -> bytes:
    """A scheme as its file has it; with methods of its own, which no file can hold, all that it says."""
    try:
        return dump_scheme(scheme, "json").encode()
    except SchemeError:
        return json.dumps(scheme.model_dump(mode="json"), ensure_ascii=False, sort_keys=True).encode()


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {"file": name, "bytes": len(content), "sha256": _sha256(content)}


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def json_bytes(record: dict[str, Any]) -> bytes:
    """A record as a file of JSON."""
    return (json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def csv_bytes(result: Result, header: list[str], rows: Iterable[list[str]]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read the diacritics; synthetic data says so first."""
    buffer = io.StringIO()
    if result.is_synthetic:
        buffer.write(f"# {' '.join(result.title.split())}: these ranks mean nothing about real places\n")
    buffer.write(csv_line(map(defused, header)))
    buffer.writelines(map(csv_line, rows))
    return buffer.getvalue().encode("utf-8-sig")
