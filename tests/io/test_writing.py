"""Tables written and read back the same, in every format; the same bytes each time; nothing to run."""

import gzip
import unicodedata
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pii.errors import TableError
from pii.io.tables import read_panel, read_table, write_table
from pii.places.registry import provinces
from pii.table import Panel, Table, Units

FORMATS = ("csv", "csv.gz", "tsv", "xlsx", "parquet", "arrow", "feather")
PLAIN = st.text("abcxyzđướ", min_size=1, max_size=6)
SIGNS = st.sampled_from(["", "'", "=", "+", "-", "@", "#", '"', "''="])


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A name with whatever a spreadsheet could take for something else before and in it."""
    return unicodedata.normalize(
        "NFC", draw(SIGNS) + draw(PLAIN) + draw(st.sampled_from(["", ",", ";\t", "\n", " "])) + draw(PLAIN)
    )


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """A table of foreign units, labels that may look like numbers, and gaps."""
    codes = draw(st.lists(texts(), min_size=1, max_size=4, unique=True))
    n = len(codes)
    names = draw(st.lists(texts(), min_size=n, max_size=n))
    headers = draw(st.lists(PLAIN.map(lambda text: f"_{text}"), min_size=2, max_size=4, unique=True))
    label = draw(st.lists(st.sampled_from(["1", "1.5", "North", "-2", ""]), min_size=n, max_size=n))
    numbers = st.floats(-1e300, 1e300) | st.just(np.nan)
    values = draw(arrays.arrays(np.float64, (n, len(headers) - 1), elements=numbers))
    return Table(
        Units(tuple(codes), tuple(names), {headers[0]: tuple(label)}),
        tuple(headers[1:]),
        values,
        draw(st.sampled_from(["", "2024", "2024-2025"])),
        draw(st.sampled_from(["", "Synthetic: trial"])),
        tuple(draw(st.lists(st.sampled_from(["made up", "= 1, 2", "Nguồn: x"]), unique=True))),
    )


def same(one: Table, other: Table) -> None:
    """Hold two tables equal, bit by bit, but for remarks."""
    assert (one.units.codes, one.units.names, one.units.system) == (
        other.units.codes,
        other.units.names,
        other.units.system,
    )
    assert dict(one.units.labels) == dict(other.units.labels)
    assert (one.columns, one.period, one.title, one.notes) == (
        other.columns,
        other.period,
        other.title,
        other.notes,
    )
    np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize("suffix", FORMATS)
@settings(max_examples=30, deadline=None)
@given(table=tables())
def test_a_table_reads_back_the_same(suffix: str, table: Table) -> None:
    """Codes, names, labels, every digit, every gap, title, notes and period."""
    with TemporaryDirectory() as folder:
        write_table(table, f"{folder}/t.{suffix}")
        same(read_table(f"{folder}/t.{suffix}"), table)


@settings(max_examples=30, deadline=None)
@given(tables())
def test_a_frame_reads_back_the_same(table: Table) -> None:
    """``to_frame`` has all but what is said about the table."""
    frame = table.to_frame()
    back = read_table(frame.drop(columns=list(table.units.labels)))
    assert (back.units.codes, back.units.names, back.columns) == (
        table.units.codes,
        table.units.names,
        table.columns,
    )
    np.testing.assert_array_equal(back.values, table.values)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("system", ["VN63", "VN34"])
def test_provinces_keep_their_system(tmp_path: Path, suffix: str, system: str) -> None:
    """Even a few whose names both systems have; a code keeps its zero."""
    known = provinces("VN63" if system == "VN63" else "VN34")[:2]
    regions = {"region": tuple(province.region for province in known)}
    units = Units(tuple(p.code for p in known), tuple(p.name for p in known), regions, system)
    table = Table.of({"a": [1.125, np.nan]}, units=units)
    write_table(table, tmp_path / f"t.{suffix}")
    same(read_table(tmp_path / f"t.{suffix}"), table)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_panel_reads_back_the_same(tmp_path: Path, suffix: str) -> None:
    """Every period with its own units; the same bytes each time."""
    panel = Panel(
        (
            Table.of(
                {"a": [1.0, np.nan], "b": [0.1, 0.2]}, units=["X", "Y"], period="2023", title="T", notes=["n"]
            ),
            Table.of({"a": [2.0], "b": [0.3]}, units=["Y"], period="2024", title="T", notes=["n"]),
        )
    )
    path = tmp_path / f"t.{suffix}"
    write_table(panel, path)
    once = path.read_bytes()
    back = read_panel(path)
    assert list(back) == ["2023", "2024"]
    for period, table in panel.items():
        same(back[period], table)
    write_table(back, path)
    assert path.read_bytes() == once


def test_nothing_in_a_text_runs(tmp_path: Path) -> None:
    """Formulas get an apostrophe in CSV and are texts in a workbook; negative numbers stay numbers."""
    units = Units(("=1+1", "+x", "@y", "#z"), ("-A", "\tB", "C", "'=D"), {"zone": ("-", "", "n", "s")})
    table = Table.of({"-a": [-1.5, np.nan, 0, 1e-7]}, units=units)
    write_table(table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text("utf-8") == (
        '# labels: ["zone"]\n# decimal: .\n'
        "code,name,zone,'-a\n'=1+1,'-A,'-,-1.5\n'+x,'\tB,,\n'@y,C,n,0.0\n'#z,''=D,s,1e-07\n"
    )
    write_table(table, tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["table"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s", "n"]
    assert sheet["A2"].value == "=1+1"


def test_gzip_has_no_clock(tmp_path: Path) -> None:
    """A packed text is the text, and holds no time."""
    table = Table.of({"a": [1.0]}, units=["X"])
    write_table(table, tmp_path / "t.csv.gz")
    packed = (tmp_path / "t.csv.gz").read_bytes()
    assert packed[4:8] == bytes(4)
    assert gzip.decompress(packed) == b"# decimal: .\ncode,name,a\nX,X,1.0\n"


def test_what_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown ending, a folder that is not there, a header twice, two systems in a panel."""
    monkeypatch.chdir(tmp_path)

    def refused(table: Table | Panel, path: str) -> str:
        with pytest.raises(TableError) as error:
            write_table(table, path)
        return str(error.value)

    table = Table.of({"name": [1.0]}, units=["X"])
    assert refused(table, "t.csv") == (
        "t.csv: name: two columns would have the header 'name'; code, name and period are the headers of the unit; "
        "rename the column"
    )
    fine = Table.of({"a": [1.0]}, units=["X"], period="1")
    assert refused(fine, "t.xls") == (
        "t.xls: tables are not written as '.xls'; "
        "the ending is .csv, .csv.gz, .tsv, .tsv.gz, .xlsx, .parquet, .arrow, .feather"
    )
    assert refused(fine, "no/t.csv") == "no/t.csv: the file cannot be written: No such file or directory"
    other = Table.of({"a": [1.0]}, units=Units(("01",), system="VN34"), period="2")
    assert refused(Panel((fine, other)), "t.csv") == (
        "t.csv: the tables are of different systems: None, VN34; a file has units of one system; write two files"
    )
