"""Folders put in their place whole or not at all, whatever happens meanwhile: a kill, a full disk, another run."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from pii.errors import BuildError, Problem
from pii.io.manifests import MANIFEST, SUMS

__all__ = ["place", "refuse_within", "refuse_within_build", "standing", "wholly", "write_settled"]

_EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS
_AT_CWD = -100


def standing(target: Path, by: str) -> bytes | None:
    """What stands in a place, to see later whether it still does: the bytes of one file; None where it is not."""
    with suppress(OSError):
        return (target / by).read_bytes()
    return None


def refuse_within_build(path: str | os.PathLike[str]) -> None:
    """Refuse a place in a folder that says of all its files what they are: a build, which is verified by them.

    Raises
    ------
    BuildError
        The folder, or one above it, is a build's.
    """
    for folder in Path(path).resolve().parents:
        if (folder / SUMS).is_file() and (folder / MANIFEST).is_file():
            refuse_within(path, folder)


def refuse_within(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> None:
    """Refuse a place in a folder that is, or will be, a build's.

    Raises
    ------
    BuildError
        It lies in it.
    """
    if Path(folder).resolve() in Path(path).resolve().parents:
        raise BuildError(
            Problem(
                file=str(path),
                found=f"it would lie in the build {str(folder)!r}",
                rule="a build holds its own files and no other, so that it can be verified",
                remedy="name a place outside it",
            )
        )


def place(contents: Mapping[str, bytes], folder: Path, *, what: str, by: str, before: bytes | None) -> None:
    """Write a folder beside its place, then put it there in one step; what stood there stands until then.

    On Linux and macOS the old folder and the new change places at once; elsewhere there is a moment between two
    renames, in which the old one has a name that begins with a full stop. What an interrupted run left behind is
    removed by the next.

    Parameters
    ----------
    contents
        Files by name.
    folder
        Where to.
    what
        What the folder is, for messages.
    by
        The file that tells one run's folder from another's, such as its manifest.
    before
        Its content when the run began, see :func:`standing`.

    Raises
    ------
    BuildError
        Another run has written there meanwhile, or it cannot be written; nothing is left behind.
    """
    with wholly(folder, what, "choose another folder"):
        _place(contents, folder.resolve(), by, before)


@contextmanager
def wholly(path: Path, what: str, instead: str) -> Iterator[None]:
    """Say of what the system refuses there what can be done.

    Parameters
    ----------
    what
        What is written, for messages.
    instead
        What to do with ``--out``, if there is neither room nor permission.

    Raises
    ------
    BuildError
        It cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise BuildError(
            Problem(
                file=str(path),
                found=error.strerror or str(error),
                rule=f"{what} is written whole or not at all",
                remedy=f"make room or permission there, or {instead} with --out",
            )
        ) from error


def write_settled(content: bytes, path: Path) -> None:
    """Write a file, and have the disk keep it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _place(contents: Mapping[str, bytes], target: Path, by: str, before: bytes | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with _alone(target.parent) as alone:
        if alone:
            _sweep(target)
        if standing(target, by) != before or (before is None and target.exists() and any(target.iterdir())):
            raise BuildError(
                Problem(
                    file=str(target),
                    found="another run has written there meanwhile",
                    rule="of two runs that write to one place, the first to end keeps it",
                    remedy="look at what it wrote, and run again with --force to replace it",
                )
            )
        draft = target.with_name(f".{target.name}.{uuid4().hex}")
        draft.mkdir()
        try:
            for name, content in contents.items():
                write_settled(content, draft / name)
            _put(draft, target)
            _settle(target.parent)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, target: Path) -> None:
    """Give a folder the name of another, which then has the draft's name, or has none if it was not there."""
    if not target.exists() or not any(target.iterdir()):
        if os.name == "nt" and target.exists():
            target.rmdir()
        draft.rename(target)
        return
    if _exchanged(draft, target):
        return
    aside = draft.with_name(f"{draft.name}.old")
    target.rename(aside)
    try:
        draft.rename(target)
    except BaseException:  # also when interrupted
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places at once; whether the system and the disk can."""
    first, second = os.fsencode(one), os.fsencode(other)
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        if sys.platform == "darwin":
            return not library.renamex_np(first, second, _EXCHANGE)
        return not library.renameat2(_AT_CWD, first, _AT_CWD, second, _EXCHANGE)
    return False


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Keep other runs from putting things into a folder meanwhile; whether the system can."""
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):  # Windows
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError:  # a disk without locks
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def _settle(folder: Path) -> None:
    """Have the disk keep the names in a folder, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(target: Path) -> None:
    """Remove what runs that were killed have left beside a place, and put back what they had moved aside."""
    left = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{32}}(\.old)?")
    for path in target.parent.iterdir():
        if found := left.fullmatch(path.name):
            if found[1] and not target.exists():
                path.rename(target)
            else:
                shutil.rmtree(path, ignore_errors=True)
