"""Indicator lists: our form and COINr's, as CSV and Excel, with every mistake in its cell."""

from pathlib import Path

import pytest
import xlsxwriter

from pii.errors import SchemeError
from pii.io import indicator_lists
from pii.io.schemes import read_scheme
from pii.methods.normalise import FixedGoalposts, MinMax, ZScore
from pii.scheme import Scheme
from pii.tree import Range

IMETA = Path(__file__).resolve().parents[3] / "shared" / "reference" / "coinr" / "in_ASEM_iMeta.csv"
GOOD = """\
code,parent,name_vi,name_en,weight,direction,denominator,goalpost_low,goalpost_high,valid_low,valid_high,normalise,aggregate
I,,Chỉ số,Index,,,,,,,,,arithmetic
01,I,,A,2,-,people,,,0,100,zscore,
NO,I,,,0.5,positive,01,1,20,,,,
"""


def listed(folder: Path, text: str) -> Scheme:
    """The scheme that a list as CSV gives."""
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8-sig", newline="")
    return read_scheme(path)


def refused(folder: Path, text: str) -> list[str]:
    """Every problem of a list, as printed, without its folder."""
    with pytest.raises(SchemeError) as caught:
        listed(folder, text)
    return [str(problem).removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_our_form_gives_a_scheme_with_default_methods(tmp_path: Path) -> None:
    """Rows named as parents are groups, the row without a parent is the index."""
    scheme = listed(tmp_path, GOOD)
    first, second = scheme.indicators
    assert (scheme.code, dict(scheme.name), scheme.index.code) == ("I", {"vi": "Chỉ số", "en": "Index"}, "I")
    assert (first.code, first.weight, first.direction, first.denominator) == ("01", 2, -1, "people")
    assert (first.valid, first.normalise, second.normalise) == (Range(low=0, high=100), ZScore(), FixedGoalposts())
    assert (second.goalposts, second.direction) == (Range(low=1, high=20), 1)
    assert [column.code for column in scheme.denominators] == ["people"]
    assert scheme.normalise == MinMax()
    assert scheme.replace(normalise="rank").normalise.method_name() == "rank"


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_marks_between_cells_are_seen(tmp_path: Path, mark: str) -> None:
    """Where the comma is for decimals, a spreadsheet writes semicolons."""
    assert listed(tmp_path, GOOD.replace(",", mark)) == listed(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1", 1), ("+1", 1), ("+", 1), ("Positive", 1), ("", 1), ("-1", -1), ("-", -1), ("−1", -1), ("negative", -1)],
)
def test_directions_are_written_in_many_ways(tmp_path: Path, written: str, meant: int) -> None:
    """Signs, numbers and words; nothing means that more is better."""
    scheme = listed(tmp_path, f"code,parent,direction\nI,,\na,I,{written}\n")
    assert scheme.indicators[0].direction == meant


def test_excel_gives_the_same_as_csv(tmp_path: Path) -> None:
    """Numbers in cells are numbers or codes as the header has it."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(1, 0, ["code", "parent", "weight", "direction"])
        sheet.write_row(3, 0, ["I"])
        sheet.write_row(4, 0, [12, "I", 2.5, -1])
        sheet.write_row(5, 0, ["01", "I", 2, 1])
    (first, second) = read_scheme(path).indicators
    assert (first.code, first.weight, first.direction, second.code, second.weight) == ("12", 2.5, -1, "01", 2)


def test_a_mistake_in_excel_has_its_row_and_column(tmp_path: Path) -> None:
    """Empty rows above count."""
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(1, 0, ["code", "parent", "weight"])
        sheet.write_row(3, 0, ["I"])
        sheet.write_row(4, 0, ["a", "I", -2])
    with pytest.raises(SchemeError, match=r"list\.xlsx:5:3: a: the weight is -2; weights are not negative$"):
        read_scheme(path)
    path.write_bytes(b"no workbook")
    with pytest.raises(SchemeError, match="the file cannot be read as an Excel workbook"):
        read_scheme(path)


def test_the_imeta_of_coinr_is_read() -> None:
    """ASEM: 49 indicators in 8 pillars and 2 sub-indices, with 4 denominators and 4 groups of units."""
    if not IMETA.exists():
        pytest.skip("the reference files of COINr are not here")
    scheme = read_scheme(IMETA)
    assert (scheme.code, len(scheme.indicators), len(scheme.groups)) == ("Index", 49, 11)
    assert [child.code for child in scheme.index.children] == ["Conn", "Sust"]
    assert [column.code for column in scheme.denominators] == ["Area", "Energy", "GDP", "Population"]
    assert [column.code for column in scheme.labels] == ["GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group"]
    flights = scheme.node("Flights")
    assert scheme.parents["Flights"] == "Physical"
    assert flights.title() == "International flights passenger capacity"
    assert sum(indicator.direction for indicator in scheme.indicators) < 49
    assert scheme.indicators[1].denominator == "Population"
    assert scheme.indicators[1].target == 200.33265549999999


def test_goalposts_of_an_imeta_are_taken(tmp_path: Path) -> None:
    """They imply the method that uses them; columns that COINr ignores are ignored."""
    text = "iCode,Parent,Type,Level,Weight,Direction,goalpost_lower,goalpost_upper,Notes\n"
    text += "a,I,Indicator,1,1,-1,0,10,x\nb,I,Indicator,1,1,1,NA,NA,NA\nI,NA,Aggregate,2,1,1,NA,NA,NA\nz,NA,Other,NA,NA,NA,NA,NA,y\n"
    first, second = listed(tmp_path, text).indicators
    assert (first.goalposts, first.normalise, second.normalise) == (Range(low=0, high=10), FixedGoalposts(), None)


HEAD = "code,parent,weight,direction,goalpost_low,goalpost_high,normalise\nI,,,,,,\n"
COINR = "iCode,Parent,Type\nI,NA,Aggregate\n"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (HEAD + "a,J,,,,,\nJJ,I\nb,JJ\n", ["list.csv:3:2: a: the parent 'J' is no node of the list; a parent has a row; did you mean JJ?"]),
        (HEAD + "b,I\na,zzz\n", ["list.csv:4:2: a: the parent 'zzz' is no node of the list; a parent has a row; add its row, or leave the parent of the index empty"]),
        (HEAD + "a,b\nb,c\nc,a\nd,I\n", ["list.csv:3:2: a: the parents go round in a circle: a -> b -> c -> a; parents lead to the index; change one of them"]),
        (HEAD + "a,I\nb,b\n", ["list.csv:4:2: b: the parents go round in a circle: b -> b; parents lead to the index; change one of them"]),
        (HEAD + "a,I\nb,\n", ["list.csv:4:2: b: the row has no parent, and neither has 'I' on line 2; exactly one row, the index, has none; give it a parent"]),
        ("code,parent\na,Index\nb,Index\n", ["list.csv:2:2: a: no row is without a parent; exactly one, the index, has none; add a row with the code 'Index' and no parent"]),
        ("code,parent\na,b\nb,a\nc,a\n", ["list.csv:2:2: a: the parents go round in a circle: a -> b -> a; parents lead to the index; change one of them"]),
        (HEAD + "a,I\na,I\n", ["list.csv:4:1: a: the code 'a' is already used on line 3; every row has a code of its own; rename one of them"]),
        (HEAD + "a,I\n,I,1\n", ["list.csv:4:1: the row has no code; every row has one; give it one, or empty the row"]),
        (HEAD + "a,I,x\n", ["list.csv:3:3: a: the weight is 'x'; a weight is a number; write it with a point and without quotes, such as 0.5"]),
        (HEAD + "a,I,-1\n", ["list.csv:3:3: a: the weight is -1; weights are not negative"]),
        (HEAD + "a,I,1e999\n", ["list.csv:3:3: a: 1e999 is not finite; numbers are finite; write a number, or empty the cell"]),
        (HEAD + "a,I,0\n", ["list.csv:2:1: I: the weights of the children of 'I' sum to 0; weights are shares of their sum; give at least one child a weight above 0"]),
        (HEAD + "a,I,,up\n", ["list.csv:3:4: a: the direction is 'up'; a direction is 1 (more is better) or -1 (less is better)"]),
        (HEAD + "a,I,,,3,1\n", ["list.csv:3:5: a: low 3 is not below high 1; both are in the indicator's own units, the lower first whatever its direction; swap them"]),
        (HEAD + "a,I,,,,1\n", ["list.csv:3:6: a: low is missing; a range has both ends; add it"]),
        (HEAD + "a,I,,,1,3,rank\n", ["list.csv:3:5: a: 'a' has goalposts, and its method is rank; only the method goalposts uses them; set normalise: goalposts, or leave them out"]),
        (HEAD + "a,I,,,,,zscor\n", ["list.csv:3:7: a: there is no method 'zscor' for normalise; did you mean zscore?"]),
        (HEAD, ["list.csv:2:1: I: the group is empty; a group has at least one child; add a node to it, or remove it"]),
        ("code,parent,wieght\nI,\na,I\n", ["list.csv:1:3: the header 'wieght' is not known; did you mean weight or weigh?"]),
        ("code,parent,code\nI,\na,I\n", ["list.csv:1:3: the header 'code' is already in column 1; one is enough"]),
        ("kode,parnt\nI,\na,I\n", ["list.csv:1:1: the header 'kode' is not known; did you mean code?", "list.csv:1:2: the header 'parnt' is not known; did you mean parent?"]),
        ("code\na\n", ["list.csv:1:1: there is no column 'parent'; a list has the columns code and parent; add it"]),
        ("code,parent\n", ["list.csv: the list has no nodes"]),
        ("", ["list.csv: the list is empty; its first row has the headers"]),
        ('code,parent\nI,\na,"I\n', ["list.csv:3: a quotation mark is out of place, or not closed; the file is CSV"]),
        (COINR + "a,I,Indicater\n", ["list.csv:3:3: a: the type is 'Indicater'; a type is Indicator, Aggregate, Group, Denominator, Other; did you mean Indicator?"]),
        (COINR + "a,I,Indicator\nb,I,Aggregate\n", ["list.csv:4:1: b: the group is empty; a group has at least one child; add a node to it, or remove it"]),
        ("iCode,Parent,Type,Wieght\nI,NA,Aggregate,\na,I,Indicator,\n", ["list.csv:1:4: the header 'Wieght' is not known; did you mean weight?"]),
    ],
)  # fmt: skip
def test_each_mistake_is_said_once_with_its_row_and_column(tmp_path: Path, text: str, problems: list[str]) -> None:
    """What was found, the rule and what to do, and nothing that only follows from it."""
    assert refused(tmp_path, text) == problems


def test_all_mistakes_of_a_list_are_said_at_once(tmp_path: Path) -> None:
    """In the order of the rows, whether of the tree or of a cell."""
    rows = "a,I,-1\na,I\nb,II,,2\nc,d\nd,c,x\n"
    assert [problem.partition(";")[0] for problem in refused(tmp_path, HEAD + rows)] == [
        "list.csv:3:3: a: the weight is -1",
        "list.csv:4:1: a: the code 'a' is already used on line 3",
        "list.csv:5:2: b: the parent 'II' is no node of the list",
        "list.csv:5:4: b: the direction is '2'",
        "list.csv:6:2: c: the parents go round in a circle: c -> d -> c",
        "list.csv:7:3: d: the weight is 'x'",
    ]


def test_a_column_without_a_header_is_not_read(tmp_path: Path) -> None:
    """Spreadsheets leave one at the end."""
    found = listed(tmp_path, "code,parent,\ntotal,,x\na,total,\n")
    assert [node.code for node in found.nodes] == ["total", "a"]


def test_a_workbook_of_too_many_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is opened."""
    monkeypatch.setattr(indicator_lists, "MAX_BYTES", 1000)
    (tmp_path / "list.xlsx").write_bytes(b"x" * 1001)
    with pytest.raises(SchemeError, match=r"list\.xlsx: the file has 1,001 bytes; at most 1,000 are read$"):
        read_scheme(tmp_path / "list.xlsx")


def test_a_tree_has_a_deepest_level(tmp_path: Path) -> None:
    """A chain of parents without an end in sight is refused, not followed."""
    text = "code,parent\nc0,\n" + "".join(f"c{i},c{i - 1}\n" for i in range(1, 3000))
    assert refused(tmp_path, text) == [
        "list.csv:66:2: c64: the row is too deep in the tree; a tree has at most 64 levels"
    ]


def test_a_workbook_that_reaches_too_far_is_refused(tmp_path: Path) -> None:
    """A stray cell in the last corner would make a cell of every place before it."""
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "parent"])
        sheet.write_string(1_048_575, 16_383, "x")
    with pytest.raises(SchemeError, match=r"reaches to row 1,048,576 and column 16,384; at most 100,000,000 cells"):
        read_scheme(tmp_path / "list.xlsx")


@pytest.mark.parametrize(("offset", "byte"), [(0, 0x00), (6, 0xFF), (46, 0x9E)])
def test_a_damaged_workbook_is_refused(tmp_path: Path, offset: int, byte: int) -> None:
    """Where it still ends as an archive does: in the mark of a file, in the version it needs, in its name."""
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        book.add_worksheet().write_row(0, 0, ["code", "parent"])
    content = bytearray((tmp_path / "list.xlsx").read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 9] |= 8  # names are UTF-8
    content[at + offset] = byte
    (tmp_path / "list.xlsx").write_bytes(content)
    with pytest.raises(SchemeError, match=r"list\.xlsx: the file cannot be read as an Excel workbook"):
        read_scheme(tmp_path / "list.xlsx")
