"""One text file, written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from pii.errors import BuildError, Problem

__all__ = ["refuse_existing", "write_text"]

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
    if target.is_dir():
        raise BuildError(
            Problem(file=str(path), found="it is a folder", rule="a report is a file", remedy="name a file in it")
        )
    if target.exists() and not force:
        raise BuildError(
            Problem(
                file=str(path),
                found="it is there already",
                rule="a report never overwrites by itself",
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
    target = Path(path).resolve()
    draft = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        with draft.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except OSError as error:
        raise BuildError(
            Problem(
                file=str(path),
                found=error.strerror or str(error),
                rule="a report is written whole or not at all",
                remedy="make room or permission there, or name another file with --out",
            )
        ) from error
    finally:
        with suppress(OSError):
            draft.unlink()
    return Path(path)
