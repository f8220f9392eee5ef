"""A table held against a scheme: aligned by label, and all that is wrong said at once."""

from typing import Any

import numpy as np
import pytest

from pii import stages
from pii.align import align
from pii.errors import PiiError, TableError
from pii.table import Table, Units
from tests.shared import group, leaf, scheme

UNITS = Units(
    ("01", "02", "03", "04"),
    ("Hà Nội", "Hà Giang", "Cao Bằng", "Bắc Kạn"),
    {"region": ("delta", "mountains", "mountains", "")},
)
NAN = float("nan")
PAIR = scheme(group("g", leaf("a"), leaf("b")))


def table(**columns: Any) -> Table:
    """Values of the four units."""
    return Table.of(columns, units=UNITS)


def said(error: PiiError) -> list[str]:
    """Every problem as text."""
    return [str(problem) for problem in error.problems]


def test_columns_are_aligned_by_code() -> None:
    """In the scheme's order, whatever the table's; what the scheme does not need is left behind."""
    aligned = align(table(z=[0] * 4, b=[5, 6, 7, 8], a=[1, 2, 3, 4]), PAIR)
    assert aligned.columns == ("a", "b")
    assert aligned.column("a").tolist() == [1.0, 2.0, 3.0, 4.0]


def test_absent_columns_and_labels_are_said_at_once() -> None:
    """With the nearest column that the scheme does not use."""
    read = scheme(
        group("g", leaf("income", denominator="people"), leaf("growth")),
        impute={"method": "group_mean", "by": "zone"},
        denominators=[{"code": "people"}],
        labels=[{"code": "zone"}],
    )
    with pytest.raises(TableError) as refused:
        align(table(incom=[1, 2, 3, 4], growth=[1, 2, 3, 4]), read)
    assert said(refused.value) == [
        "income: the table has no such column; the scheme test needs it; did you mean incom?",
        "people: the table has no such column; the scheme test needs it; use one of incom",
        "zone: the table has no such label; the imputation groups units by it; use one of region",
    ]


def test_provinces_of_another_system_are_refused() -> None:
    """They share codes and names with those of the scheme."""
    read = PAIR.replace(units="VN34")
    old = Table(Units(("01",), system="VN63"), ("a", "b"), np.zeros((1, 2)))
    with pytest.raises(TableError) as refused:
        align(old, read)
    assert said(refused.value) == [
        "the units are of VN63; the scheme test is for VN34: places of two systems share codes and names; "
        "read the table as VN34, or choose the scheme of its edition"
    ]
    with pytest.raises(TableError, match="the units are of no system of provinces"):
        align(table(a=[1] * 4, b=[2] * 4), read)
    assert align(old, PAIR).units is old.units


def test_values_outside_their_valid_range_are_said_by_cell() -> None:
    """Its ends are valid, and so are gaps."""
    read = scheme(group("g", leaf("share", valid={"low": 0.0, "high": 100.0}), leaf("b")))
    with pytest.raises(TableError) as refused:
        align(table(share=[0, 100.5, -3, NAN], b=[1, 2, 3, 4]), read)
    assert said(refused.value) == [
        "share: Hà Giang: the value is 100.5; its valid range is 0 to 100; correct it, or leave the cell empty",
        "share: Cao Bằng: the value is -3; its valid range is 0 to 100; correct it, or leave the cell empty",
    ]


def test_a_unit_without_any_value_is_a_mistake_unless_declared() -> None:
    """A denominator alone is no value of the index."""
    read = scheme(group("g", leaf("a", denominator="d")), denominators=[{"code": "d"}])
    measured = table(a=[1, NAN, 3, 4], d=[1, 1, 1, 1])
    with pytest.raises(TableError) as refused:
        align(measured, read)
    assert said(refused.value) == [
        "Hà Giang: no indicator is measured; a row is there for its values; fill it, remove the row, or declare "
        "screen: {empty: exclude} to list such units as not ranked"
    ]
    listed = read.replace(screen=read.screen.replace(empty="exclude"))
    ratios = stages.denominate(align(measured, listed), listed)
    assert stages.screen(ratios, listed).reasons == {"02": ("0 of 1 indicators measured, 0.6667 of them needed",)}


def test_a_unit_that_the_screen_names_and_the_table_lacks_is_refused() -> None:
    """A misspelt exclusion would let the unit in without a word."""
    read = PAIR.replace(screen={"exclude": ["4"], "include": ["01"]})
    with pytest.raises(TableError) as caught:
        align(table(a=[1, 2, 3, 4], b=[1, 2, 3, 4]), read)
    (problem,) = said(caught.value)
    assert problem.startswith(
        "4: the table has no such unit; the scheme's screen includes and excludes units by code"
    )
