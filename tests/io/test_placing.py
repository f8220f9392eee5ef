"""Folders are put in their place whole or not at all: after a kill, on a full disk, beside another run."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from pii.errors import BuildError
from pii.io import placing
from pii.io.placing import place, refuse_within, refuse_within_build, standing
from tests.shared import SOURCE

OLD = {"manifest": b"old", "a": b"1" * 1_000, "b": b"2" * 1_000}
NEW = {"manifest": b"new", "a": b"3" * 1_000, "c": b"4" * 1_000}


def put(contents: dict[str, bytes], target: Path) -> None:
    """Place a folder over whatever stands there now."""
    place(contents, target, what="a folder", by="manifest", before=standing(target, "manifest"))


def held(target: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {path.name: path.read_bytes() for path in target.iterdir()}


@pytest.fixture
def target(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands, on a disk that can exchange two folders or cannot."""
    if not request.param:
        monkeypatch.setattr(placing, "_exchanged", lambda *_: False)
    put(OLD, tmp_path / "build")
    return tmp_path / "build"


either = pytest.mark.parametrize("target", [True, False], ids=["at once", "by two renames"], indirect=True)


@either
def test_the_new_folder_takes_the_place_of_the_old(target: Path) -> None:
    """With no file of the old one, and nothing beside it."""
    assert held(target) == OLD
    put(NEW, target)
    assert held(target) == NEW
    assert [path.name for path in target.parent.iterdir()] == ["build"]


def test_a_system_without_locks_places_folders_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a killed run left is not swept up then: it may be that of a run beside."""
    put(OLD, tmp_path / "build")
    left = tmp_path / f".build.{'0' * 32}"
    left.mkdir()
    monkeypatch.setitem(sys.modules, "fcntl", None)
    put(NEW, tmp_path / "build")
    assert held(tmp_path / "build") == NEW
    assert left.is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no locks of this kind there")
def test_a_disk_without_locks_takes_folders_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some that are shared."""
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    put(OLD, tmp_path / "build")
    monkeypatch.setattr(fcntl, "flock", refuse)
    put(NEW, tmp_path / "build")
    assert held(tmp_path / "build") == NEW


def test_a_system_that_cannot_exchange_folders_renames_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has no such function."""

    def refuse(*_: object) -> None:
        raise OSError("no library")

    put(OLD, tmp_path / "build")
    monkeypatch.setattr(ctypes, "CDLL", refuse)
    put(NEW, tmp_path / "build")
    assert held(tmp_path / "build") == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_a_build_holds_its_own_files_only(tmp_path: Path) -> None:
    """So no other is put in it, however deep; beside it there is room."""
    build = tmp_path / "build"
    (build / "deep").mkdir(parents=True)
    refuse_within_build(build / "page.html")
    for name in ("SHA256SUMS", "manifest.json"):
        (build / name).write_text("{}")
    for inside in (build / "page.html", build / "deep" / "page.html", str(build / "figures")):
        with pytest.raises(BuildError, match=r"it would lie in the build .*; name a place outside it"):
            refuse_within_build(inside)
    refuse_within_build(build)
    refuse_within_build(tmp_path / "page.html")
    refuse_within(tmp_path / "page.html", build)
    with pytest.raises(BuildError, match="it would lie in the build"):
        refuse_within(build / "page.html", build)


def test_an_empty_folder_is_a_place(tmp_path: Path) -> None:
    """And so is one whose parents are not there."""
    (tmp_path / "build").mkdir()
    put(NEW, tmp_path / "build")
    put(NEW, tmp_path / "deep" / "down")
    assert held(tmp_path / "build") == held(tmp_path / "deep" / "down") == NEW


@either
@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_what_fails_leaves_the_old_folder(target: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """A full disk, or a place that cannot be taken."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full) if call == "fsync" else broken.setattr(placing, "_put", full)
        with pytest.raises(BuildError, match="No space left on device; a folder is written whole or not at all"):
            put(NEW, target)
    assert held(target) == OLD
    assert [path.name for path in target.parent.iterdir()] == ["build"]


def test_an_interrupt_between_two_renames_puts_the_old_folder_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two folders cannot change places at once."""
    target = tmp_path / "build"
    put(OLD, target)
    monkeypatch.setattr(placing, "_exchanged", lambda *_: False)
    rename = Path.rename

    def interrupted(self: Path, other: Path) -> Path:
        if other == target and not self.name.endswith(".old"):
            raise KeyboardInterrupt
        return rename(self, other)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put(NEW, target)
    assert held(target) == OLD
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


def test_what_a_killed_run_left_is_swept_up(tmp_path: Path) -> None:
    """Drafts go; a folder that was moved aside comes back where nothing has taken its place."""
    target = tmp_path / "build"
    draft, aside, other = (tmp_path / name for name in (f".build.{'a' * 32}", f".build.{'b' * 32}.old", ".build.x"))
    for folder, contents in ((draft, NEW), (aside, OLD), (other, NEW)):
        put(contents, folder)
    with pytest.raises(BuildError, match="another run has written there meanwhile"):
        place(NEW, target, what="a folder", by="manifest", before=None)
    assert held(target) == OLD
    assert sorted(path.name for path in tmp_path.iterdir()) == [".build.x", "build"]


def test_of_two_runs_at_once_one_wins_and_one_says_so(tmp_path: Path) -> None:
    """Both begin when nothing stands there."""
    target = tmp_path / "build"
    said: list[str] = []
    barrier = threading.Barrier(8)

    def run(number: int) -> None:
        contents = {"manifest": b"%d" % number, "a": b"%d" % number * 100_000}
        before = standing(target, "manifest")
        barrier.wait()
        try:
            place(contents, target, what="a folder", by="manifest", before=before)
            said.append(str(number))
        except BuildError as error:
            said.append(error.problems[0].found)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("another run has written there meanwhile") == 7
    (winner,) = {*said} - {"another run has written there meanwhile"}
    assert held(target) == {"manifest": winner.encode(), "a": winner.encode() * 100_000}
    assert [path.name for path in tmp_path.iterdir()] == ["build"]


WRITER = """
import os, sys
from pathlib import Path
from pii.io.placing import place, standing
target, number = Path(sys.argv[1]), int(sys.argv[2])
os.fsync = lambda _: None  # which would take most of the time, and matters to a power cut alone
print("ready", flush=True)
while True:
    number += 1
    place({"manifest": b"%d" % number} | dict.fromkeys("abcdef", b"%d," % number * 1_000), target,
          what="a folder", by="manifest", before=standing(target, "manifest"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed otherwise there")
def test_a_kill_at_a_hundred_random_moments_leaves_one_whole_folder(tmp_path: Path) -> None:
    """A process replaces a folder without a pause, and is killed: what stands is whole, of one run."""
    target, moments = tmp_path / "build", np.random.default_rng(7).uniform(0, 0.01, 100)
    put({"manifest": b"0"} | dict.fromkeys("abcdef", b"0," * 1_000), target)
    seen = set()
    for run, moment in enumerate(moments.tolist(), 1):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(target), f"{run}000"],
            env=os.environ | {"PYTHONPATH": str(SOURCE.parent)},
            stdout=subprocess.PIPE,
        )
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(moment)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        files = held(target)
        number = files.pop("manifest")
        seen.add(number)
        assert files == dict.fromkeys("abcdef", (number + b",") * 1_000)
    assert len(seen) > 50
    put(NEW, target)
    assert [path.name for path in tmp_path.iterdir()] == ["build"]
