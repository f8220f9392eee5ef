"""Where two files of a build differ: each kind of file by its own places; what cannot be read is said."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from pii.compute import compute
from pii.io.builds import outputs, write_build
from pii.io.differences import Cell, contradictions, differences
from pii.io.manifests import read_manifest
from pii.provenance import Origin, Provenance
from tests.report.results import small

CSV = b"# SYNTHETIC\nunit,name,a\nx,'=X,1.5\ny,Y,\n"


def test_files_that_are_the_same_have_no_differences() -> None:
    """Of every kind."""
    for name, content in outputs(small()).items():
        assert differences(name, content, content, exact=True) == []


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        (CSV.replace(b"1.5", b"1.6"), [("the cell differs", "line 3", "x", "a", "1.6", "1.5")]),
        (CSV.replace(b"'=X", b"'=Z"), [("the cell differs", "line 3", "x", "name", "=Z", "=X")]),
        (CSV.replace(b"y,Y,", b"y,Y,0"), [("the cell differs", "line 4", "y", "a", "0", "")]),
        (CSV.replace(b"name,a", b"name,b"), [("the header differs", "", "", "a", "b", "a")]),
        (CSV.replace(b"y,Y,\n", b""), [("the number of rows differs", "", "", "", "1", "2")]),
        (CSV.replace(b"# S", b"# s"), [("the lines above the table differ", "", "", "", "# sYNTHETIC", "# SYNTHETIC")]),
        (CSV.replace(b"x,'=X", b"x,\"'=X"), [("the file cannot be read: unexpected end of data", "", "", "", "", "")]),
    ],
)  # fmt: skip
def test_a_cell_of_csv_has_its_line_unit_and_column(recorded: bytes, found: list[tuple[str, ...]]) -> None:
    """As people see it, without the guard against formulas."""
    assert [tuple(cell[1:]) for cell in differences("a.csv", recorded, CSV, exact=True)] == found


@pytest.mark.parametrize(("text", "same"), [(b"1.5000000000000004", True), (b"1.50001", False), (b"", False)])
def test_rounding_is_a_difference_only_when_asked_for(text: bytes, same: bool) -> None:
    """A part in 10^12 is; a gap always."""
    recorded = CSV.replace(b"1.5", text)
    assert (differences("a.csv", recorded, CSV, exact=False) == []) == same
    assert len(differences("a.csv", recorded, CSV, exact=True)) == 1


@pytest.mark.parametrize(
    ("recorded", "found"),
    [
        (b'{"a": [1, {"b": 2}]}', [("the value differs", "a.1.b", "b", "2", "3")]),
        (b'{"a": [1, {"c": 3}]}', [("the value differs", "a.1.c", "c", "3", ""), ("the value differs", "a.1.b", "b", "", "3")]),
        (b'{"a": [1, {"b": "3"}]}', [("the value differs", "a.1.b", "b", '"3"', "3")]),
        (b'{"a":[1, {"b": 3}]}', [("the file is laid out otherwise", "", "", "", "")]),
        (b'{"a": [1, {"b": 3}]', [("the file cannot be read: Expecting ',' delimiter: line 1 column 20 (char 19)", "", "", "", "")]),
    ],
)  # fmt: skip
def test_a_value_of_json_has_its_path(recorded: bytes, found: list[tuple[str, ...]]) -> None:
    """From the top to the key."""
    cells = differences("a.json", recorded, b'{"a": [1, {"b": 3}]}', exact=True)
    assert [(cell.found, cell.place, *cell[4:]) for cell in cells] == found


def test_a_record_of_the_index_knows_its_units() -> None:
    """In the ranking and in the values by unit."""
    content = outputs(small())["index.json"]
    for before, after, unit in ((b'"name": "Hu', b'"name": "Hy', "04"), (b'"1.2": 4.5', b'"1.2": 4.6', "04")):
        assert content.count(before) == 1
        assert [cell.unit for cell in differences("index.json", content.replace(before, after), content, exact=True)] == [unit]  # fmt: skip


def test_lines_of_text_have_their_number() -> None:
    """A line more is a difference too."""
    cells = differences("a.md", b"one\ntwo\nmore", b"one\nzwo", exact=True)
    assert [(cell.place, cell.recorded, cell.expected) for cell in cells] == [
        ("line 2", "two", "zwo"),
        ("line 3", "more", ""),
    ]


def test_parquet_of_other_columns_or_rows_is_said_once() -> None:
    """Its cells cannot be paired, so none is named."""
    content = outputs(small())["scores.parquet"]
    whole = pq.read_table(BytesIO(content))
    for other in (whole.slice(1), whole.drop_columns(["unit"])):
        held = BytesIO()
        pq.write_table(other, held)
        assert differences("scores.parquet", held.getvalue(), content, exact=True) == [
            Cell("scores.parquet", "the columns or the number of rows differ")
        ]


def test_a_sheet_that_only_one_workbook_has_is_said_once() -> None:
    """Be it added or taken out."""
    content = outputs(small())["index.xlsx"]
    book = openpyxl.load_workbook(BytesIO(content))
    book.create_sheet("Aside")
    book.remove(book["Ranking"])
    held = BytesIO()
    book.save(held)
    found = differences("index.xlsx", held.getvalue(), content, exact=True)
    assert [cell for cell in found if "!" not in cell.place] == [
        Cell("index.xlsx", "the sheet is only in one of the two", sheet) for sheet in ("Aside", "Ranking")
    ]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with a base and a note of where a cell comes from, to be left as it is."""
    result = small()
    notes = Provenance.of({("04", "1.2"): Origin("provisional", source="A yearbook", footnote="Part of a year")})
    noted = compute(result.scheme, result.measured.noting(notes), reference=result)
    return write_build(noted, tmp_path_factory.mktemp("differences") / "build")


def found_in(folder: Path, **files: bytes | None) -> list[tuple[str, ...]]:
    """File, unit, column, what it says and what index.json has, for files that are put in; None takes one out."""
    contents = {path.stem: (path.name, path.read_bytes()) for path in folder.iterdir() if path.suffix != ".xlsx"}
    put = dict(contents.values()) | {
        contents[stem][0]: content for stem, content in files.items() if content is not None
    }
    for stem in (stem for stem, content in files.items() if content is None):
        del put[contents[stem][0]]
    return [(cell.file, cell.unit, cell.column, cell.recorded, cell.expected) for cell in contradictions(put, read_manifest(folder))]  # fmt: skip


def test_tables_that_were_changed_are_held_against_the_index(kept: Path) -> None:
    """Their values, their texts and their notes; nothing where all is as it was."""
    assert found_in(kept) == []
    table = (kept / "table.csv").read_bytes()
    notes = (kept / "provenance.csv").read_bytes()
    assert found_in(kept, table=table.replace("Huế".encode(), b"Hue")) == [
        ("table.csv", "04", "name", "Hue", "Huế")
    ]
    assert found_in(kept, provenance=notes.replace(b"A yearbook", b"A letter")) == [
        ("provenance.csv", "04", "source of 1.2", "A letter", "A yearbook")
    ]


def test_notes_that_cannot_be_read_are_said_with_their_reason(kept: Path) -> None:
    """Nothing in them can be held against the index."""
    found = found_in(kept, provenance=(kept / "provenance.csv").read_bytes().replace(b"source", b"sauce", 1))
    assert [cell[:2] for cell in found] == [("provenance.csv", "")]


@pytest.mark.parametrize("index", [None, b"", b"{", b"[]", b"3", b"{}"])
def test_an_index_that_was_spoilt_too_says_nothing(kept: Path, index: bytes | None) -> None:
    """There is nothing left to hold the tables against."""
    table = (kept / "table.csv").read_bytes().replace("Huế".encode(), b"Hue")
    assert found_in(kept, index=index, table=table, provenance=None) == []


@pytest.mark.parametrize(
    ("part", "value", "found"),
    [
        ("ranking", 5, []),
        ("ranking", [3, {}], []),
        ("ranking", [{"unit": "04"}], [("table.csv", "04", "name", "Huế", "")]),
        ("ranking", [{"unit": "04", "name": 4, "labels": []}], [("table.csv", "04", "name", "Huế", "4")]),
        ("reference", 5, []),
        ("provenance", {"04": []}, [("provenance.csv", "04", "source of 1.2", "A yearbook", "")]),
        ("provenance", {"04": {"1.2": 1}}, [("provenance.csv", "04", "source of 1.2", "A yearbook", "")]),
    ],
)  # fmt: skip
def test_an_index_of_another_form_is_taken_as_far_as_it_goes(
    kept: Path, part: str, value: Any, found: list[tuple[str, ...]]
) -> None:
    """Whoever changes a table may change the index with it."""
    index = json.dumps(json.loads((kept / "index.json").read_bytes()) | {part: value}).encode()
    said = found_in(kept, index=index)
    assert [cell for cell in said if cell[2] not in {"status of 1.2", "footnote of 1.2"}] == found


@pytest.mark.parametrize("name", ["scores.parquet", "index.xlsx"])
def test_a_file_that_cannot_be_read_is_said(name: str) -> None:
    """Whatever its reader calls that."""
    content = outputs(small())[name]
    for broken in (b"", b"text", content[: len(content) // 2]):
        cells = differences(name, broken, content, exact=True)
        assert len(cells) == 1
        assert cells[0].found.startswith("the file cannot be read")
