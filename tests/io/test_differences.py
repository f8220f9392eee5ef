"""Where two files of a build differ: each kind of file by its own places; what cannot be read is said."""

from __future__ import annotations

import pytest

from pii.io.builds import outputs
from pii.io.differences import differences
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


@pytest.mark.parametrize("name", ["scores.parquet", "index.xlsx"])
def test_a_file_that_cannot_be_read_is_said(name: str) -> None:
    """Whatever its reader calls that."""
    content = outputs(small())[name]
    for broken in (b"", b"text", content[: len(content) // 2]):
        cells = differences(name, broken, content, exact=True)
        assert len(cells) == 1
        assert cells[0].found.startswith("the file cannot be read")
