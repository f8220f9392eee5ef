"""Headers recognised in any spelling, Vietnamese and English, and those of COINr."""

import pytest

from pii.io.headers import Roles, names_units


@pytest.mark.parametrize("header", ["code", "Unit", "uCode", "ID", "Mã", "ma tinh", "ISO3", "iso"])
def test_codes(header: str) -> None:
    """A column of codes, however it is spelt."""
    assert Roles.of(["a", header]).code == 1


@pytest.mark.parametrize(
    "header", ["Name", "unit name", "uName", "Province", "Tỉnh, thành phố", "Địa phương", "country"]
)
def test_names(header: str) -> None:
    """A column of names, however it is spelt."""
    assert Roles.of([header, "a"]).name == 0
    assert names_units(header)


@pytest.mark.parametrize("header", ["year", "Năm", "period", "Edition", "Time"])
def test_periods(header: str) -> None:
    """A column of periods, however it is spelt."""
    assert Roles.of([header]).period == 0


def test_the_long_form_needs_both_columns() -> None:
    """An indicator without a value, or a value without an indicator, is an ordinary column."""
    assert Roles.of(["name", "Chỉ tiêu", "Giá trị"]).long
    assert not Roles.of(["name", "value"]).long
    assert not Roles.of(["name", "variable"]).positions - {0}


def test_the_schemes_own_headers_play_no_part() -> None:
    """An indicator may be called id or value."""
    assert Roles.of(["name", "id", "time"], taken={"id", "time"}) == Roles(name=0)


def test_unit_of_measurement_in_the_long_form() -> None:
    """Beside a name and an indicator, unit is what it is measured in; elsewhere it is the unit's code."""
    assert Roles.of(["name", "indicator", "unit", "value"]).code is None
    assert Roles.of(["unit", "indicator", "value"]).code == 0
