"""How much memory is left on this machine, and what does not fit it, said before any of it is taken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from pii.errors import Problem

__all__ = ["LITTLE", "available_bytes", "unfit"]

LITTLE: Final = 1 << 26
"""Bytes that count as there: to ask what is left takes half a millisecond."""
_ROOT: Final = Path("/")
_GROUPS: Final = Path("sys/fs/cgroup")
# Where each version of control groups has its limit, what is used, and what of that can be given back at once.
_VERSIONS: Final = (
    ("", "memory.max", "memory.current", "inactive_file"),
    ("memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
)


def unfit(needed: int, what: str, *, remedy: str, file: str = "", available: int | None = None) -> Problem | None:
    """Say that something needs more memory than there is; None where it fits, or where no limit is known.

    Parameters
    ----------
    needed
        Bytes; at least what it takes, so that nothing is refused that would have fitted.
    what
        What needs them.
    remedy
        What the user can do.
    file
        The file that it is about.
    available
        Bytes that there are; as ``available_bytes`` says when not given, which is asked for more than ``LITTLE``.

    Examples
    --------
    >>> print(unfit(504_000_000_000, "a study of 63 units in 1,000,000,000 draws", remedy="make fewer draws",
    ...             available=8_000_000_000))
    a study of 63 units in 1,000,000,000 draws needs 504.0 GB of memory; 8.0 GB are available; make fewer draws
    """
    if available is None and needed <= LITTLE:
        return None
    left = available_bytes() if available is None else available
    if left is None or needed <= left:
        return None
    return Problem(
        file=file,
        found=f"{what} needs {in_words(needed)} of memory",
        rule=f"{in_words(left)} are available",
        remedy=remedy,
    )


def in_words(size: int) -> str:
    """A number of bytes as people say it.

    Examples
    --------
    >>> in_words(999_999_999), in_words(1_260_000_000_000)
    ('1,000.0 MB', '1,260.0 GB')
    """
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.1f} MB"


def available_bytes(root: Path = _ROOT) -> int | None:
    """Memory that a process can take without another's being put out of it; None where nothing says.

    The least of what the system has available (all that the machine has, where the system does not say more), and
    of what is left of the limits of the control groups that the process is in, as a container's.

    Parameters
    ----------
    root
        Where the system's files are.
    """
    found = [size for size in (_of_machine(root), *_of_groups(root)) if size is not None]
    return min(found, default=None)


def _of_machine(root: Path) -> int | None:
    for line in _text(root / "proc/meminfo").splitlines():
        name, _, size = line.partition(":")
        if name == "MemAvailable":
            return int(size.split()[0]) * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # Windows has none of this
        return None


def _of_groups(root: Path) -> Iterator[int]:
    """What is left of each limit that is set, from the process's own group up."""
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        for name, limit, used, spare in _VERSIONS:
            if name not in controllers.split(","):
                continue
            own = PurePosixPath(path.lstrip("/"))
            for group in (own, *own.parents):
                folder = root / _GROUPS / name / group
                most, taken = _text(folder / limit).strip(), _text(folder / used).strip()
                if most.isdecimal() and taken.isdecimal():
                    yield max(0, int(most) - int(taken) + _spare(_text(folder / "memory.stat"), spare))


def _spare(stat: str, name: str) -> int:
    """Pages of files, which are counted as used and are given back when they are wanted."""
    for line in stat.splitlines():
        key, _, size = line.partition(" ")
        if key == name:
            return int(size)
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
