"""Tables read whole: by scheme and without, of real files, and every bad input refused by name."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import xlsxwriter

from pii.errors import TableError
from pii.io.tables import read_panel, read_table
from pii.places.registry import provinces
from pii.scheme import Column, Scheme
from pii.table import Panel, Table
from pii.tree import Group, Indicator, Range

SHARED = Path(__file__).resolve().parents[3] / "shared"
SCHEME = Scheme(
    code="demo",
    index=Group(
        code="I",
        children=(Indicator(code="rd", valid=Range(low=0, high=100)), Indicator(code="fdi", denominator="pop")),
    ),
    denominators=(Column(code="pop"), Column(code="area")),
)
PROVINCES = SCHEME.replace(units="VN63")
Write = Callable[[str | bytes], str]
Sheet = Callable[[Sequence[Sequence[object]]], str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, so that messages have short names."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def csv(tmp_path: Path) -> Write:
    """Write a text to t.csv."""

    def write(text: str | bytes) -> str:
        (tmp_path / "t.csv").write_bytes(text.encode() if isinstance(text, str) else text)
        return "t.csv"

    return write


@pytest.fixture
def xlsx(tmp_path: Path) -> Sheet:
    """Write rows to t.xlsx."""

    def write(rows: Sequence[Sequence[object]]) -> str:
        with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
            sheet = book.add_worksheet("A")
            dated = book.add_format({"num_format": "yyyy-mm-dd"})
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, date):
                        sheet.write_datetime(row, column, cell, dated)
                    elif cell == "#DIV/0!":
                        sheet.write_formula(row, column, "=1/0", None, cell)
                    elif cell is not None:
                        sheet.write(row, column, cell)
        return "t.xlsx"

    return write


def refused(
    source: object,
    scheme: Scheme | None = None,
    *,
    read: Callable[..., Table | Panel] = read_table,
    **options: object,
) -> list[str]:
    """Say everything that a source is refused for."""
    with pytest.raises(TableError) as error:
        read(source, scheme, **options)
    return list(map(str, error.value.problems))


def real(*parts: str) -> Path:
    """A file of the shared data, or skip."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{'/'.join(parts)} is not beside the project")
    return path


# What is read


def test_with_a_scheme(csv: Write) -> None:
    """Columns in the scheme's order, units in the file's, unknown columns left out with a remark."""
    table = read_table(csv("pop,name,area,fdi,rd,note\n1,B,7,2,3,x\n4,A,8,..,6,y\n"), SCHEME)
    assert (table.units.codes, table.units.system, table.columns) == (("B", "A"), None, ("rd", "fdi", "pop"))
    np.testing.assert_array_equal(table.values, [[3, 2, 1], [6, np.nan, 4]])
    assert table.remarks == (
        "column 'note' is unknown to the scheme and left out",
        "'..' is read as missing: 1 cell",
    )
    assert not table.values.flags.writeable


def test_without_a_scheme(csv: Write) -> None:
    """Columns of numbers are values, others labels, in the file's order."""
    table = read_table(csv("# made up\ncountry,iso3,zone,b,a\nAlpha,ALP,N,1,2\nBeta,BET,S,3,4\n"))
    assert (table.units.codes, table.units.names) == (("ALP", "BET"), ("Alpha", "Beta"))
    assert dict(table.units.labels) == {"zone": ("N", "S")}
    assert (table.columns, table.title, table.remarks) == (("b", "a"), "made up", ())


def test_a_synthetic_table_says_so_for_ever(csv: Write) -> None:
    """The word in the first comment reaches the title."""
    assert read_table(csv("# Synthetic data for a trial\nname,a\nX,1\n")).title == "Synthetic data for a trial"
    assert read_table(csv("# title: Số liệu tổng hợp\n# x\nname,a\nX,1\n")).title == "Số liệu tổng hợp"


def test_provinces(csv: Write) -> None:
    """Codes, names and regions are the registry's, with and without a scheme."""
    table = read_table(
        csv("Tỉnh/thành phố;Năm;rd;fdi;pop\nTP. Ha Noi;2024;1,5;2;3\nha giang;2024;4;5;6\n"), PROVINCES
    )
    assert (table.units.codes, table.units.names) == (("01", "02"), ("Hà Nội", "Hà Giang"))
    assert table.units.labels["region"] == ("Red River Delta", "Northern Midlands and Mountains")
    assert (table.units.system, table.period, table.column("rd").tolist()) == ("VN63", "2024", [1.5, 4])
    gone = "no row for 61 of the 63 places of VN63: Cao Bằng, Bắc Kạn, Tuyên Quang and 58 more"
    assert table.remarks == ("decimal mark ','", gone)
    bare = read_table("t.csv")
    assert bare.units.system == "VN63"
    assert not [remark for remark in bare.remarks if "no row" in remark]
    assert bare.remarks[0] == "units taken for the 63 provinces until 30 June 2025 (VN63), by their names"


def test_a_sheet_with_title_and_footnotes(xlsx: Sheet) -> None:
    """What stands above and below the table is kept beside it."""
    rows: list[list[object]] = [
        ["Bảng 1. Synthetic"],
        [],
        ["Mã", "Địa phương", "rd", "fdi", "pop"],
        ["01", "Hà Nội", 1.5, "..", 3],
        [2, "Hà Giang", 1, 2, 3],
        [],
        ["Nguồn: GSO"],
    ]
    table = read_table(xlsx(rows), PROVINCES)
    assert (table.title, table.notes) == ("Bảng 1. Synthetic", ("Nguồn: GSO",))
    assert table.units.codes == ("01", "02")
    np.testing.assert_array_equal(table.values, [[1.5, np.nan, 3], [1, 2, 3]])


def test_many_periods(csv: Write) -> None:
    """One is chosen, or all are read; units may differ between them."""
    csv("year,name,a\n2023,X,1\n2024,Y,-\n2023,Y,2\n")
    assert read_table("t.csv", period="2023").units.codes == ("X", "Y")
    panel = read_panel("t.csv")
    assert {period: table.units.codes for period, table in panel.items()} == {"2023": ("X", "Y"), "2024": ("Y",)}
    assert [table.remarks for table in panel.values()] == [(), ("'-' is read as missing: 1 cell",)]
    assert refused("t.csv") == [
        "t.csv: the table holds 2 periods: 2023, 2024; a table is of one period; "
        "choose one, with --period 2024 or period='2024', or read a panel"
    ]
    assert refused("t.csv", period="2025") == [
        "t.csv: no row is of the period '2025'; the table holds 2023, 2024; name one of them"
    ]


def test_the_period_of_a_table_that_says_none(csv: Write) -> None:
    """It is the one asked for; a panel needs a column."""
    assert read_table(csv("name,a\nX,1\n"), period="2024").period == "2024"
    assert refused("t.csv", read=read_panel) == [
        "t.csv:1: no column holds the period; a panel has a column for it, such as year; "
        "add the column, or say of which period the file is: PERIOD=FILE, such as 2023=FILE "
        "(read_table(file, period='2023') in Python)"
    ]


def test_a_period_that_the_title_does_not_say_is_remarked_on(csv: Write) -> None:
    """Where no column says it; another year in the title may mean that another file was meant."""
    csv("# title: Trial of 2024 and 2025\nname,a\nX,1\n")
    (remark,) = read_table("t.csv", period="2030").remarks
    assert remark == "the title says 2024 and 2025: read as of the period 2030"
    assert read_table("t.csv", period="2025").remarks == read_table("t.csv").remarks == ()
    assert read_table(csv("# title: Trial\nname,a\nX,1\n"), period="2030").remarks == ()


def test_the_long_form(csv: Write) -> None:
    """A row for every value, in any order."""
    csv("name,indicator,value\nX,fdi,1\nY,rd,2\nX,pop,3\nX,rd,4\nY,pop,5\n")
    table = read_table("t.csv", SCHEME)
    np.testing.assert_array_equal(table.values, [[4, 1, 3], [2, np.nan, 5]])
    csv("name,indicator,value\nX,fdi,1\nX,rd,abc\nX,pop,3\nX,rd,4\n")
    assert refused("t.csv", SCHEME) == [
        "t.csv:3:3: rd: X: 'abc' is text; a number belongs here; correct it, or leave the cell empty",
        "t.csv:5:3: rd: X: the value is on line 3 already; a unit has one value of an indicator in a period; "
        "remove one of the two",
    ]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame])
def test_frames(kind: Callable[[dict[str, list[object]]], object]) -> None:
    """Columns of numbers with gaps, and texts that are numbers."""
    frame = kind({"name": ["X", "Y"], "rd": [1.0, None], "fdi": [1, 2], "pop": ["3,5", "n/a"]})
    np.testing.assert_array_equal(read_table(frame, SCHEME).values, [[1, 1, 3.5], [np.nan, 2, np.nan]])


def test_one_convention_a_file(csv: Write) -> None:
    """Thousands and decimals are told by all cells together, or by the reader."""
    assert read_table(csv('name,a,b\nX,"1.234","0,5"\n')).values.tolist() == [[1234, 0.5]]
    assert read_table(csv('name,a,b\nX,"1,234","0.5"\n')).values.tolist() == [[1234, 0.5]]
    assert refused(csv('name,a\nX,5\nY,"1,234"\n')) == [
        "t.csv:3:2: the decimal mark is in doubt: '1,234' (line 3, column 2, a) may have thousands or decimals; "
        "no cell tells which; a file has one decimal mark; say --decimal . or --decimal , (decimal='.' or decimal=',' in Python)"
    ]
    assert read_table("t.csv", decimal=",").column("a").tolist() == [5, 1.234]
    assert read_table("t.csv", decimal=".").column("a").tolist() == [5, 1234]
    assert refused(csv('name,a,b\nX,"12,5",12.5\nY,z,abc\nZ,1,2\n')) == [
        "t.csv:2:2: the decimal mark differs: '12,5' (line 2, column 2, a) and '12.5' (line 2, column 3, b); "
        "a file has one decimal mark; say --decimal . or --decimal , (decimal='.' or decimal=',' in Python)",
        "t.csv:3:2: a: Y: 'z' is text; a number belongs here; correct it, or leave the cell empty",
        "t.csv:3:3: b: Y: 'abc' is text; a number belongs here; correct it, or leave the cell empty",
    ]
    assert refused("t.csv", decimal=",")[0] == (
        "t.csv:2:3: b: X: '12.5' is not a number where the decimal mark is ','; a file has one decimal mark; "
        "write it with ',', or say --decimal . (decimal='.' in Python) for the whole file"
    )


def test_another_decimal_mark_than_asked_for_is_said_once(csv: Write) -> None:
    """Of the whole file, with its first cells; other mistakes are said beside it."""
    csv("name,a,b\nX,1.5,2.5\nY,3.5,4.5\nZ,z,1\n")
    assert refused("t.csv", decimal=",") == [
        "t.csv:2:2: 4 cells are no numbers where the decimal mark is ',': '1.5' (line 2, column 2, a), "
        "'2.5' (line 2, column 3, b), '3.5' (line 3, column 2, a) and 1 more; a file has one decimal mark; "
        "say --decimal . (decimal='.' in Python), or nothing: the cells tell it",
        "t.csv:4:2: a: Z: 'z' is text; a number belongs here; correct it, or leave the cell empty",
    ]
    assert refused(csv('name,a\nX,"1,5"\n'), decimal=".")[0].startswith(
        "t.csv:2:2: 1 cell is no number where the decimal mark is '.': '1,5' (line 2, column 2, a); a file"
    )
    assert read_table(csv("name,a\nX,5\n"), decimal=",").column("a").tolist() == [5]


# What is refused


def test_everything_wrong_is_said_at_once(csv: Write) -> None:
    """File, line, column, unit and indicator of each, in the order of the lines."""
    csv("name,rd,fdi,fdi,pap\nX,101,12.5*,1,1\nX,inf,1,1,1\n,1,1,1,1\n")
    assert refused("t.csv", SCHEME) == [
        "t.csv:1: pop: the table has no such column; every column of the scheme is in the table, "
        "empty where nothing was measured; is it pap?",
        "t.csv:1:4: fdi: the column stands twice, in columns 3 and 4; every column has a header of its own; "
        "remove or rename one of the two",
        "t.csv:2:2: rd: X: the value 101.0 is outside 0 to 100; the scheme declares which values are valid; "
        "correct it, or the range in the scheme",
        "t.csv:2:3: fdi: X: '12.5*' has the mark '*'; a number belongs here; "
        "write the number alone, and what the mark says under the table",
        "t.csv:3: X: the unit X is on line 2 already; a unit has one row; remove one of the two",
        "t.csv:3:2: rd: X: the value is inf; values are finite; correct it, or leave the cell empty",
        "t.csv:4: the row names no unit; name it, or remove the row",
    ]


def test_cells_of_a_sheet_that_are_no_numbers(xlsx: Sheet) -> None:
    """Dates, truth values and errors are refused by name."""
    rows: list[list[object]] = [
        ["name", "rd", "fdi", "pop"],
        ["X", date(2024, 1, 2), True, "#DIV/0!"],
        ["Y", 1, 2, 3],
    ]
    assert refused(xlsx(rows), SCHEME) == [
        "t.xlsx:2:2: rd: X: 2024-01-02 is a date or time; a number belongs here; "
        "format the cell as a number, and write the number",
        "t.xlsx:2:3: fdi: X: TRUE is a truth value; a number belongs here; correct it, or leave the cell empty",
        "t.xlsx:2:4: pop: X: the cell holds the error #DIV/0!; a number belongs here; "
        "correct its formula, or leave the cell empty",
    ]


def test_two_header_rows_of_a_sheet(xlsx: Sheet) -> None:
    """Both rows are shown."""
    found = refused(xlsx([["Tỉnh", "Chi", None], [None, "rd", "fdi"], ["Hà Giang", 1, 2], ["Cao Bằng", 2, 3]]))
    assert found[0].startswith(
        "t.xlsx:2: lines 1 and 2 both look like headers: 'Tỉnh | Chi | ' and ' | rd | fdi'; a table has one header"
    )


def test_infinite_values_of_a_frame() -> None:
    """Rows of a frame are counted from 1."""
    frame = pd.DataFrame({"a": [1.0, -np.inf]}, index=["X", "Y"])
    assert refused(frame) == [
        "data frame:2:2: a: Y: the value is -inf; values are finite; correct it, or leave the cell empty"
    ]


def test_unknown_columns_by_option(csv: Write) -> None:
    """A strict reading has only the scheme's columns."""
    assert refused(csv("name,rd,fdi,pop,zz\nX,1,2,3,4\n"), SCHEME, strict=True) == [
        "t.csv:1:5: zz: the scheme has no such column; a strict reading has no columns but the scheme's; "
        "use one of rd, fdi, pop"
    ]


def test_provinces_that_are_none(csv: Write) -> None:
    """Unknown names with the nearest, totals, and the two systems in one table."""
    csv("Tỉnh,rd,fdi,pop\nLai Chou,1,2,3\nCả nước,1,2,3\nHà Giang,1,2,3\nHa Giang,1,2,3\n")
    assert refused("t.csv", PROVINCES) == [
        "t.csv:2: Lai Chou: neither the 63 nor the 34 provinces have this name or code; "
        "a row is a province, not a region or a total; did you mean Lai Châu?",
        "t.csv:3: Cả nước: the row is a total or a region, not a province; "
        "every row is one of the 63 provinces until 30 June 2025; remove the row",
        "t.csv:5: Ha Giang: Hà Giang is on line 4 already, as 'Hà Giang'; a province has one row; "
        "remove one of the two",
    ]
    assert "mixes two systems" in refused(csv("code,name,a\n02,Hà Giang,1\n24,Bắc Ninh,2\n"))[0]
    assert "name the system: VN63" in refused(csv("name,a\nHà Nội,1\nHuế,2\n"))[0]
    assert read_table("t.csv", system="VN34").units.names == ("Hà Nội", "Huế")


def test_the_system_that_a_file_declares(csv: Write) -> None:
    """It is believed, unless the scheme or the reader says otherwise."""
    csv("# system: VN34\nname,rd,fdi,pop\nHuế,1,2,3\n")
    assert read_table("t.csv").units.system == "VN34"
    assert refused("t.csv", PROVINCES) == [
        "t.csv: the file says that its units are of the system VN34, and it is read as VN63; "
        "a place has one system; use the table of the other system, or correct the line 'system:' of the file"
    ]


def test_rows_without_a_period(csv: Write) -> None:
    """The cell is named."""
    assert refused(csv("year,name,a\n2023,X,1\n,Y,2\n"), read=read_panel) == [
        "t.csv:3:1: the row has no year; fill in the cell"
    ]


# Real files


def test_papi_of_one_year() -> None:
    """63 provinces by 29 sub-dimensions, two provinces without data and one column discontinued."""
    table = read_table(real("data", "papi_2024.csv"))
    assert (len(table.units), len(table.columns), table.period, table.units.system) == (63, 29, "2024", "VN63")
    assert np.isnan(table.values).all(axis=1).sum() == 2
    assert np.isnan(table.column("SC52")).all()
    assert table.column("SC11")[0] == 1.425716


def test_papi_as_a_panel() -> None:
    """14 years, with the gaps that the data's description counts."""
    panel = read_panel(real("data", "papi_subdimensions_2011_2024.csv"))
    assert list(panel) == [str(year) for year in range(2011, 2025)]
    assert sum(np.isnan(table.values).sum() for table in panel.values()) == 3687


def test_pci_as_a_panel() -> None:
    """Seven years of 63 provinces."""
    panel = read_panel(real("data", "pci_2006_2012.csv"))
    assert [len(table.units) for table in panel.values()] == [63] * 7
    assert panel["2006"].column("pci_weighted")[0] == 50.34432


def test_gso_wide_and_long_agree() -> None:
    """The same figures, a row a province and a row a value."""
    wide = read_table(real("data", "gso", "wide_2014.csv"))
    long = read_panel(real("data", "gso", "gso_provinces_long.csv"))["2014"]
    assert set(wide.units.codes) == set(long.units.codes) == {province.code for province in provinces("VN63")}
    order = [long.units.locate(code) for code in wide.units.codes]
    for column in wide.columns:
        np.testing.assert_array_equal(wide.column(column), long.column(column)[order])


def test_coinr_data() -> None:
    """Another country's units, groups and years, as COINr lays them out."""
    table = read_table(real("reference", "coinr", "in_ASEM_iData.csv"))
    assert (table.units.codes[0], table.units.names[0], table.period) == ("AUT", "Austria", "2018")
    assert list(table.units.labels) == ["GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group"]
    assert (table.values.shape, table.units.system) == ((51, 53), None)
    panel = read_panel(real("reference", "coinr", "in_ASEM_iData_panel.csv"))
    assert list(panel) == ["2018", "2019", "2020", "2021", "2022"]
    assert panel["2020"].remarks == ("'NA' is read as missing: 64 cells",)


def test_units_without_any_indicator_are_refused_by_line(csv: Write) -> None:
    """Denominators do not count; a scheme may expect such units, and lists them as not ranked."""
    path = csv("name,rd,fdi,pop\nA,1,2,3\nB,,..,3\n")
    assert refused(path, SCHEME) == [
        "t.csv:3: B: no indicator is measured; a row is there for its values; fill it in, remove it, or declare "
        "screen: {empty: exclude} to list such units unranked"
    ]
    assert len(read_table(path, SCHEME.replace(screen={"empty": "exclude"})).units) == 2
    fewer = refused(csv("name,rd,pop\nA,1,3\nB,,3\n"), SCHEME)
    assert [problem.partition("; ")[0] for problem in fewer] == ["t.csv:1: fdi: the table has no such column"]
