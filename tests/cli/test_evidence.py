"""The command evidence, and builds that are given a provenance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import FILES, TABLE, Pii, built

NOTES = "unit,column,status,source\n,b,provisional,Yearbook\nHue,a,estimated,=Survey\n"
PROJECT = "scheme: scheme.yaml\ntable: table.csv\nprovenance: notes.csv\nout: made\n"


@pytest.fixture
def notes(tmp_path: Path) -> str:
    """A provenance beside the scheme and the table."""
    (tmp_path / "notes.csv").write_text(NOTES, encoding="utf-8")
    return "notes.csv"


@pytest.mark.usefixtures("files", "notes")
def test_a_build_keeps_its_provenance(command: Pii) -> None:
    """As an input and as a file of its own, and says that not all is final."""
    said = command("build", "scheme.yaml", "table.csv", "--provenance", "notes.csv", "--out", "one")
    assert said.code == 0
    assert "remark: cells that are not final: 4 provisional, 1 estimated; pii evidence says" in said.err
    assert built("one") == sorted([*FILES, "provenance.csv"])
    manifest = json.loads(Path("one", "manifest.json").read_bytes())
    assert [entry["file"] for entry in manifest["inputs"]] == ["scheme.yaml", "table.csv", "notes.csv"]
    assert "provenance.csv" in [output["file"] for output in manifest["outputs"]]
    assert command("verify", "one").code == 0


@pytest.mark.usefixtures("files", "notes")
def test_a_project_names_its_provenance(command: Pii) -> None:
    """And then says itself how its table is read."""
    Path("pii.yaml").write_text(PROJECT, encoding="utf-8")
    assert command("build", "pii.yaml").code == 0
    assert "provenance.csv" in built("made")
    assert command("verify", "made").code == 0
    assert command("build", "pii.yaml", "--provenance", "notes.csv", "--force").code == 2


@pytest.mark.usefixtures("files", "notes")
def test_a_check_reads_the_provenance_too(command: Pii) -> None:
    """And says what is wrong with it."""
    assert command("check", "scheme.yaml", "table.csv", "--provenance", "notes.csv").code == 0
    Path("notes.csv").write_text("unit,column,status\n01,c,final\n", encoding="utf-8")
    said = command("check", "scheme.yaml", "table.csv", "--provenance", "notes.csv")
    assert (said.code, said.err) == (
        1,
        "notes.csv:2:2: the table has no column 'c'; a column is named by its code; use one of a, b\n",
    )


@pytest.fixture
def one(command: Pii, files: tuple[str, str], notes: str) -> str:
    """A build."""
    assert command("build", *files, "--provenance", notes, "--out", "one", "-q").code == 0
    return "one"


def test_it_prints_counts_and_ranks_with_and_without(command: Pii, one: str) -> None:
    """Of provisional cells, unless others are asked for."""
    said = command("evidence", one)
    assert said.code == 0
    assert (
        said.out
        == """\
Trial index: 4 provisional cells

column  status        cells  title
b       provisional  4 of 4  b
left out without them: b: no value of it is left

units that rest on them: 4 of 5
ranks that move without them: 3
ranks lost without them: 0

unit     share  rank  without  shift
Cà Mau   50.0%     2        3     +1
Huế      50.0%     3        4     +1
Đắk Lắk  50.0%     3        2     -1
Hà Nội   50.0%     5        5
Sơn La    0.0%     1        1
"""
    )
    estimated = command("evidence", one, "--status", "estimated").out
    assert "a       estimated  1 of 5  First" in estimated
    assert "units that rest on them: 1 of 5" in estimated


def test_a_unit_that_is_lost_is_named_with_the_reason(command: Pii, files: tuple[str, str]) -> None:
    """Below those that are shown."""
    Path("notes.csv").write_text("unit,column,status\nHue,a,provisional\nHue,b,provisional\n", encoding="utf-8")
    assert command("build", *files, "--provenance", "notes.csv", "--out", "one", "-q").code == 0
    lines = command("evidence", "one").out.splitlines()
    assert "ranks lost without them: 1" in lines
    assert lines[-1] == "not ranked without them: Huế: 0 of 2 indicators measured, 0.5 of them needed"


def test_with_nothing_of_the_status_that_is_said(command: Pii, one: str) -> None:
    """Whether anything else is known or not."""
    assert command("evidence", one, "--status", "imputed").out.splitlines() == [
        "Trial index: 0 imputed cells",
        "the provenance of 5 cells is known; nothing rests on such a cell",
    ]


def test_it_prints_json_and_writes_a_table(command: Pii, one: str) -> None:
    """Whole, and not over another without being told."""
    said = command("evidence", one, "--status", "provisional", "--status", "estimated", "--json", "--out", "e.csv")
    assert said.code == 0
    record = json.loads(said.out)
    assert (record["cells"], record["left_out"], record["unranked"]) == (
        5,
        {"b": "no value of it is left"},
        {"02": ["0 of 1 indicators measured, 0.5 of them needed"]},
    )
    hue = next(unit for unit in record["units"] if unit["unit"] == "02")
    assert (hue["name"], hue["share"], hue["rank_without"], hue["shift"]) == ("Huế", 1.0, None, None)
    lines = Path("e.csv").read_text("utf-8-sig").splitlines()
    assert lines[0] == "unit,name,cells,share,score,score_without,rank,rank_without,shift,reason"
    assert lines[1].startswith("02,Huế,2,1.0,")
    assert lines[1].endswith(',3,,,"0 of 1 indicators measured, 0.5 of them needed"')
    assert lines[2].endswith(",2,3,1,")
    assert len(lines) == 6
    assert command("evidence", one, "--out", "e.csv").code == 4
    assert command("evidence", one, "--out", "e.csv", "--force").code == 0


@pytest.mark.usefixtures("files")
def test_a_table_neutralises_formulas(command: Pii) -> None:
    """In names, as every CSV does."""
    Path("table.csv").write_text(TABLE.replace("Huế", "=1+1"), encoding="utf-8")
    Path("notes.csv").write_text("unit,column,status\n,b,provisional\n", encoding="utf-8")
    assert command("build", "scheme.yaml", "table.csv", "--provenance", "notes.csv", "--out", "one", "-q").code == 0
    assert command("evidence", "one", "--out", "e.csv").code == 0
    assert ",'=1+1," in Path("e.csv").read_text("utf-8-sig")


def test_many_units_are_shown_in_part(command: Pii) -> None:
    """The sample has more than fit."""
    Path("notes.csv").write_text("unit,column,status\n,1.1.1,provisional\n", encoding="utf-8")
    assert command("build", "--provenance", "notes.csv", "--out", "one", "-q").code == 0
    said = command("evidence", "one")
    assert said.out.splitlines()[-1] == "and 14 more; --out writes all"
