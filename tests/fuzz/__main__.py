"""Fuzzing of the readers, led by what of them has run: ``python -m tests.fuzz --seconds 60``; needs atheris."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.shared import ROOT

__all__ = ["main"]

LARGEST = 100_000  # bytes of a file
SLOWEST = 20  # seconds that a file may take to read
MEMORY = 3000  # megabytes


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz one reader after another; 1 if any did anything but read or refuse."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="how long to fuzz each reader")
    parser.add_argument("--reader", action="append", help="which reader; all when not given")
    parser.add_argument("--found", type=Path, help="where files that a reader fails on are left")
    parser.add_argument("--here", action="store_true", help="in this process, which does not come back")
    asked = parser.parse_args(arguments)
    if find_spec("atheris") is None:
        sys.stdout.write("atheris is not installed, and nothing is fuzzed\n")
        return 0
    found = asked.found or Path(tempfile.mkdtemp(prefix="pii-fuzz-"))
    if asked.here:
        _fuzz(asked.reader[0], asked.seconds, found)
    from tests.fuzz.readers import READERS

    failed = [name for name in asked.reader or READERS if _in_a_process_of_its_own(name, asked.seconds, found)]
    sys.stdout.write(f"failed: {', '.join(failed)}; the files are in {found}\n" if failed else "nothing found\n")
    return int(bool(failed))


def _in_a_process_of_its_own(name: str, seconds: int, found: Path) -> int:
    """A reader that brings the interpreter down brings only that one down."""
    sys.stdout.write(f"{name}: {seconds} seconds\n")
    sys.stdout.flush()
    command = [sys.executable, "-X", "faulthandler", "-m", "tests.fuzz", "--here", "--reader", name]
    return subprocess.run(
        [*command, "--seconds", str(seconds), "--found", str(found)], cwd=ROOT, check=False
    ).returncode


def _fuzz(name: str, seconds: int, found: Path) -> None:
    """Fuzz in this process until the time is up or something is found."""
    atheris: Any = import_module("atheris")
    with atheris.instrument_imports(include=["pii"]):
        import pii.io.indicator_lists  # noqa: F401 - loaded when first used, and then too late
        from tests.fuzz import readers

    folder = Path(tempfile.mkdtemp(prefix="pii-fuzz-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, sound in enumerate(readers.seeds(name)):
        (corpus / f"sound-{number}").write_bytes(sound)
    given = readers.scratch(folder, name)

    def try_one(content: bytes) -> None:
        readers.survives(name, content, given)

    def mutate(content: bytes, largest: int, seed: int) -> bytes:
        if random.Random(seed).random() < 0.3:  # noqa: S311 - not a secret
            mutated: bytes = atheris.Mutate(content, largest)
            return mutated
        return readers.spoilt(name, content, seed)[:largest]

    limits = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", f"-timeout={SLOWEST}", f"-rss_limit_mb={MEMORY}"]
    prefix = f"-artifact_prefix={found}/{name}-"
    atheris.Setup([sys.argv[0], *limits, prefix, str(corpus)], try_one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
