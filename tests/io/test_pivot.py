"""The long form made wide: order, labels, places, and what is refused."""

from pii.errors import Problem
from pii.io.headers import Roles
from pii.io.layout import Grid
from pii.io.pivot import widen


def grid(headers: str, *rows: str) -> Grid:
    """Make a grid of words, its rows on lines from 2."""
    columns = tuple(list(column) for column in zip(*(row.split() for row in rows), strict=True))
    names = tuple(headers.split())
    return Grid(
        file="t", headers=names, columns=columns, lines=range(2, len(rows) + 2), numbers=range(1, len(names) + 1)
    )


def test_order_labels_and_places() -> None:
    """Units and indicators stand as they first appear; steady columns stay; every cell knows its line."""
    long = grid("year name indicator value unit zone", "1 B b 5 % N", "1 A a 6 x S", "1 B a 7 x N", "2 B a 8 x N")
    wide, roles = widen(long, Roles.of(long.headers), [])
    assert wide.headers == ("name", "year", "zone", "b", "a")
    assert [list(column) for column in wide.columns] == [
        ["B", "A", "B"],
        ["1", "1", "2"],
        ["N", "S", "N"],
        ["5", None, None],
        ["7", "6", "8"],
    ]
    assert roles == Roles(name=0, period=1)
    assert (wide.place(0, 3), wide.place(0, 4), wide.place(1, 0)) == ((2, 4), (4, 4), (3, 2))
    assert wide.remarks == ("column 'unit' differs from value to value: left out",)


def test_values_twice_and_without_an_indicator() -> None:
    """Both are refused, with the line where the value was first."""
    problems: list[Problem] = []
    long = grid("name indicator value", "A a 1", "A b 2", "A a 1")
    long.columns[1][1] = ""  # type: ignore[index]
    widen(long, Roles.of(long.headers), problems)
    assert list(map(str, problems)) == [
        "t:3: A: the value has no indicator; name it",
        "t:4:3: a: A: the value is on line 2 already; a unit has one value of an indicator in a period; "
        "remove one of the two",
    ]
