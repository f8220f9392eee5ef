"""Provenance from files: lines by exactness, every fault by its line; kept with a build, verified and compared."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.compute import compute
from pii.difference import difference
from pii.errors import BuildError, TableError
from pii.io.builds import read_build, write_build
from pii.io.kept import TABLE
from pii.io.provenance import PROVENANCE, kept_provenance, provenance_bytes, read_provenance
from pii.io.verifying import verify
from pii.provenance import STATUSES, Origin, Provenance
from pii.report.notice_text import difference_lines, notice
from pii.result import Result
from pii.table import Table, Units
from tests.shared import group, leaf, scheme
from tests.strategies import quick

NAN = float("nan")
UNITS = Units(("01", "79", "15"), ("Hà Nội", "Hồ Chí Minh", "Lào Cai"), {}, "VN34")
MEASURED = Table.of({"a": [1.0, 2.0, 3.0], "b": [4.0, NAN, 7.0]}, units=UNITS)


def file(folder: Path, *lines: str, name: str = "notes.csv") -> Path:
    """A file of some lines."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def statuses(notes: Provenance) -> dict[tuple[str, str], str]:
    """The status of each cell."""
    return {cell: origin.status for cell, origin in notes.items()}


def refused(path: Path, table: Table = MEASURED) -> list[str]:
    """What is said of a file, without its folder."""
    with pytest.raises(TableError) as error:
        read_provenance(path, table)
    return [str(problem).split("notes.csv:")[-1] for problem in error.value.problems]


# --- reading


def test_the_most_exact_line_wins(tmp_path: Path) -> None:
    """A cell before a row or a column, these before the whole table; all of it, not field by field."""
    lines = [
        ",,final,Yearbook",
        ",a,provisional,Survey",
        "Lao Cai,b,estimated,",
        "tp hcm,a,final,Register",
    ]
    found = read_provenance(file(tmp_path, "unit,column,status,source", *lines), MEASURED)
    assert statuses(found) == {
        ("01", "a"): "provisional",
        ("01", "b"): "final",
        ("79", "a"): "final",
        ("15", "a"): "provisional",
        ("15", "b"): "estimated",
    }
    assert [found[cell].source for cell in (("01", "b"), ("79", "a"), ("15", "b"))] == ["Yearbook", "Register", ""]


def test_a_row_is_said_of_its_cells_that_have_a_value(tmp_path: Path) -> None:
    """And of no others."""
    found = read_provenance(file(tmp_path, "unit,column,status", "79,,imputed"), MEASURED)
    assert statuses(found) == {("79", "a"): "imputed"}


def test_a_cell_decides_where_row_and_column_cross(tmp_path: Path) -> None:
    """Without it neither does."""
    lines = ["unit,column,status", ",a,provisional", "01,,estimated"]
    assert refused(file(tmp_path, *lines)) == [
        "3:1: line 2 is about some of the same cells; of a whole row and a whole column neither is the more exact; "
        "write a line for each of these cells"
    ]
    found = read_provenance(file(tmp_path, *lines, "01,a,final"), MEASURED)
    assert statuses(found)["01", "a"] == "final"


def test_headers_are_known_in_any_order_and_case(tmp_path: Path) -> None:
    """In a file of another delimiter too."""
    path = file(tmp_path, "Status;Footnote;Column;Unit", "final;Một, hai;b;Hà Nội", name="notes.txt")
    assert dict(read_provenance(path, MEASURED)) == {("01", "b"): Origin("final", footnote="Một, hai")}


def test_lines_of_other_periods_are_left_to_their_tables(tmp_path: Path) -> None:
    """Those of none are of all."""
    lines = ["unit,column,period,status", "01,a,2024,final", "01,a,2025,provisional", "01,b,,estimated"]
    table = Table.of({"a": [1.0], "b": [2.0]}, units=["01"], period="2025")
    path = file(tmp_path, *lines)
    assert statuses(read_provenance(path, table)) == {("01", "a"): "provisional", ("01", "b"): "estimated"}
    assert refused(path, MEASURED) == [
        "2:3: the line is of 2024; the table says no period; name the period with --period, or leave the cells empty"
    ]
    only = file(tmp_path, *lines[:2])
    assert refused(only, table)[0].startswith("2:3: the line is of 2024; the table is of 2025;")


def test_workbooks_and_data_frames_are_read_too(tmp_path: Path) -> None:
    """Days and years as cells have them."""
    columns = ["unit", "column", "status", "date"]
    rows = [
        ("01", "a", "final", datetime(2025, 6, 30)),
        ("79", "a", "final", date(2025, 7, 1)),
        ("15", "a", "final", 2025),
    ]
    frame = pd.DataFrame(rows, columns=columns)
    frame.to_excel(tmp_path / "notes.xlsx", index=False, engine="xlsxwriter")
    for source in (frame, tmp_path / "notes.xlsx"):
        found = read_provenance(source, MEASURED)
        assert [origin.date for origin in found.values()] == ["2025-06-30", "2025-07-01", "2025"]


def test_every_fault_has_its_line(tmp_path: Path) -> None:
    """All of them at once."""
    lines = ["Ha Noy,a,final,", "01,aa,final,", "01,a,finall,", "01,a,final,30/6/2025", "79,b,imputed,", "01,b,,x"]
    assert refused(file(tmp_path, "unit,column,status,date", *lines)) == [
        "2:1: 'Ha Noy': no unit is called that; a unit is named by its code, or by its name; did you mean Hà Nội?",
        "3:2: the table has no column 'aa'; a column is named by its code; did you mean a?",
        "4:3: there is no status 'finall'; a status is final, provisional, estimated, imputed; did you mean final?",
        "5:4: '30/6/2025' is not a date; a date is a year, a month or a day; write it as 2025, 2025-06 or 2025-06-30",
        "6:2: Hồ Chí Minh has no value of b; what is said of a cell is said of its value; what the scheme fills in, "
        "the build itself says; take the line out, or fill in the cell of the table",
        "7:3: there is no status; a status is final, provisional, estimated, imputed; write one of these",
        "7:4: 'x' is not a date; a date is a year, a month or a day; write it as 2025, 2025-06 or 2025-06-30",
    ]


def test_two_lines_about_one_cell_are_refused(tmp_path: Path) -> None:
    """However its unit is spelt; and two about one column."""
    assert refused(
        file(tmp_path, "unit,column,status", "01,a,final", "ha noi,a,final", ",b,final", ",b,final")
    ) == [
        "3:1: line 2 is about the same; a cell, a row and a column have one line each; remove one of the two",
        "5:1: line 4 is about the same; a cell, a row and a column have one line each; remove one of the two",
    ]


def test_headers_that_are_not_there_or_not_known_are_refused(tmp_path: Path) -> None:
    """A misspelt one would lose what stands under it."""
    said = refused(file(tmp_path, "unit,column,status,sorce,status", "01,a,final,x,y"))
    assert [one.split(";")[0] for one in said] == [
        "1:4: there is a column 'sorce'",
        "1:5: the column 'status' stands twice",
    ]
    assert said[0].endswith("did you mean source?")
    assert refused(file(tmp_path, "unit,status", "01,final"))[0].startswith("1: there is no column column;")


def test_a_province_goes_by_its_name_whatever_the_table_calls_it(tmp_path: Path) -> None:
    """In a table of a system of provinces; in another, only the table's own names are known."""
    path = file(tmp_path, "unit,column,status", "Hồ Chí Minh,a,final")
    table = Table.of({"a": [1.0, 2.0]}, units=Units(("01", "79"), ("North", "South"), {}, "VN34"))
    assert statuses(read_provenance(path, table)) == {("79", "a"): "final"}
    other = Table.of({"a": [1.0, 2.0]}, units=Units(("01", "79"), ("North", "South")))
    assert refused(path, other)[0].startswith("2:1: 'Hồ Chí Minh': no unit is called that")
    assert statuses(read_provenance(file(tmp_path, "unit,column,status", "south,a,final"), other)) == {
        ("79", "a"): "final"
    }


def test_a_name_that_two_units_have_is_refused(tmp_path: Path) -> None:
    """Their codes tell them."""
    table = Table.of({"a": [1.0, 2.0]}, units=Units(("x", "y"), ("Bình An", "Binh An")))
    path = file(tmp_path, "unit,column,status", "bình an,a,final")
    assert refused(path, table)[0].startswith("2:1: 'bình an': several units are called that;")


def test_a_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """No workbook would hold it."""
    said = refused(file(tmp_path, "unit,column,status,footnote", f"01,a,final,{'x' * 10_001}"))
    assert said == [
        "2:4: the text has 10,001 letters; a text has at most 10,000 letters; say less, and where the rest is"
    ]


# --- kept with a build

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
ORIGINS = st.builds(
    Origin, st.sampled_from(STATUSES), TEXTS, st.sampled_from(["", "2025", "2025-06-30"]), TEXTS, TEXTS, TEXTS
)


@quick
@given(
    st.dictionaries(st.tuples(st.sampled_from(UNITS.codes), st.sampled_from("ab")), ORIGINS),
    st.sampled_from(["", "2025"]),
)
def test_what_is_written_is_read_again(cells: dict[tuple[str, str], Origin], period: str) -> None:
    """Equal in every text, line ends and formulas too; cells without a value are not written."""
    table = Table.of({"a": [1.0, 2.0, 3.0], "b": [4.0, NAN, 7.0]}, units=UNITS, period=period)
    table = table.noting(Provenance.of(cells))
    again = kept_provenance(provenance_bytes(table), period, "x")
    assert again == table.noted == {cell: origin for cell, origin in cells.items() if cell != ("79", "b")}


def test_a_kept_file_is_a_companion_file(tmp_path: Path) -> None:
    """To build the same again."""
    notes = {("01", "a"): Origin("provisional", "=1+1", "2025", "Cục, Thống kê", "p. 3", "“Số” sơ bộ")}
    path = tmp_path / "notes.csv"
    path.write_bytes(provenance_bytes(MEASURED.noting(Provenance.of(notes))))
    assert b"'=1+1" in path.read_bytes()
    assert dict(read_provenance(path, MEASURED)) == notes


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("unit,column\n", "the header is not unit,column,status,source,date,supplier,evidence,footnote"),
        ("{}x,a,final,,,,\n", "the line has 7 cells, the header 8"),
        ("{}x,a,finally,,,,,\n", "there is no status 'finally'"),
        ("{0}x,a,final,,,,,\nx,a,final,,,,,\n", "a of x stands twice"),
        ('{}x,a,final,"\n', "unexpected end of data"),
    ],
)
def test_a_kept_file_that_is_not_as_written_is_refused(content: str, said: str) -> None:
    """With the line."""
    header = "unit,column,status,source,date,supplier,evidence,footnote\n"
    with pytest.raises(BuildError) as error:
        kept_provenance(content.format(header).encode(), "", "provenance.csv")
    assert said in str(error.value)
    assert error.value.problems[0].line is not None


def test_a_kept_line_of_another_period_is_refused() -> None:
    """A build has one."""
    table = Table.of({"a": [1.0]}, units=["01"], period="2025").noting(
        Provenance.of({("01", "a"): Origin("final")})
    )
    content = provenance_bytes(table)
    assert kept_provenance(content, "2025", "provenance.csv") == table.noted
    with pytest.raises(BuildError, match=r"provenance\.csv:2: the line is not of 2025"):
        kept_provenance(content.replace(b",2025,", b",2024,"), "2025", "provenance.csv")


def result(**statuses: str) -> Result:
    """Three units and two indicators, some cells of a column with a status."""
    index = group("total", leaf("a", name={"en": "First", "vi": "Thứ nhất"}), leaf("b"))
    notes = {("01", column): Origin(status, "Survey") for column, status in statuses.items()}  # type: ignore[arg-type]
    table = Table.of({"a": [1.0, 2.0, 3.0], "b": [4.0, 9.0, 7.0]}, units=Units(UNITS.codes, UNITS.names))
    return compute(scheme(index), table.noting(Provenance.of(notes)))


def test_a_build_keeps_it(tmp_path: Path) -> None:
    """Reads it again, verifies, and says it in index.json, in the package and in the sums."""
    built = write_build(result(a="provisional"), tmp_path / "one")
    again = read_build(built)
    assert again.measured.noted == result(a="provisional").measured.noted
    assert verify(built).holds
    assert json.loads((built / "index.json").read_bytes())["provenance"] == {
        "01": {"a": {"status": "provisional", "source": "Survey"}}
    }
    package = json.loads((built / "datapackage.json").read_bytes())
    described = {resource["name"]: resource["schema"] for resource in package["resources"]}["provenance"]
    header = (built / PROVENANCE).read_text("utf-8-sig").splitlines()[0]
    assert [field["name"] for field in described["fields"]] == header.split(",")
    assert described["primaryKey"] == ["unit", "column"]
    assert f"  {PROVENANCE}\n" in (built / "SHA256SUMS").read_text("utf-8")


def test_a_build_without_one_has_no_such_file(tmp_path: Path) -> None:
    """Nor a word of it in any other."""
    built = write_build(result(), tmp_path / "one")
    assert not (built / PROVENANCE).exists()
    assert "provenance" not in json.loads((built / "index.json").read_bytes())
    assert "provenance" not in (built / "datapackage.json").read_text("utf-8")


def test_a_tampered_status_is_found_to_the_cell(tmp_path: Path) -> None:
    """By its unit and column, from what index.json says."""
    built = write_build(result(a="provisional", b="final"), tmp_path / "one")
    path = built / PROVENANCE
    path.write_bytes(path.read_bytes().replace(b"provisional", b"final"))
    found = verify(built)
    assert not found.holds
    said = [(cell.unit, cell.column, cell.recorded, cell.expected) for cell in found.cells if cell.unit]
    assert said == [("01", "status of a", "final", "provisional")]
    assert any("provenance.csv not as written" in one for one in found.unchecked)
    path.write_bytes(b"unit,column\n")
    assert any("the header is not" in cell.found for cell in verify(built).cells)
    with pytest.raises(BuildError, match="the file is not as it was written"):
        read_build(built)
    assert (built / TABLE).exists()


def test_a_correction_of_status_is_a_difference() -> None:
    """Said by cell, in both languages, and by their number where they are many."""
    one, other = result(a="provisional", b="final"), result(a="final")
    found = difference(one, other)
    assert bool(found)
    assert [tuple(change)[2:] for change in found.provenance] == [
        ("a", "status", "provisional", "final"),
        ("b", "status", "final", ""),
        ("b", "source", "Survey", ""),
    ]
    assert found.to_frame("provenance").columns.tolist() == ["unit", "name", "column", "field", "before", "after"]
    assert "  Hà Nội, a: status: provisional -> final" in difference_lines(found)
    assert "- Hà Nội, First (a), status: provisional before, final now." in notice(found).splitlines()
    vietnamese = notice(found, "vi").splitlines()
    assert "- Hà Nội, Thứ nhất (a), tình trạng: trước đây sơ bộ, nay chính thức." in vietnamese
    assert not difference(one, one)


def test_changes_that_many_units_share_are_one_line() -> None:
    """With how many they are."""
    columns = {"a": [float(at) for at in range(7)]}
    tables = [
        Table.of(columns, units=list("tuvwxyz")).noting(
            Provenance.of({(unit, "a"): Origin(status) for unit in "tuvwxyz"})
        )
        for status in STATUSES[:2]
    ]
    results = [compute(scheme(group("g", leaf("a"))), table) for table in tables]
    assert "  7 units, a: status: final -> provisional" in difference_lines(difference(*results))
