"""Build folders: what is in them, that it is true, and that they are written whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pii.compute import compute
from pii.errors import BuildError
from pii.io import placing
from pii.io.builds import outputs, read_build, refuse_occupied, write_build
from pii.io.verifying import verify
from pii.report.publication import published_rows
from pii.result import Result
from pii.table import Table, Units
from tests.report.results import FORMULA, half, negative, small, synthetic, twins
from tests.shared import group, leaf, scheme

FILES = [
    "SHA256SUMS",
    "datapackage.json",
    "index.json",
    "index.xlsx",
    "manifest.json",
    "ranking.csv",
    "ranking.md",
    "ranking.tex",
    "scheme.json",
    "scores.csv",
    "scores.parquet",
    "table.csv",
]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file under its comment."""
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    return list(csv.DictReader(io.StringIO("".join(line for line in lines if not line.startswith("#")))))


def manifest(folder: Path) -> dict[str, Any]:
    """The manifest read."""
    found: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return found


# --- What is in a build


def test_a_build_has_its_files(tmp_path: Path) -> None:
    """And is where it was asked to be; nothing else is left beside it."""
    assert write_build(small(), tmp_path / "out") == tmp_path / "out"
    assert list(contents(tmp_path / "out")) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_manifest_has_the_hash_of_every_file(tmp_path: Path) -> None:
    """Outputs and inputs, with their sizes."""
    source = tmp_path / "table.csv"
    source.write_bytes(b"code,a\n01,2\n")
    folder = write_build(small(), tmp_path / "out", inputs=[source], command=["pii", "build"])
    said = manifest(folder)
    found = contents(folder)
    del found["manifest.json"], found["SHA256SUMS"]
    expected = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in found.items()}
    assert {output["file"]: (output["bytes"], output["sha256"]) for output in said["outputs"]} == expected
    assert said["inputs"] == [
        {"file": "table.csv", "bytes": 12, "sha256": hashlib.sha256(source.read_bytes()).hexdigest(), "path": None}
    ]
    assert said["command"] == ["pii", "build"]
    assert (said["title"], said["synthetic"], said["units"], said["ranked"]) == ("Trial index 2030", False, 6, 5)
    assert {"pii", "python", "platform", "packages", "created"} <= said.keys()


def test_the_hash_of_a_scheme_is_of_what_it_says(tmp_path: Path) -> None:
    """Equal schemes have one hash, others another."""

    def hashed(name: str, **fields: Any) -> str:
        rules = scheme(group("total", leaf("a")), **fields)
        table = Table.of({"a": [1.0, 2.0]}, units=["x", "y"])
        return str(manifest(write_build(compute(rules, table), tmp_path / name))["scheme"]["sha256"])

    assert hashed("one") == hashed("two", normalise="minmax")
    assert hashed("three") != hashed("four", decimals=3)


def test_ranking_csv_is_the_published_ranking(tmp_path: Path) -> None:
    """Rounded half-up with all decimals; the unranked last, with their reason."""
    rows = rows_of(write_build(small(), tmp_path / "out") / "ranking.csv")
    assert list(rows[0]) == ["rank", "unit", "name", "region", "total", "P1", "reason"]
    published = list(published_rows(small()))
    assert [row["unit"] for row in rows] == [row.code for row in published]
    assert [row["total"] for row in rows[:-1]] == [f"{row.scores[0]:.2f}" for row in published[:-1]]
    assert (rows[-1]["rank"], rows[-1]["total"]) == ("", "")
    assert rows[-1]["reason"] == published[-1].reason
    assert [row["total"] for row in rows_of(write_build(half(), tmp_path / "half") / "ranking.csv")] == [
        "49.37",
        "10.01",
    ]


def test_scores_csv_gives_every_score_back(tmp_path: Path) -> None:
    """Of every node, to the last bit."""
    result = synthetic()
    rows = rows_of(write_build(result, tmp_path / "out") / "scores.csv")
    assert list(rows[0]) == ["unit", "name", *result.composite.columns, *result.scores.columns]
    assert [row["unit"] for row in rows] == list(result.composite.units.codes)
    for grid in (result.composite, result.scores):
        found = [[float(row[code] or "nan") for code in grid.columns] for row in rows]
        assert repr(found) == repr(grid.values.tolist())


def test_scores_parquet_is_the_long_form(tmp_path: Path) -> None:
    """Every stage of every node, with the title in the file."""
    result = small()
    table = pq.read_table(write_build(result, tmp_path / "out") / "scores.parquet")
    assert table.to_pandas().equals(result.to_long())
    assert (table.schema.metadata or {})[b"title"] == b"Trial index 2030"


@pytest.mark.parametrize("name", ["ranking.csv", "scores.csv"])
def test_no_cell_of_a_csv_runs(tmp_path: Path, name: str) -> None:
    """Texts that a spreadsheet would run have an apostrophe before them; numbers below 0 have none."""
    rows = rows_of(write_build(small(), tmp_path / "out") / name)
    assert f"'{FORMULA}" in [row["name"] for row in rows]
    assert all(row.get("region") != "+south" for row in rows)
    rows = rows_of(write_build(negative(), tmp_path / "negative") / name)
    assert sorted(row["unit"] for row in rows) == ["'-1", "'@x", "z"]
    assert min(float(row["total"]) for row in rows) < 0


@pytest.mark.parametrize("name", ["ranking.csv", "scores.csv", "table.csv"])
def test_a_line_end_in_a_name_begins_no_row(tmp_path: Path, name: str) -> None:
    """A cell after it would run: names with a carriage return stand in quotes as others with a line feed do."""
    rules = scheme(group("total", leaf("a")))
    units = Units(("x", "y"), ("a\r=1+1", "b\n=1+1"))
    folder = write_build(compute(rules, Table.of({"a": [1.0, 2.0]}, units=units)), tmp_path / "out")
    text = (folder / name).read_bytes().decode("utf-8-sig")
    assert '"a\r=1+1"' in text
    assert '"b\n=1+1"' in text


def test_a_code_that_would_run_is_text_in_the_header(tmp_path: Path) -> None:
    """Codes of nodes are headers of columns."""
    rules = scheme(group("=total", leaf("-a")))
    folder = write_build(compute(rules, Table.of({"-a": [1.0, 2.0]}, units=["x", "y"])), tmp_path / "out")
    assert {"'=total", "'-a"} <= rows_of(folder / "scores.csv")[0].keys()


def test_synthetic_data_is_said_in_every_file(tmp_path: Path) -> None:
    """In the first line of texts, in the title of the rest."""
    folder = write_build(synthetic(), tmp_path / "out")
    for name in ("ranking.csv", "scores.csv"):
        assert (folder / name).read_text(encoding="utf-8-sig").startswith("# SYNTHETIC")
    assert (folder / "ranking.md").read_text(encoding="utf-8").startswith("# SYNTHETIC")
    assert json.loads((folder / "index.json").read_bytes())["title"].startswith("SYNTHETIC")
    assert manifest(folder)["title"].startswith("SYNTHETIC")
    assert (pq.read_schema(folder / "scores.parquet").metadata or {})[b"title"].startswith(b"SYNTHETIC")


def test_a_title_on_two_lines_stays_in_the_comment(tmp_path: Path) -> None:
    """Else its second line would be taken for the header."""
    rules = scheme(group("total", leaf("a"), name="One\ntwo"))
    table = Table.of({"a": [1.0, 2.0]}, units=["x", "y"], title="Synthetic")
    first, second, *_ = (
        (write_build(compute(rules, table), tmp_path / "out") / "scores.csv")
        .read_text(encoding="utf-8-sig")
        .splitlines()
    )
    assert first.startswith("# SYNTHETIC - One two")
    assert second == "unit,name,total,a"


def test_real_data_has_no_such_line(tmp_path: Path) -> None:
    """The header is the first line, after the mark by which spreadsheets know UTF-8."""
    data = (write_build(small(), tmp_path / "out") / "ranking.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfrank,unit,name,region")


# --- Reproducible


def test_two_builds_of_one_result_are_the_same(tmp_path: Path) -> None:
    """Byte for byte, but for the time in the manifest."""
    first, second = (contents(write_build(synthetic(), tmp_path / name)) for name in ("a", "b"))
    one, two = json.loads(first.pop("manifest.json")), json.loads(second.pop("manifest.json"))
    del first["SHA256SUMS"], second["SHA256SUMS"]
    assert first == second
    assert one | {"created": ""} == two | {"created": ""}


def test_the_time_can_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With SOURCE_DATE_EPOCH the manifest is the same too."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first, second = (contents(write_build(small(), tmp_path / name)) for name in ("a", "b"))
    assert first == second
    assert manifest(tmp_path / "a")["created"] == "2023-11-14T22:13:20+00:00"


# --- Where a build may go


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    """And one in parents that are not there yet is made with them."""
    (tmp_path / "empty").mkdir()
    assert list(contents(write_build(half(), tmp_path / "empty"))) == FILES
    assert list(contents(write_build(half(), tmp_path / "new" / "deep" / "out"))) == FILES


def test_an_earlier_build_stays_without_force(tmp_path: Path) -> None:
    """The message says how to replace it."""
    before = contents(write_build(small(), tmp_path / "out"))
    with pytest.raises(BuildError, match=r"earlier build.*--force"):
        write_build(half(), tmp_path / "out")
    assert contents(tmp_path / "out") == before


def test_force_replaces_an_earlier_build(tmp_path: Path) -> None:
    """Whole: nothing of the old one is left, nor beside it."""
    write_build(small(), tmp_path / "out")
    write_build(half(), tmp_path / "out", force=True)
    assert list(contents(tmp_path / "out")) == FILES
    assert manifest(tmp_path / "out")["units"] == 2
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("text", ["my notes", '{"name": "someone else\'s"}', '{"outputs": [1]}', "[]"])
@pytest.mark.parametrize("name", ["notes.txt", "manifest.json"])
def test_a_folder_of_something_else_is_never_touched(tmp_path: Path, name: str, text: str, force: bool) -> None:
    """Not with force, and not when it has a manifest of another kind."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="something else") as refusal:
        write_build(half(), folder, force=force)
    assert contents(folder) == {name: text.encode()}
    assert "--force" not in str(refusal.value)


def test_what_was_added_to_a_build_is_not_deleted(tmp_path: Path) -> None:
    """Force refuses, and names the file."""
    folder = write_build(half(), tmp_path / "out")
    (folder / "my-notes.docx").write_bytes(b"weeks of work")
    with pytest.raises(BuildError, match=r"my-notes\.docx"):
        write_build(half(), folder, force=True)
    assert (folder / "my-notes.docx").read_bytes() == b"weeks of work"


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    """Neither as the folder nor as one above it, and the file stays."""
    path = tmp_path / "file"
    path.write_bytes(b"text")
    for target in (path, path / "out"):
        with pytest.raises(BuildError, match="file"):
            write_build(half(), target, force=True)
    assert path.read_bytes() == b"text"


@pytest.mark.parametrize("folder", [".", "./", "..", "../here"])
def test_the_working_folder_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """Who is in it would be left in a folder that is gone."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(BuildError, match="the folder that you are in"):
        write_build(half(), folder)
    assert not any(Path().iterdir())


@pytest.mark.parametrize("folder", ["out", "./out/", "out/.", "new/../out"])
def test_a_relative_folder_is_taken_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """However it is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "new").mkdir()
    write_build(half(), folder)
    write_build(half(), folder, force=True)
    assert list(contents(tmp_path / "out")) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "out"]


def test_a_link_leads_to_its_folder(tmp_path: Path) -> None:
    """The folder is replaced, the link stays."""
    folder = write_build(small(), tmp_path / "real")
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    write_build(half(), link, force=True)
    assert link.is_symlink()
    assert manifest(folder)["units"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "real"]


def test_a_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    """Asking writes nothing; a free folder is not refused."""
    refuse_occupied(tmp_path / "free", force=False)
    assert not (tmp_path / "free").exists()
    write_build(half(), tmp_path / "out")
    refuse_occupied(tmp_path / "out", force=True)
    with pytest.raises(BuildError):
        refuse_occupied(tmp_path / "out", force=False)


# --- Whole or not at all


def break_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk takes two files, and no third."""
    real, opened = Path.open, 0

    def refuse(self: Path, mode: str = "r", *others: Any, **named: Any) -> Any:
        nonlocal opened
        opened += "w" in mode
        if opened > 2:
            raise OSError(28, "No space left on device")
        return real(self, mode, *others, **named)

    monkeypatch.setattr(Path, "open", refuse)


def break_sync(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk fails when it has to keep what it was given."""

    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)


def break_rename(monkeypatch: pytest.MonkeyPatch) -> None:
    """The new folder cannot be moved to its place."""
    real = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if (self / "manifest.json").exists() and not str(self).endswith((".old", "out")):
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(placing, "_exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", refuse)


def interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user presses Ctrl-C as the new folder is about to be moved."""
    real = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if not str(self).endswith((".old", "out")):
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(placing, "_exchanged", lambda *_: False)
    monkeypatch.setattr(Path, "rename", refuse)


@pytest.mark.parametrize("breaking", [break_open, break_sync, break_rename, interrupt])
@pytest.mark.parametrize("earlier", [True, False])
def test_a_build_that_fails_leaves_nothing_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaking: Any, earlier: bool
) -> None:
    """The earlier build stands as it was, and no draft lies beside it."""
    folder = tmp_path / "out"
    before = contents(write_build(small(), folder)) if earlier else {}
    with monkeypatch.context() as broken:
        breaking(broken)
        with pytest.raises(KeyboardInterrupt if breaking is interrupt else BuildError):
            write_build(half(), folder, force=True)
    assert [path.name for path in tmp_path.iterdir()] == (["out"] if earlier else [])
    assert not earlier or contents(folder) == before


def test_the_message_of_a_failure_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where, what the system said, and the way out."""
    break_open(monkeypatch)
    with pytest.raises(BuildError, match=r"out: No space left on device; .*make room") as failure:
        write_build(half(), tmp_path / "out")
    assert failure.value.problems[0].file == str(tmp_path / "out")


def test_a_parent_that_is_read_only_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No folder can be made there."""

    def refuse(self: Path, *_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(BuildError, match="Permission denied"):
        write_build(half(), tmp_path / "out")


def test_a_folder_that_cannot_be_listed_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in it is not known, so it is not replaced."""

    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(BuildError, match="cannot be read: Permission denied"):
        write_build(half(), tmp_path, force=True)


def test_an_input_that_is_gone_is_said(tmp_path: Path) -> None:
    """No build claims to come from a file that nobody can check."""
    with pytest.raises(BuildError, match=r"gone\.csv: the input cannot be read"):
        write_build(half(), tmp_path / "out", inputs=[tmp_path / "gone.csv"])
    assert not (tmp_path / "out").exists()


def test_leftovers_of_a_crash_do_not_block_the_next_build(tmp_path: Path) -> None:
    """A folder that an older version or a power cut left beside is neither used nor in the way."""
    write_build(small(), tmp_path / "out")
    (tmp_path / ".out.old").mkdir()
    (tmp_path / ".out.old" / "file").write_bytes(b"")
    write_build(half(), tmp_path / "out", force=True)
    assert manifest(tmp_path / "out")["units"] == 2


def test_results_do_not_change_by_being_written(tmp_path: Path) -> None:
    """Writing reads only."""
    result: Result = small()
    before = result.to_long()
    write_build(result, tmp_path / "out")
    assert result.to_long().equals(before)


# --- In Vietnamese


def test_only_what_people_read_is_in_the_language(tmp_path: Path) -> None:
    """Files for programs are the same to the byte; so are all of them where no language is asked for."""
    english, other = outputs(small()), outputs(small(), lang="vi")
    changed = {name for name in english if english[name] != other[name]}
    assert changed == {"index.xlsx", "ranking.md", "ranking.tex"}
    assert outputs(small(), lang="en") == english
    assert read_build(write_build(small(), tmp_path / "out", lang="vi")).title == small().title


@pytest.mark.parametrize("formulas", [False, True])
def test_a_build_in_vietnamese_holds(tmp_path: Path, formulas: bool) -> None:
    """Against what its inputs give, in its language; a changed heading is found."""
    folder = write_build(small(), tmp_path / "out", lang="vi", formulas=formulas)
    assert verify(folder).holds
    path = folder / "ranking.md"
    path.write_text(path.read_text(encoding="utf-8").replace("Địa phương", "Unit"), encoding="utf-8")
    assert {cell.file for cell in verify(folder).cells} == {"ranking.md"}


def test_no_two_columns_are_called_the_same() -> None:
    """Of the CSV files, and of what describes them, whatever groups and indicators are coded."""
    files = outputs(twins())
    described = {one["path"]: one["schema"]["fields"] for one in json.loads(files["datapackage.json"])["resources"]}
    for name in ("ranking.csv", "scores.csv"):
        heads = next(line for line in files[name].decode("utf-8-sig").splitlines() if not line.startswith("#"))
        assert heads.split(",") == [field["name"] for field in described[name]]
        assert len(set(heads.split(","))) == len(heads.split(","))
