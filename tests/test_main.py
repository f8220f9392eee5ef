"""``python -m pii``: the exit code is that of the command line, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pii import __main__

SOURCE = Path(__file__).resolve().parents[1] / "src"
COMMAND = [sys.executable, "-m", "pii"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SOURCE)}


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["nothing"], 2), (["check", "gone", "gone"], 3)])
def test_it_leaves_with_the_exit_code(monkeypatch: pytest.MonkeyPatch, words: list[str], code: int) -> None:
    """Of the words that the process was given."""
    monkeypatch.setattr(sys, "argv", ["pii", *words])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == code


def test_a_module_runs_as_a_command() -> None:
    """``python -m pii`` calls itself pii, and not __main__.py."""
    done = subprocess.run([*COMMAND, "--help"], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: pii ")
    assert done.stderr == ""


def test_a_reader_that_leaves_is_no_accident(tmp_path: Path) -> None:
    """As in ``pii build | head -1``: no traceback, no complaint at the end, and the build is whole."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        for words in (["schemes"], ["build"]):
            done = subprocess.run(
                [*COMMAND, *words],
                env=ENVIRONMENT,
                cwd=tmp_path,
                stdout=writing,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                check=False,
            )
            assert done.returncode == 4
            assert "Traceback" not in done.stderr
            assert "Exception" not in done.stderr
    finally:
        os.close(writing)
    assert (tmp_path / "pii-build" / "manifest.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_said() -> None:
    """Where standard output goes to a file that cannot grow."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*COMMAND, "schema"], env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 4
    assert done.stderr == "the output cannot be written: No space left on device\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows interrupts in another way")
def test_an_interrupt_ends_with_130(tmp_path: Path) -> None:
    """One line is said, and nothing is left half-written."""
    scheme = tmp_path / "scheme.yaml"
    os.mkfifo(scheme)  # reading it waits for a writer that says nothing
    running = subprocess.Popen(
        [*COMMAND, "build", str(scheme), "table.csv", "--out", str(tmp_path / "out")],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    writer = wait_for_reader(scheme)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    os.close(writer)
    assert (running.returncode, out) == (130, "")
    assert err.strip() == "interrupted"
    assert not (tmp_path / "out").exists()


def wait_for_reader(fifo: Path) -> int:
    """A writing end, once the other process has opened the reading one."""
    for _ in range(200):
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("nobody reads the scheme")
