"""The command line as a whole: what is said where when something is wrong, help, and the exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import click
import pytest

import pii
from pii.cli.line import run
from tests.cli.conftest import SCHEME, TABLE, Pii

# --- Errors


def test_mistakes_in_a_scheme_end_with_3(command: Pii, files: tuple[str, str]) -> None:
    """All of them are said, each with file, line and column; nothing is written, and a check never does."""
    Path(files[0]).write_text(SCHEME.replace("direction: -1", "direction: 2, wieght: 1"), encoding="utf-8")
    for word in ("build", "check"):
        said = command(word, *files)
        assert (said.code, said.out) == (3, "")
        lines = said.err.splitlines()
        assert [line.startswith("scheme.yaml:7:") for line in lines] == [True, True, False]
        assert lines[-1] == ("2 problems; nothing was written" if word == "build" else "2 problems")
        assert "did you mean weight?" in said.err
    assert not Path("pii-build").exists()


def test_mistakes_in_a_table_end_with_1(command: Pii, files: tuple[str, str]) -> None:
    """All of them are said, each with its cell, and nothing is written."""
    Path(files[1]).write_text(TABLE.replace("2.5", "2.5*").replace("90", "many"), encoding="utf-8")
    for word in ("build", "check"):
        said = command(word, *files)
        assert (said.code, said.out) == (1, "")
        lines = said.err.splitlines()
        assert lines[0].startswith("table.csv:3:3: a: Huế: '2.5*'")
        assert lines[1].startswith("table.csv:5:4: b: Đắk Lắk: 'many'")
        assert lines[2:] == ["2 problems; nothing was written" if word == "build" else "2 problems"]
    assert not Path("pii-build").exists()


def test_problems_in_json(command: Pii, files: tuple[str, str]) -> None:
    """The same on standard output, with the exit code; still on standard error for people."""
    Path(files[1]).write_text(TABLE.replace("2.5", "2.5*"), encoding="utf-8")
    said = command("check", *files, "--json")
    record = json.loads(said.out)
    assert record["exit_code"] == said.code == 1
    (problem,) = record["problems"]
    assert (problem["file"], problem["line"], problem["column"], problem["indicator"], problem["unit"]) == (
        "table.csv",
        3,
        3,
        "a",
        "Huế",
    )
    assert "'2.5*'" in said.err


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [
        (["buidl"], 2, "did you mean build?"),
        (["zzz"], 2, "use one of audit, bounds, build, check, compare, diff"),
        (["build", "--smaple", "papi-2024"], 2, "--sample"),
        (["build", "papi"], 2, "both a scheme and a table"),
        (["build", "papi", "table.csv", "--sample", "papi-2024"], 2, "either"),
        (["build", "table.csv", "scheme.yaml"], 2, "the scheme comes first"),
        (["check", "table.csv", "scheme.yaml"], 2, "the scheme comes first"),
        (["check", "papi"], 2, "TABLE"),
        (["build", "--decimal", ";"], 2, "--decimal"),
        (["build", "--sample", "papi2024"], 1, "did you mean papi-2024?"),
        (["build", "papii", "table.csv"], 3, "did you mean papi"),
        (["check", "gone.yaml", "table.csv"], 3, "gone.yaml: "),
        (["check", "scheme.txt", "table.csv"], 3, "scheme.txt: "),
        (["check", "scheme.yaml", "gone.csv"], 1, "gone.csv: there is no such file"),
        (["check", "scheme.yaml", "table.pdf"], 1, "the ending '.pdf' is not one of a table"),
        (["check", "scheme.yaml", "."], 1, ".: "),
        (["build", "--period", "1900", "--sample", "papi-2024"], 1, "1900"),
        (["build", "--out", "table.csv"], 4, "table.csv: it is a file"),
        (["build", "--out", "table.csv/out"], 4, "table.csv/out: "),
        (["build", "--out", "."], 4, "the folder that you are in"),
        (["new", "."], 4, "already there"),
        (["new", "table.csv/new"], 4, "table.csv/new: "),
        (["new", "there", "--scheme", "pii-20255"], 3, "did you mean pii-2025"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_said(
    command: Pii, files: tuple[str, str], words: list[str], code: int, expected: str
) -> None:
    """With its exit code, what was found or what to do, on standard error; nothing is written."""
    Path("table.pdf").write_bytes(b"%PDF")
    before = sorted(Path().rglob("*"))
    said = command(*words)
    assert (said.code, said.out) == (code, "")
    assert expected in said.err
    assert "Traceback" not in said.err
    assert sorted(Path().rglob("*")) == before
    assert files[0] in {path.name for path in before}


def test_usage_in_json(command: Pii) -> None:
    """A machine gets JSON there too."""
    said = command("build", "--json", "--smaple", "x")
    record = json.loads(said.out)
    assert record["exit_code"] == said.code == 2
    assert "--smaple" in record["problems"][0]["found"]


def test_files_that_cannot_be_opened_are_said(
    command: Pii, files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table without permission to read, a disk without room: one line, no traceback."""

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as broken:
        broken.setattr("pii.io.builds.os.fsync", refuse)
        said = command("build", *files)
    assert (said.code, said.out) == (4, "")
    assert said.err.startswith("pii-build: Permission denied; ")
    assert not Path("pii-build").exists()
    with monkeypatch.context() as broken:
        broken.setattr(Path, "read_bytes", refuse)
        broken.setattr(Path, "open", refuse)
        broken.setattr(Path, "read_text", refuse)
        said = command("check", "papi", files[1])
    assert said.code in {1, 3}
    assert "Permission denied" in said.err


def test_another_stream_in_the_place_of_a_console_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook or an editor may put one there that has no encoding to set."""
    stream = StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    assert run(["schemes"]) == 0
    assert "papi" in stream.getvalue()


@pytest.mark.parametrize("raised", [KeyboardInterrupt, click.Abort])
def test_an_interrupt_ends_with_130(
    command: Pii, monkeypatch: pytest.MonkeyPatch, raised: type[BaseException]
) -> None:
    """Whatever was under way."""

    def interrupt(*_: Any, **__: Any) -> None:
        raise raised

    monkeypatch.setattr(import_module("pii.compute"), "compute", interrupt)
    said = command("build")
    assert (said.code, said.out, said.err.strip()) == (130, "", "interrupted")
    assert not Path("pii-build").exists()


def test_a_mistake_of_the_program_is_not_hidden(command: Pii, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no problem of the user's, and needs its traceback."""

    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(import_module("pii.compute"), "compute", fail)
    with pytest.raises(ZeroDivisionError):
        command("build")


# --- Help


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["build", "--help"], ["new", "-h"]])
def test_help_is_on_standard_output(command: Pii, words: Sequence[str]) -> None:
    """Asked for, it is no error."""
    said = command(*words)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Usage: pii")


def test_help_lists_the_exit_codes_and_whole_sentences(command: Pii) -> None:
    """Every code that a script can meet; no command's summary is cut off."""
    out = " ".join(command("--help").out.split())
    for said in ("0 fine", "1 problems in the data", "2 usage", "3 problems in the scheme", "4 the output", "130"):
        assert said in out
    assert "..." not in out.partition("Commands:")[2]


def test_the_version_is_the_packages(command: Pii) -> None:
    """What is installed, and what the package says of itself."""
    said = command("--version")
    assert (said.code, said.out) == (0, f"pii, version {pii.__version__}\n")


def test_no_command_is_a_question_for_help(command: Pii) -> None:
    """It says what there is, and is a mistake for a script."""
    said = command()
    assert said.code == 2
    assert "Usage: pii" in said.out + said.err
