"""One file, written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from pii.errors import BuildError, Problem
from pii.io.placing import refuse_within_build, wholly, write_settled

__all__ = ["refuse_existing", "refuse_taken", "write_bytes", "write_text"]

_TEXTS = (".md", ".txt", ".html", ".tex", ".csv")


def refuse_existing(path: str | os.PathLike[str], *, force: bool) -> None:
    """Say before any work is done that a text could not be written there.

    Raises
    ------
    BuildError
        Something is there already, and is not to be replaced; it is a folder; or the name's ending is not of text.
    """
    target = Path(path)
    if target.suffix.lower() not in _TEXTS:
        raise BuildError(
            Problem(
                file=str(path),
                found=f"the name ends in {target.suffix!r}",
                rule=f"a report is text: {', '.join(_TEXTS)}",
                remedy="name such a file",
            )
        )
    refuse_taken(path, force=force)


def refuse_taken(path: str | os.PathLike[str], *, force: bool, what: str = "a report") -> None:
    """Say before any work is done that a file, whatever it holds, could not be written there.

    Parameters
    ----------
    what
        What it is, for messages.

    Raises
    ------
    BuildError
        Something is there already, and is not to be replaced; it is a folder; or it lies in a build.
    """
    refuse_within_build(path)
    target = Path(path)
    if target.is_dir():
        raise BuildError(
            Problem(file=str(path), found="it is a folder", rule=f"{what} is a file", remedy="name a file in it")
        )
    if target.exists() and not force:
        raise BuildError(
            Problem(
                file=str(path),
                found="it is there already",
                rule=f"{what} never overwrites by itself",
                remedy="name another file with --out, or replace it with --force",
            )
        )


def write_text(text: str, path: str | os.PathLike[str], *, force: bool = False) -> Path:
    """Write a text as UTF-8, beside its place first; what was there stands until then.

    Raises
    ------
    BuildError
        Something is there already, or it cannot be written; nothing is left half-written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_text("Huế", f"{folder}/name.md").read_text("utf-8")
    'Huế'
    """
    refuse_existing(path, force=force)
    return write_bytes(text.encode(), path, force=force)


def write_bytes(
    content: bytes, path: str | os.PathLike[str], *, force: bool = False, what: str = "a report"
) -> Path:
    """Write a file, whatever it holds, beside its place first; what was there stands until then.

    Parameters
    ----------
    what
        What it is, for messages.

    Raises
    ------
    BuildError
        Something is there already, or it cannot be written; nothing is left half-written.
    """
    refuse_taken(path, force=force, what=what)
    target = Path(path).resolve()
    draft = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        with wholly(Path(path), what, "name another file"):
            write_settled(content, draft)
            draft.replace(target)
    finally:
        with suppress(OSError):  # it was put in its place, or its folder is none
            draft.unlink()
    return Path(path)
