"""The command line as its users meet it: what is said where, what is written, and the exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click
import pytest
import yaml

import pii
from pii.cli import run

SOURCE = Path(__file__).resolve().parents[1] / "src"
FILES = ["index.json", "index.xlsx", "manifest.json", "ranking.csv", "ranking.md", "scores.csv", "scores.parquet"]
SCHEME = """\
code: trial
index:
  code: total
  name: Trial index
  children:
    - {code: a, name: First}
    - {code: b, direction: -1}
treat: {method: winsorise, limit: 1, skewness: 1, kurtosis: 1}
screen: {measured: 0.5}
"""
TABLE = """\
code,name,a,b
01,Hà Nội,1.5,4
02,Huế,2.5,3
03,Cà Mau,3.5,2
04,Đắk Lắk,4.5,90
05,Sơn La,5.5,
"""


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


class Pii:
    """Runs commands in this process, in a folder of the test's own."""

    def __init__(self, capture: pytest.CaptureFixture[str]) -> None:
        self.capture = capture

    def __call__(self, *words: str) -> Said:
        """What the command answers to some words."""
        self.capture.readouterr()
        code = run(words)
        out, err = self.capture.readouterr()
        return Said(code, out, err)


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pii:
    """``pii``, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return Pii(capsys)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A scheme and a table that fit, in the folder."""
    (tmp_path / "scheme.yaml").write_text(SCHEME, encoding="utf-8")
    (tmp_path / "table.csv").write_text(TABLE, encoding="utf-8")
    return "scheme.yaml", "table.csv"


def process(folder: Path, *words: str, **environment: str) -> Said:
    """The command in a process of its own, without a terminal."""
    done = subprocess.run(
        [sys.executable, "-m", "pii", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(SOURCE)} | environment,
        capture_output=True,
        check=False,
    )
    return Said(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def built(folder: str | Path) -> list[str]:
    """The files of a build."""
    return sorted(path.name for path in Path(folder).iterdir())


# --- build


def test_without_arguments_the_synthetic_sample_is_built(tmp_path: Path) -> None:
    """34 provinces in order, called synthetic above and below, and a folder; no colour, no progress."""
    said = process(tmp_path, "build")
    assert said.code == 0
    title, blank, header, *rows = said.out.splitlines()
    assert title.startswith("SYNTHETIC - Provincial Innovation Index")
    assert (blank, header.split()[:3]) == ("", ["rank", "unit", "PII"])
    assert [row.split()[0] for row in rows] == [str(rank) for rank in range(1, 35)]
    assert "SYNTHETIC data: these ranks mean nothing about real places" in said.err
    assert "7 files in pii-build" in said.err
    assert built(tmp_path / "pii-build") == FILES
    assert "\x1b" not in said.out + said.err
    assert "\r" not in said.err.replace("\r\n", "\n")


@pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}])
def test_a_console_without_unicode_is_spoken_to_in_utf8(tmp_path: Path, locale: dict[str, str]) -> None:
    """Names keep their diacritics, and nothing fails."""
    said = process(tmp_path, "build", **locale)
    assert said.code == 0
    assert "Đà Nẵng" in said.out


def test_a_real_sample_lists_who_is_not_ranked(command: Pii) -> None:
    """On standard error, with the reason; nothing there is called synthetic."""
    said = command("build", "--sample", "papi-2024", "--out", "papi")
    assert said.code == 0
    missing = [line for line in said.err.splitlines() if line.startswith("not ranked")]
    assert [line.split(": ")[1] for line in missing] == ["Vĩnh Phúc", "Tiền Giang"]
    assert all("0 of 29 indicators measured" in line for line in missing)
    assert "synthetic" not in (said.out + said.err).casefold()
    assert built("papi") == FILES


def test_a_scheme_and_a_table_of_ones_own(command: Pii, files: tuple[str, str]) -> None:
    """Are built; the manifest names both files and the command."""
    said = command("build", *files, "--out", "mine")
    assert (said.code, said.out.splitlines()[0]) == (0, "Trial index")
    manifest = json.loads(Path("mine", "manifest.json").read_bytes())
    assert [source["file"] for source in manifest["inputs"]] == ["scheme.yaml", "table.csv"]
    assert manifest["command"] == ["pii", "build", "scheme.yaml", "table.csv", "--out", "mine"]


def test_a_built_in_scheme_goes_by_its_name(command: Pii, tmp_path: Path) -> None:
    """Also where a folder happens to be called the same."""
    table = pii.read_sample("papi-2024")[1]
    pii.write_table(table, "own.csv")
    (tmp_path / "papi").mkdir()
    said = command("build", "papi", "own.csv")
    assert said.code == 0
    manifest = json.loads(Path("pii-build", "manifest.json").read_bytes())
    assert [source["file"] for source in manifest["inputs"]] == ["papi.yaml", "own.csv"]


def test_ranks_are_shown_with_their_scores(command: Pii, files: tuple[str, str]) -> None:
    """Whole rows, the best first, numbers aligned."""
    assert command("build", *files).out.splitlines() == [
        "Trial index",
        "",
        "rank  unit      total",
        "   1  Sơn La   100.00",
        "   2  Cà Mau    75.00",
        "   3  Huế       37.50",
        "   3  Đắk Lắk   37.50",
        "   5  Hà Nội     0.00",
    ]


def test_quiet_says_nothing(command: Pii) -> None:
    """And writes all the same."""
    assert command("build", "--quiet") == (0, "", "")
    assert built("pii-build") == FILES


def test_verbose_says_what_was_treated(command: Pii, files: tuple[str, str]) -> None:
    """Which plain output does not."""
    assert "treated" not in command("build", *files).err
    assert "treated: b: winsorise: 1 high" in command("build", *files, "--verbose", "--force").err


def test_json_is_all_that_stands_on_standard_output(command: Pii) -> None:
    """The ranking unrounded, the folder and its files, who is not ranked."""
    said = command("build", "--sample", "papi-2024", "--json")
    record = json.loads(said.out)
    assert (record["folder"], record["files"], record["synthetic"]) == ("pii-build", FILES, False)
    assert [entry["rank"] for entry in record["ranking"][:3]] == [1, 2, 3]
    assert [entry["name"] for entry in record["ranking"] if entry["rank"] is None] == ["Vĩnh Phúc", "Tiền Giang"]
    result = pii.compute(*pii.read_sample("papi-2024"))
    best = result.best_first[0]
    assert record["ranking"][0]["scores"]["PAPI"] == result.composite.column("PAPI")[best]
    assert "not ranked: Vĩnh Phúc" in said.err


def test_an_earlier_build_is_replaced_only_by_force(command: Pii, files: tuple[str, str]) -> None:
    """Without, nothing is computed, and the folder stays as it was."""
    command("build", *files)
    before = Path("pii-build", "manifest.json").read_bytes()
    said = command("build")
    assert (said.code, said.out) == (4, "")
    assert "--force" in said.err
    assert Path("pii-build", "manifest.json").read_bytes() == before
    assert command("build", "--force").code == 0
    assert json.loads(Path("pii-build", "manifest.json").read_bytes())["synthetic"] is True


def test_control_characters_in_names_do_not_reach_the_terminal(command: Pii, files: tuple[str, str]) -> None:
    """A name cannot clear the screen or forge a line."""
    Path(files[1]).write_text(TABLE.replace("Huế", "\u202eHuế"), encoding="utf-8")
    Path(files[0]).write_text(SCHEME.replace("Trial index", '"Trial\\e[2J\\a"'), encoding="utf-8")
    said = command("build", *files)
    assert said.code == 0
    assert said.out.startswith("Trial\ufffd[2J\ufffd\n")
    assert "\ufffdHuế" in said.out
    assert not {"\x1b", "\x07", "\u202e"} & set(said.out + said.err)


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (200, ["PII", "input", "P1", "P2", "P3", "P4", "P5", "output", "P6", "P7"]),
        (80, ["PII", "input", "P1", "P2", "P3", "P4", "P5", "output", "P6", "P7"]),
        (60, ["PII", "input", "output"]),
        (30, ["PII"]),
        (5, ["PII"]),
    ],
)
def test_a_narrow_terminal_shows_fewer_levels_and_never_part_of_a_number(
    command: Pii, monkeypatch: pytest.MonkeyPatch, columns: int, shown: list[str]
) -> None:
    """Rank, unit and index always; the rest as far as there is room."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    _, _, header, *rows = command("build").out.splitlines()
    assert header.split() == ["rank", "unit", *shown]
    assert len(rows) == 34
    assert all(row.split()[-1].replace(".", "").isdigit() for row in rows)
    assert columns < 30 or max(map(len, [header, *rows])) <= columns


# --- Errors


def test_mistakes_in_a_scheme_end_with_3(command: Pii, files: tuple[str, str]) -> None:
    """All of them are said, each with file, line and column, and nothing is written."""
    Path(files[0]).write_text(SCHEME.replace("direction: -1", "direction: 2, wieght: 1"), encoding="utf-8")
    for word in ("build", "check"):
        said = command(word, *files)
        assert (said.code, said.out) == (3, "")
        lines = said.err.splitlines()
        assert [line.startswith("scheme.yaml:7:") for line in lines] == [True, True, False]
        assert lines[-1] == "2 problems; nothing was written"
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
        assert lines[2:] == ["2 problems; nothing was written"]
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
        (["zzz"], 2, "use one of audit, build, check, new, schema, schemes"),
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


# --- check, schemes, schema, new


def test_check_writes_nothing(command: Pii, files: tuple[str, str]) -> None:
    """It says in a line what there is, and what was done to it."""
    before = sorted(Path().iterdir())
    said = command("check", *files)
    assert said.code == 0
    assert said.out == "Trial index: 5 units x 2 indicators, 1 values not measured, 5 units can be ranked\n"
    assert "treated: b" in said.err
    assert sorted(Path().iterdir()) == before


def test_check_in_json(command: Pii, files: tuple[str, str]) -> None:
    """Counts, and who cannot be ranked."""
    record = json.loads(command("check", *files, "--json").out)
    assert record == {
        "title": "Trial index",
        "units": 5,
        "indicators": 2,
        "missing": 1,
        "unranked": {},
        "remarks": [],
    }


def test_strict_refuses_what_the_scheme_does_not_know(command: Pii, files: tuple[str, str]) -> None:
    """Which else is left out with a note."""
    Path(files[1]).write_text(TABLE.replace("name,a", "name,extra,a").replace(",1.5", ",1,1.5"), encoding="utf-8")
    lines = Path(files[1]).read_text(encoding="utf-8").splitlines()
    wider = [lines[0], lines[1], *(line.replace(",", ",,", 2).replace(",,", ",", 1) for line in lines[2:])]
    Path(files[1]).write_text("\n".join(wider) + "\n", encoding="utf-8")
    said = command("check", *files)
    assert said.code == 0
    assert "extra" in said.err
    assert command("check", *files, "--strict").code == 1


def test_schemes_are_listed(command: Pii) -> None:
    """One line each: name, system, number of indicators, title."""
    said = command("schemes")
    assert [line.split()[0] for line in said.out.splitlines()] == list(pii.built_in_schemes())
    assert "pii-2025     VN34   52  Provincial Innovation Index (PII) 2025" in said.out
    assert "None" not in said.out


def test_the_schema_is_one(command: Pii, files: tuple[str, str]) -> None:
    """It is a valid JSON Schema, takes a scheme that is right and refuses one that is not."""
    schema = json.loads(command("schema").out)
    draft = pytest.importorskip("jsonschema").Draft202012Validator
    draft.check_schema(schema)
    validator = draft(schema)
    scheme = yaml.safe_load(Path(files[0]).read_text(encoding="utf-8"))
    assert validator.is_valid(scheme)
    assert not validator.is_valid(scheme | {"wieght": 1})


def test_a_new_project_can_be_checked_at_once(command: Pii) -> None:
    """Then filled and built: what is missing is said, row by row."""
    said = command("new", "mine")
    paths = [Path("mine", name) for name in ("scheme.yaml", "table.csv", "README.md")]
    assert (said.code, said.out.splitlines()) == (0, [str(path) for path in paths])
    said = command("check", *map(str, paths[:2]))
    assert said.code == 1
    assert "Hà Nội: no indicator is measured" in said.err
    assert "34 problems" in said.err
    assert command("new", "mine").code == 4


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
