"""Folders of outputs: whose they are, and what they were made from."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pii.errors import BuildError, Problem, SchemeError
from pii.io.placing import refuse_within_build
from pii.io.schemes import dump_scheme
from pii.io.writing import csv_line, defused
from pii.result import Result
from pii.scheme import Scheme

__all__ = ["Kind", "csv_bytes", "json_bytes", "manifest", "recorded", "versions"]

_PACKAGES = ("numpy", "scipy", "pandas", "pydantic", "pyarrow", "pyyaml", "python-calamine", "xlsxwriter")
_OTHER = "choose another folder with --out"


@dataclass(frozen=True)
class Kind:
    """Folders that one command writes, and which of them another run of it may replace: by force, if untouched.

    Parameters
    ----------
    by
        The file that tells them from others' folders, and lists what was written with it.
    listed
        Under which key it has a list of records, each with the name of a ``file``.
    called
        What such a folder is called, after "it is".
    rule
        What is said where one stands in the way.
    unlisted
        Files that are written too, and not listed.
    kept
        Names that are in nobody's way.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from pathlib import Path
    >>> with TemporaryDirectory() as folder:
    ...     Kind("made.json").refuse_taken(folder, force=False)
    ...     _ = Path(folder, "mine.txt").write_text("mine")
    ...     try:
    ...         Kind("made.json").refuse_taken(folder, force=True)
    ...     except BuildError as error:
    ...         print(error.problems[0].found)
    something else is already there
    """

    by: str
    listed: str = "outputs"
    called: str = "an earlier build"
    rule: str = "a build never overwrites by itself"
    unlisted: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()

    def refuse_taken(self, folder: str | os.PathLike[str], *, force: bool) -> None:
        """Say before any work is done that nothing could be written there.

        Raises
        ------
        BuildError
            The folder holds something that may not be replaced, it is no folder, one that somebody is in, or in a
            build.
        """
        target = Path(folder)
        refuse_within_build(target)
        try:
            fault = self._fault(target.resolve(), force=force)
        except (OSError, RuntimeError) as error:  # the latter for links that go in a circle
            fault = (f"the folder cannot be read: {getattr(error, 'strerror', None) or error}", "", _OTHER)
        if fault:
            found, rule, remedy = fault
            raise BuildError(Problem(file=str(target), found=found, rule=rule, remedy=remedy))

    def _fault(self, target: Path, *, force: bool) -> tuple[str, str, str] | None:
        """Why nothing can go there: what was found, the rule, what to do."""
        here = Path.cwd()
        if target == here or target in here.parents:
            rule = "the folder written is moved to its place in one step"
            return "it is the folder that you are in, or one above it", rule, "name a folder inside it with --out"
        if not target.is_dir():
            return ("it is a file", "what is written is a folder", _OTHER) if target.exists() else None
        found = {path.name for path in target.iterdir()}.difference(self.kept)
        return self._occupied(found, self._written(target), force=force) if found else None

    def _occupied(self, found: set[str], ours: set[str], *, force: bool) -> tuple[str, str, str] | None:
        if not ours:
            return "something else is already there", self.rule, _OTHER
        if added := sorted(found - ours):
            what = f"it is {self.called} to which something was added: {', '.join(added[:3])}"
            return what, self.rule, f"move that away, or {_OTHER}"
        return None if force else (f"it is {self.called}", self.rule, f"{_OTHER}, or replace it with --force")

    def _written(self, folder: Path) -> set[str]:
        """The files that an earlier run wrote; none where none did, or it is someone else's."""
        try:
            made = json.loads((folder / self.by).read_bytes())
            return {self.by, *self.unlisted, *(one["file"] for one in made[self.listed])}
        except (FileNotFoundError, IsADirectoryError, ValueError, LookupError, TypeError):
            return set()


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
