"""Folders of outputs: placed whole or not at all, with a manifest of what they were made from."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from pii.errors import BuildError, Problem
from pii.io.writing import defused
from pii.result import Result

__all__ = ["OTHER", "csv_bytes", "json_bytes", "manifest", "occupied", "place"]

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


def place(contents: dict[str, bytes], target: Path) -> None:
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


def manifest(
    result: Result, contents: dict[str, bytes], inputs: Iterable[str | os.PathLike[str]], command: Sequence[str]
) -> dict[str, Any]:
    """What a folder was made from and by: hashes of every input and output, versions, time, command."""
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


def json_bytes(record: dict[str, Any]) -> bytes:
    """A record as a file of JSON."""
    return (json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def csv_bytes(result: Result, header: list[str], rows: Iterable[list[str]]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read the diacritics; synthetic data says so first."""
    buffer = io.StringIO()
    if result.is_synthetic:
        buffer.write(f"# {' '.join(result.title.split())}: these ranks mean nothing about real places\n")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(defused, header))
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")
