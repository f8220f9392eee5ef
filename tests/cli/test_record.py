"""The commands about builds as records, and builds of project files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import FILES, SCHEME, Pii, built, process

PROJECT = "scheme: scheme.yaml\ntable: table.csv\nout: made\n"


# --- build of a project file


@pytest.mark.parametrize("name", ["pii.yaml", "."])
@pytest.mark.usefixtures("files")
def test_a_project_file_is_built(command: Pii, name: str) -> None:
    """By its name, or that of its folder; its inputs are found from the build."""
    Path("pii.yaml").write_text(PROJECT, encoding="utf-8")
    said = command("build", name)
    assert (said.code, said.out.splitlines()[0]) == (0, "Trial index")
    assert built("made") == FILES
    inputs = json.loads(Path("made", "manifest.json").read_bytes())["inputs"]
    assert [entry["path"] for entry in inputs] == ["../pii.yaml", "../scheme.yaml", "../table.csv"]
    assert command("verify", "made").code == 0
    assert command("build", name).code == 4
    assert command("build", name, "--force", "--out", "made").code == 0


@pytest.mark.usefixtures("command", "files")
def test_a_project_is_built_from_any_folder() -> None:
    """Its paths are from its own."""
    Path("pii.yaml").write_text(PROJECT, encoding="utf-8")
    Path("inner").mkdir()
    said = process(Path("inner").resolve(), "build", "../pii.yaml", "--json")
    assert said.code == 0
    assert built("made") == FILES


@pytest.mark.usefixtures("files")
def test_a_project_with_a_study_has_two_folders(command: Pii) -> None:
    """With its draws and its seed in both."""
    Path("scheme.yaml").write_text(
        SCHEME + "uncertainty: {draws: 50, choices: [{vary: weights, spread: 0.2}]}\n", encoding="utf-8"
    )
    Path("pii.yaml").write_text(f"{PROJECT}study: {{seed: 3}}\n", encoding="utf-8")
    assert command("build", "pii.yaml").code == 0
    assert json.loads(Path("made", "manifest.json").read_bytes())["seed"] == 3
    study = json.loads(Path("study", "study.json").read_bytes())
    assert (study["seed"], study["draws"]) == (3, 50)


@pytest.mark.usefixtures("files")
def test_a_project_file_says_itself_how_its_table_is_read(command: Pii) -> None:
    """An option beside it is a mistake of use; a mistake in it one of the scheme."""
    Path("pii.yaml").write_text(PROJECT, encoding="utf-8")
    assert command("build", "pii.yaml", "--period", "2030").code == 2
    Path("pii.yaml").write_text("scheme: scheme.yaml\ntabel: table.csv\n", encoding="utf-8")
    said = command("build", "pii.yaml")
    assert (said.code, Path("made").exists()) == (3, False)
    assert "pii.yaml:2:1: tabel: the key 'tabel' is not known here; did you mean table?" in said.err


def test_a_new_project_builds_once_it_is_filled(command: Pii) -> None:
    """With the project file that came with it."""
    assert command("new", "mine", "--scheme", "papi").code == 0
    table = Path("mine", "table.csv")
    header, *rows = table.read_text(encoding="utf-8-sig").splitlines()
    empty = header.count(",") - 1
    values = [",".join(str(1 + (at * 7 + column) % 9 / 10) for column in range(empty)) for at in range(len(rows))]
    filled = [f"{row.rstrip(',')},{row_values}" for row, row_values in zip(rows, values, strict=True)]
    table.write_text("\n".join([header, *filled, ""]), encoding="utf-8")
    said = command("build", "mine")
    assert said.code == 0, said.err
    assert built("mine/build") == FILES


@pytest.mark.parametrize("what", ["scheme", "project", "manifest"])
def test_each_kind_of_file_has_a_schema(command: Pii, what: str) -> None:
    """Of its own."""
    schema = json.loads(command("schema", what).out)
    assert schema["title"] == {"scheme": "Scheme", "project": "ProjectFile", "manifest": "Manifest"}[what]


# --- verify


def test_a_build_that_holds_says_so(command: Pii, files: tuple[str, str]) -> None:
    """With exit code 0, in words or as JSON; a signature is named."""
    command("build", *files, "--out", "made")
    Path("made", "SHA256SUMS.asc").write_bytes(b"")
    said = command("verify", "made")
    assert (said.code, said.out) == (0, "made: every file is as it was written, and is what its inputs give\n")
    assert "SHA256SUMS.asc lies beside" in said.err
    record = json.loads(command("verify", "made", "--json").out)
    assert record == {"folder": "made", "holds": True, "unchecked": [], "signatures": ["SHA256SUMS.asc"]}


def test_a_cell_that_was_changed_is_said_with_exit_code_1(command: Pii, files: tuple[str, str]) -> None:
    """File, line, column and unit; as JSON too."""
    command("build", *files, "--out", "made")
    path = Path("made", "scores.csv")
    path.write_bytes(path.read_bytes().replace("04,Đắk Lắk,".encode(), "04,Đắk Lắk,1".encode()))
    said = command("verify", "made")
    assert said.code == 1
    assert "made/scores.csv: the file is not as it was written" in said.err
    assert "made/scores.csv: line 5: total: 04: the cell differs; it says '1" in said.err
    record = json.loads(command("verify", "made", "--json").out)
    assert (record["exit_code"], len(record["problems"])) == (1, 2)


def test_many_differences_are_cut_short(command: Pii) -> None:
    """But for programs."""
    command("build", "--out", "made")
    path = Path("made", "scores.csv")
    path.write_bytes(path.read_bytes().replace(b"1", b"2"))
    said = command("verify", "made")
    assert "more differences; --json prints all" in said.err
    assert len(json.loads(command("verify", "made", "--json").out)["problems"]) > 60


def test_what_is_no_build_cannot_be_verified(command: Pii) -> None:
    """Nor compared."""
    assert command("verify", "none").code == 4
    assert command("diff", "none", "none").code == 4


def test_other_versions_are_remarked_on(command: Pii, files: tuple[str, str]) -> None:
    """They may be why a digit differs; a package that is not here is said to be none."""
    command("build", *files, "--out", "made")
    path = Path("made", "manifest.json")
    manifest = json.loads(path.read_bytes())
    here = manifest["packages"]["numpy"]
    manifest["packages"] |= {"numpy": "1.0", "gone": "2.0"}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    said = command("verify", "made").err
    assert f"remark: the build was made with numpy 1.0, and {here} is here\n" in said
    assert "remark: the build was made with gone 2.0, and none is here\n" in said


def test_inputs_that_are_elsewhere_are_named(command: Pii) -> None:
    """They are not passed over in silence."""
    command("build")
    assert (
        "not checked: pii-2025.yaml: the build does not say where this input is"
        in command("verify", "pii-build").err
    )


# --- diff


def two(command: Pii, files: tuple[str, str]) -> None:
    """A build, and that of its corrected table."""
    command("build", *files, "--out", "one")
    table = Path(files[1])
    table.write_text(table.read_text(encoding="utf-8").replace("2.5,3", "4.5,3"), encoding="utf-8")
    command("build", *files, "--out", "two")


def test_a_correction_is_said(command: Pii, files: tuple[str, str]) -> None:
    """The cell, and who moves."""
    two(command, files)
    said = command("diff", "one", "two")
    assert said.code == 0
    assert "cells: 1\n  Huế, a: 2.5 -> 4.5\n" in said.out
    assert "ranks: " in said.out
    assert "Nothing differs" in command("diff", "one", "one").out
    # And the input of the first build is no longer what it was made from.
    assert "table.csv: the input is not the one" in command("verify", "one").err


@pytest.mark.parametrize(("language", "line"), [("en", "- Huế, First (a): 2.5 before, 4.5 now."), ("vi", "- Huế, First (a): trước đây 2,5, nay 4,5.")])  # fmt: skip
def test_the_notice_says_it_in_words(command: Pii, files: tuple[str, str], language: str, line: str) -> None:
    """In Markdown."""
    two(command, files)
    said = command("diff", "one", "two", "--notice", "--lang", language)
    assert said.code == 0
    assert line in said.out.splitlines()


def test_the_difference_as_json(command: Pii, files: tuple[str, str]) -> None:
    """Every change with its fields."""
    two(command, files)
    record = json.loads(command("diff", "one", "two", "--json").out)
    assert record["cells"] == [{"unit": "02", "name": "Huế", "column": "a", "before": 2.5, "after": 4.5}]
    assert record["scheme"] == []
    assert {"unit", "name", "column", "before", "after"} == record["scores"][0].keys()
    assert command("diff", "one", "two", "--json", "--notice").code == 2
