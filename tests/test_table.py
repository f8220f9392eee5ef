"""Tables: frozen, checked when made, selected by code, units found in any spelling; panels of them."""

import pickle
from typing import Any

import numpy as np
import pytest

from pii.errors import TableError
from pii.provenance import Origin, Provenance
from pii.table import Panel, Table, Units
from tests.shared import same

UNITS = Units(
    ("01", "24", "46"),
    ("Hà Nội", "Bắc Ninh", "Huế"),
    {"region": ("north", "north", "")},
    system="VN34",
)
TABLE = Table(UNITS, ("a", "b"), np.array([[1.0, 4.0], [2.0, np.nan], [3.0, 6.0]]), period="2024")


def test_values_do_not_change() -> None:
    """Neither through the table nor through the array that it was made of."""
    mine = np.array([[1.0], [2.0]])
    table = Table(Units(("x", "y")), ("a",), mine)
    mine[0, 0] = 99.0
    assert table.values[0, 0] == 1.0
    for values in (table.values, table.column("a")):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 5.0


def test_labels_do_not_change() -> None:
    """Nor through the mapping that they came in."""
    labels = {"region": ("n", "s")}
    units = Units(("x", "y"), labels=labels)
    labels["region"] = ("s", "s")
    assert units.labels["region"] == ("n", "s")
    with pytest.raises(TypeError):
        units.labels["region"] = ("s", "s")  # type: ignore[index]


def test_columns_are_stored_each_in_one_piece() -> None:
    """Methods read indicators down and units across."""
    assert TABLE.values.T.flags.c_contiguous
    assert TABLE.values.dtype == np.float64


def test_of_takes_none_and_nan_as_not_measured() -> None:
    """And keeps the order of its columns."""
    columns: dict[str, Any] = {"b": [1, None], "a": [float("nan"), 2]}
    table = Table.of(columns, units=["x", "y"], period="2024", notes=["n"])
    assert (table.columns, table.period, table.notes) == (("b", "a"), "2024", ("n",))
    assert same(table.values, [[1.0, np.nan], [np.nan, 2.0]])
    assert table.units.names == ("x", "y")


def test_a_unit_stands_once() -> None:
    """All that stand twice are named."""
    with pytest.raises(TableError) as refused:
        Units(("x", "y", "x", "y", "z"))
    assert [str(problem) for problem in refused.value.problems] == [
        "x: the unit stands twice; every unit has one row",
        "y: the unit stands twice; every unit has one row",
    ]


def test_a_column_stands_once() -> None:
    """Its code is named."""
    with pytest.raises(TableError, match="a: the column stands twice"):
        Table(Units(("x",)), ("a", "b", "a"), np.zeros((1, 3)))


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_the_endless_is_refused_by_cell(value: float) -> None:
    """Every such cell is named, by the unit's name."""
    values = np.zeros((3, 2))
    values[1, 1] = values[2, 0] = value
    values[0, 0] = np.nan
    with pytest.raises(TableError) as refused:
        Table(UNITS, ("a", "b"), values)
    assert [str(problem) for problem in refused.value.problems] == [
        f"b: Bắc Ninh: the value is {value}; values are finite; correct it, or leave the cell empty",
        f"a: Huế: the value is {value}; values are finite; correct it, or leave the cell empty",
    ]


def test_large_values_are_not_endless() -> None:
    """Though their sum is."""
    assert Table.of({"a": [1e308, 1e308]}, units=["x", "y"]).values.max() == 1e308


def test_shapes_agree() -> None:
    """Units down, columns across, one name and label each."""
    with pytest.raises(TableError, match=r"3 units and 2 columns have values of shape \(2, 3\)"):
        Table(UNITS, ("a", "b"), np.zeros((2, 3)))
    with pytest.raises(TableError, match="2 units have 1 names; give one each"):
        Units(("x", "y"), ("one",))
    with pytest.raises(TableError, match="2 units have 3 region; give one each"):
        Units(("x", "y"), labels={"region": ("n", "n", "s")})


@pytest.mark.parametrize("columns", [{"a": [1.0, 2.0], "b": [1.0]}, {"a": [1.0]}])
def test_of_refuses_a_column_of_another_length(columns: dict[str, list[float]]) -> None:
    """As a problem of the table, which names the column."""
    with pytest.raises(TableError) as caught:
        Table.of(columns, units=["x", "y"])
    assert caught.value.problems[0].indicator in columns


def test_a_column_is_found_by_its_code() -> None:
    """Else the nearest is suggested."""
    assert TABLE.column("a").tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(TableError, match="income: the table has no such column; use one of a, b"):
        TABLE.column("income")


def test_selecting_keeps_the_order_asked_for() -> None:
    """And everything else of the table; the same columns give the table itself."""
    turned = TABLE.select(["b", "a"])
    assert turned.columns == ("b", "a")
    assert same(turned.values, TABLE.values[:, ::-1])
    assert (turned.units, turned.period) == (TABLE.units, "2024")
    assert TABLE.select(["a", "b"]) is TABLE
    assert TABLE.select(["a"]).columns == ("a",)


def test_selecting_an_unknown_column_is_refused_as_column_is() -> None:
    """A problem of the table, with the column."""
    with pytest.raises(TableError, match="zzz: the table has no such column"):
        TABLE.select(["a", "zzz"])


def test_taking_units_takes_their_names_and_labels() -> None:
    """All in order gives the table itself."""
    some = TABLE.take(np.array([2, 0]))
    assert (some.units.codes, some.units.names) == (("46", "01"), ("Huế", "Hà Nội"))
    assert some.units.labels["region"] == ("", "north")
    assert some.units.system == "VN34"
    assert same(some.values, TABLE.values[[2, 0]])
    assert TABLE.take(np.arange(3)) is TABLE
    assert len(TABLE.take(np.array([], dtype=np.intp)).units) == 0


@pytest.mark.parametrize(
    ("spelling", "at"),
    [("24", 1), ("Bắc Ninh", 1), ("bac ninh", 1), ("BAC-NINH", 1), ("Hue", 2), ("Hà  Nội", 0)],
)
def test_a_unit_is_found_by_code_or_name_in_any_spelling(spelling: str, at: int) -> None:
    """Accents, case and blanks make no difference; nothing is guessed."""
    assert UNITS.locate(spelling) == at


def test_a_unit_that_is_not_there_is_refused_with_the_nearest() -> None:
    """Nothing is guessed in silence."""
    with pytest.raises(TableError, match=r"Bac Nin: no unit is called that; .*; did you mean Bắc Ninh"):
        UNITS.locate("Bac Nin")


def test_a_name_of_two_units_is_refused() -> None:
    """Their codes tell them apart, and a code comes before a name."""
    units = Units(("1", "2", "3"), ("Same", "same", "1"))
    with pytest.raises(TableError, match=r"several units are called that; .*; use the code"):
        units.locate("SAME")
    assert units.locate("1") == 0


def test_labels_are_numbered_in_order_of_appearance() -> None:
    """Units without one have -1."""
    units = Units(("a", "b", "c", "d"), labels={"zone": ("s", "", "n", "s")})
    assert units.numbered("zone").tolist() == [0, -1, 1, 0]


def test_a_frame_has_codes_names_labels_and_values() -> None:
    """Writing into it changes no table."""
    frame = TABLE.to_frame()
    assert frame.index.tolist() == ["01", "24", "46"]
    assert frame.index.name == "unit"
    assert frame.columns.tolist() == ["name", "region", "a", "b"]
    assert same(frame[["a", "b"]].to_numpy(), TABLE.values)
    frame.loc["01", "a"] = 99.0
    assert TABLE.values[0, 0] == 1.0


def test_repr_is_one_short_line() -> None:
    """Size, period and gaps."""
    assert repr(TABLE) == "<Table 2024: 3 units x 2, 1 gaps>"


def test_a_panel_is_in_order_of_time() -> None:
    """Whatever order its tables came in; it reads as a mapping."""
    years = {year: Table.of({"a": [1.0]}, units=["x"], period=year) for year in ("2024", "2022", "2023")}
    panel = Panel(tuple(years.values()))
    assert list(panel) == ["2022", "2023", "2024"]
    assert panel["2023"] is years["2023"]
    assert len(panel) == 3
    assert "2021" not in panel
    with pytest.raises(KeyError, match="no table for '2021'; there are 2022, 2023, 2024"):
        panel["2021"]


@pytest.mark.parametrize("periods", [("2024", "2024"), ("2024", "")])
def test_tables_of_a_panel_have_different_periods(periods: tuple[str, ...]) -> None:
    """Else none could be asked for."""
    with pytest.raises(TableError, match="the tables of a panel need different periods, not 2024"):
        Panel(tuple(Table.of({"a": [1.0]}, units=["x"], period=period) for period in periods))


# --- where cells come from

NOTES = Provenance.of(
    {("01", "a"): Origin("final"), ("24", "b"): Origin("imputed"), ("46", "b"): Origin("estimated")}
)


def test_the_provenance_stays_with_its_cells() -> None:
    """Of columns and units in any order; cells without a value have none."""
    table = TABLE.noting(NOTES)
    assert dict(table.noted) == {("01", "a"): Origin("final"), ("46", "b"): Origin("estimated")}
    assert dict(table.select(["b"]).noted) == {("46", "b"): Origin("estimated")}
    assert dict(table.take(np.array([2, 0])).select(["b", "a"]).noted) == dict(table.noted)
    assert dict(table.holding(np.full((3, 2), np.nan)).noted) == {}
    assert pickle.loads(pickle.dumps(table)).noted == table.noted  # noqa: S301 - what was just made
    assert not TABLE.noted


def test_pooled_periods_keep_the_provenance_of_each() -> None:
    """By their units' new codes."""
    years = [Table.of({"a": [1.0]}, units=["x"], period=period) for period in ("2023", "2024", "2025")]
    noted = [years[0].noting(Provenance.of({("x", "a"): Origin("final")})), years[1]]
    noted.append(years[2].noting(Provenance.of({("x", "a"): Origin("provisional")})))
    found = Panel(tuple(noted)).pooled().noted
    assert dict(found) == {("x@2023", "a"): Origin("final"), ("x@2025", "a"): Origin("provisional")}
