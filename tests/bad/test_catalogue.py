"""Every bad input of the catalogue is refused with its message and its exit code, and leaves nothing behind."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import SCHEME, TABLE, Pii, command

__all__ = ["command"]

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = [
    {"of": file.stem} | case
    for file in sorted(HERE.glob("*.yaml"))
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]
"""A case is a sound scheme and table, ``scheme.yaml`` and ``table.csv``, with one thing done to them.

case
    What is wrong.
scheme, table
    Texts to be replaced in the sound file.
scheme_is, table_is
    The whole file.
files, bytes
    More files, as text and in hexadecimal.
first
    Commands that are fine and go before.
run
    The command; ``build scheme.yaml table.csv`` where none is given.
exit, says
    The exit code, and all that stands on standard error.
"""


def prepare(case: dict[str, Any], folder: Path) -> None:
    """Write the files of a case."""
    for name, sound in (("scheme", SCHEME), ("table", TABLE)):
        text = case.get(f"{name}_is", sound)
        for old, new in case.get(name, {}).items():
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the sound {name}"
            text = text.replace(old, new)
        (folder / ("scheme.yaml" if name == "scheme" else "table.csv")).write_text(text, encoding="utf-8")
    for name, text in case.get("files", {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for name, content in case.get("bytes", {}).items():
        (folder / name).write_bytes(bytes.fromhex(content))


def standing(folder: Path) -> dict[str, bytes | None]:
    """Everything below a folder, with the bytes of files."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['of']}: {case['case']}")
def test_a_bad_input_is_refused(case: dict[str, Any], command: Pii, tmp_path: Path) -> None:
    """By its message and exit code, without a traceback, and what stood stands as it was."""
    prepare(case, tmp_path)
    for words in case.get("first", ()):
        assert command(*shlex.split(words)).code == 0
    before = standing(tmp_path)
    said = command(*shlex.split(case.get("run", "build scheme.yaml table.csv")))
    assert (said.code, said.err.splitlines()) == (case["exit"], case["says"].splitlines())
    assert said.out == ""
    assert standing(tmp_path) == before


def test_the_catalogue_is_large_and_without_repeats() -> None:
    """At least 200 cases, each called differently."""
    names = [(case["of"], case["case"]) for case in CASES]
    assert len(names) == len(set(names)) >= 200
