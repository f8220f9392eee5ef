"""Cells made numbers: what is a number, what is a gap, what is refused and how it is said."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.io.cells import MISSING, Conflict, as_text, decimal_mark, is_numeric, number, numbers

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(FINITE)
def test_repr_reads_back(value: float) -> None:
    """Every finite number that Python writes is read as itself, with either mark."""
    assert number(repr(value)) == value
    assert number(repr(value).replace(".", ","), ",") == value


@given(st.lists(st.none() | FINITE), st.sampled_from([".", ","]))
def test_the_fast_way_and_the_slow_agree(values: list[float | None], mark: str) -> None:
    """A code that only the slow way knows changes nothing about the other cells."""
    column = ["" if value is None else repr(value).replace(".", mark) for value in values]
    decimal = decimal_mark([["0.5" if mark == "." else "0,5"]])
    assert not isinstance(decimal, Conflict)
    fast, slow = numbers(column, decimal), numbers([*column, ".."], decimal)
    np.testing.assert_array_equal(fast.values, slow.values[:-1])
    assert (fast.codes, slow.codes) == ({}, {len(column): ".."})


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1.234,5", ",", 1234.5),
        ("1,234.5", ".", 1234.5),
        ("1 234,5", ",", 1234.5),
        ("1\u00a0234\u00a0567", ".", 1234567),
        ("1\u202f234.5", ".", 1234.5),
        ("−3", ".", -3),
        ("－3,5", ",", -3.5),
        ("+1e-3", ".", 0.001),
        (".5", ".", 0.5),
    ],
)
def test_numbers_in_both_conventions(text: str, mark: str, value: float) -> None:
    """Thousands by the other mark or any space, and every sign in use."""
    assert number(text, "," if mark == "," else ".") == value


@pytest.mark.parametrize(
    "text", ["1,23", "1.2.3", "12.", "1 23", "1,234 567", "0x1F", "1_000", "12.5*", "(5)", "٣"]
)
def test_nothing_is_guessed(text: str) -> None:
    """A text that is not a number in the convention is not made one."""
    assert number(text) is None
    assert list(numbers([text]).faults) == [0]


@pytest.mark.parametrize("code", [code for code in MISSING if code])
def test_missing_codes_in_any_case(code: str) -> None:
    """Every code is a gap, and is said to have been met."""
    read = numbers(["1", code.upper(), None, np.nan, ""])
    assert np.isnan(read.values[1:]).all()
    assert read.codes == {1: code.upper()}


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("abc", "'abc' is text"),
        ("12%", "'12%' has a percent sign"),
        ("12.5*", "'12.5*' has the mark '*'"),
        ("12,5 (1)", "'12,5 (1)' has the mark '(1)'"),
        ("12.5²", "'12.5²' has the mark '²'"),
        ("12.5p", "'12.5p' has the mark 'p'"),
        ("12,5", "'12,5' is not a number where the decimal mark is '.'"),
        ("-inf", "the value is -inf"),
        ("1e999", "the value is 1e999"),
        (np.inf, "the value is inf"),
        ("#DIV/0!", "the cell holds the error #DIV/0!"),
        ("=A1", "the formula '=A1' has no stored result"),
        (True, "TRUE is a truth value"),
        (date(2024, 1, 2), "2024-01-02 is a date or time"),
        ([1], "[1] is not a number"),
    ],
)
def test_every_refusal_names_what_it_found(cell: object, found: str) -> None:
    """What stands where a number belongs is named, and there is something to do about it."""
    fault = numbers([cell]).faults[0]
    assert fault.found == found
    assert fault.rule
    assert fault.remedy


def test_numbers_of_other_types() -> None:
    """Decimals and NumPy's numbers are numbers."""
    assert numbers([Decimal("0.5"), np.int64(3), 2]).values.tolist() == [0.5, 3, 2]


def test_one_mark_for_all_columns() -> None:
    """A cell of one column settles the doubt about another; without numbers in doubt it is the point."""
    assert decimal_mark([["1,234"], ["0,5"]]) == ","
    assert decimal_mark([["1.234.567"]]) == ","
    assert decimal_mark([["1,234"], [1.5], ["12.25"]]) == "."
    assert decimal_mark([["1", ".."], np.array([0.5])]) == "."


def test_doubt_and_contradiction() -> None:
    """The cells are shown; what a file declares settles a doubt, but no contradiction."""
    assert decimal_mark([["5"], ["5", "1.234"]]) == Conflict(((1, 1, "1.234"),), contradict=False)
    assert decimal_mark([["1.234"], ["5.678"]]) == Conflict(((0, 0, "1.234"),), contradict=False)
    assert decimal_mark([["1.234"]], ".") == "."
    both = Conflict(((0, 0, "0,5"), (1, 0, "0.5")), contradict=True)
    assert decimal_mark([["0,5"], ["0.5"]], ".") == both


def test_columns_of_numbers_and_of_labels() -> None:
    """Most cells decide, numbers with a mark among them; a column of gaps may hold numbers."""
    assert is_numeric(["1", "2*", "x", ".."])
    assert is_numeric(["", None, ".."])
    assert not is_numeric(["North", "South", "3"])
    assert not is_numeric(["4G", "5G"])
    assert not is_numeric([True, False])


def test_text_of_cells() -> None:
    """Codes and years that a sheet holds as numbers lose their point, and nothing else."""
    assert [as_text(cell) for cell in (1.0, 2.5, 3, "01", None, np.nan, "Hue\u0302\u0301")] == [
        "1",
        "2.5",
        "3",
        "01",
        "",
        "",
        "Huế",
    ]
