"""What memory is left by the files of a system, and what is refused for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pii.numerics import memory
from pii.numerics.memory import available_bytes, unfit

GB = 10**9


def system(root: Path, files: dict[str, str]) -> Path:
    """The files of a system, below a folder."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


MACHINE = {"proc/meminfo": "MemTotal:  20000000 kB\nMemAvailable:  8000000 kB\n"}


def test_it_is_what_the_system_has_available(tmp_path: Path) -> None:
    """Where no limit is set on the process."""
    assert available_bytes(system(tmp_path, MACHINE)) == 8_000_000 * 1024


def test_a_container_has_what_is_left_of_its_limit_and_the_pages_that_can_go(tmp_path: Path) -> None:
    """By the second version of control groups."""
    group = "sys/fs/cgroup/box"
    files = {"proc/self/cgroup": "0::/box/inner\n", f"{group}/memory.max": f"{2 * GB}\n"}
    files |= {f"{group}/memory.current": f"{GB}\n", f"{group}/memory.stat": "anon 7\ninactive_file 5000\n"}
    files |= {f"{group}/inner/memory.max": "max\n", f"{group}/inner/memory.current": "5\n"}
    assert available_bytes(system(tmp_path, MACHINE | files)) == GB + 5000


def test_a_container_of_the_first_version_has_it_too(tmp_path: Path) -> None:
    """Whose own path may not be seen from inside; then the limit stands at the top."""
    top = "sys/fs/cgroup/memory"
    files = {"proc/self/cgroup": "9:cpu:/x\n4:memory:/docker/1\n", f"{top}/memory.limit_in_bytes": f"{3 * GB}"}
    files |= {f"{top}/memory.usage_in_bytes": f"{4 * GB}"}
    assert available_bytes(system(tmp_path, MACHINE | files)) == 0


def test_a_system_that_does_not_say_has_what_the_machine_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where that is not known either, nothing is refused."""
    sizes = {"SC_PHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__, raising=False)
    assert available_bytes(tmp_path) == 4_096_000
    monkeypatch.delattr(os, "sysconf")
    assert available_bytes(tmp_path) is None
    monkeypatch.setattr(memory, "available_bytes", lambda: None)
    assert unfit(10**30, "a study", remedy="make fewer draws") is None


def test_what_fits_is_not_refused() -> None:
    """To the byte."""
    assert unfit(GB, "a table", remedy="", available=GB) is None
    found = unfit(GB + 1, "a table", remedy="split it", file="t.csv", available=GB)
    assert str(found) == "t.csv: a table needs 1.0 GB of memory; 1.0 GB are available; split it"


def test_little_is_there_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small study takes less time than the answer."""
    monkeypatch.setattr(memory, "available_bytes", lambda: 0)
    assert unfit(memory.LITTLE, "a study", remedy="") is None
    assert unfit(memory.LITTLE + 1, "a study", remedy="") is not None
