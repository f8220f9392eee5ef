"""Columns chosen by the scheme, or by what they hold; unknown, absent, repeated and nameless ones."""

import pytest

from pii.errors import Problem, TableError
from pii.io.columns import Chosen, choose, find_roles
from pii.io.headers import Roles
from pii.io.layout import Grid
from pii.scheme import Column, Scheme
from pii.tree import Group, Indicator

SCHEME = Scheme(
    code="demo",
    index=Group(code="I", children=(Indicator(code="rd", denominator="pop"), Indicator(code="fdi"))),
    denominators=(Column(code="pop"), Column(code="area")),
    labels=(Column(code="income"),),
)


def grid(headers: str, *rows: str) -> Grid:
    """Make a grid of words between bars, its header on line 1."""
    columns = tuple(tuple(column) for column in zip(*(row.split("|") for row in rows), strict=True))
    names = tuple(headers.split("|"))
    lines = range(2, len(rows) + 2)
    return Grid(
        file="t", headers=names, columns=columns, lines=lines, numbers=range(1, len(names) + 1), header_line=1
    )


def chosen(table: Grid, scheme: Scheme | None = SCHEME, *, strict: bool = False) -> tuple[Chosen, list[str]]:
    """Choose columns, and say what is wrong."""
    problems: list[Problem] = []
    found = choose(table, find_roles(table, ()), scheme, strict=strict, problems=problems)
    return found, list(map(str, problems))


def test_the_scheme_chooses_and_orders() -> None:
    """Values come in its order, labels are its own; a denominator that nothing uses is passed over."""
    found, problems = chosen(grid("name|area|pop|fdi|income|rd", "A|1|2|3|high|4"))
    assert found == Chosen({"rd": 5, "fdi": 3, "pop": 2}, {"income": 4})
    assert problems == []


def test_unknown_columns_are_left_out_or_refused() -> None:
    """With a remark and the nearest code, or as a problem."""
    table = grid("name|pop|fdi|income|rd|Fdi2|zzz", "A|2|3|high|4|5|6")
    found, problems = chosen(table)
    assert found.remarks == (
        "column 'Fdi2' is unknown to the scheme and left out; did you mean fdi?",
        "column 'zzz' is unknown to the scheme and left out",
    )
    assert problems == []
    assert chosen(table, strict=True)[1] == [
        "t:1:6: Fdi2: the scheme has no such column; a strict reading has no columns but the scheme's; "
        "did you mean fdi?",
        "t:1:7: zzz: the scheme has no such column; a strict reading has no columns but the scheme's; "
        "use one of rd, fdi, pop, income",
    ]


def test_absent_columns_are_all_named() -> None:
    """Indicators, denominators and labels, with the header that may be meant."""
    assert chosen(grid("name|rd |f.d.i", "A|1|2"))[1] == [
        "t:1: rd: the table has no such column; every column of the scheme is in the table, "
        "empty where nothing was measured; is it rd ?",
        "t:1: fdi: the table has no such column; every column of the scheme is in the table, "
        "empty where nothing was measured; is it f.d.i?",
        "t:1: pop: the table has no such column; every column of the scheme is in the table, "
        "empty where nothing was measured; add it, or take it out of the scheme",
        "t:1: income: the table has no such label; every label of the scheme is in the table, "
        "empty where nothing was measured; add it, or take it out of the scheme",
    ]


def test_the_registry_knows_the_regions_of_provinces() -> None:
    """A column of regions is left out with a remark, and is no reason to refuse a strict reading."""
    scheme = SCHEME.replace(units="VN63", labels=())
    found, problems = chosen(grid("name|region|rd|fdi|pop", "A|x|1|2|3"), scheme, strict=True)
    assert found.remarks == ("column 'region' is left out: the registry knows the regions of provinces",)
    assert problems == []
    own = scheme.replace(labels=(Column(code="region"),))
    assert chosen(grid("name|region|rd|fdi|pop", "A|x|1|2|3"), own)[0].labels == {"region": 1}
    assert chosen(grid("name|rd|fdi|pop", "A|1|2|3"), own) == (Chosen({"rd": 1, "fdi": 2, "pop": 3}, {}), [])


def test_without_a_scheme_numbers_are_values_and_texts_labels() -> None:
    """All-empty columns may hold numbers; a table without any is refused."""
    assert chosen(grid("name|a|zone|b", "A|1|x|", "B|2|y|"), None)[0] == Chosen({"a": 1, "b": 3}, {"zone": 2})
    assert chosen(grid("name|zone", "A|x"), None)[1] == [
        "t:1: no column holds numbers; a table has a column for each indicator; "
        "check the delimiter and the header row"
    ]


def test_headers_twice_and_missing() -> None:
    """Each is refused with its position; an empty column without a header is nothing."""
    assert chosen(grid("name|a|a||", "A|1|2|3|"), None)[1] == [
        "t:1:3: a: the column stands twice, in columns 2 and 3; every column has a header of its own; "
        "remove or rename one of the two",
        "t:1:4: column 4 has values and no header; every column has a header; name the column, or remove it",
    ]


def test_units_without_a_known_header() -> None:
    """The first column of text that is not the scheme's own; without one the table is refused."""
    assert find_roles(grid("income|Land|rd", "high|A|1"), {"income", "rd"}) == Roles(name=1)
    assert find_roles(grid("|rd", "A|1"), {"rd"}) == Roles(name=0)
    with pytest.raises(TableError) as refused:
        find_roles(grid("a|b", "1|2"), ())
    assert str(refused.value) == (
        "t:1: no column holds the units; a table has a column of codes or names; call its header code or name"
    )
