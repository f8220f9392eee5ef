"""PAPI 2011-2024 (CECODES and UNDP): fourteen years with their real gaps."""

from __future__ import annotations

import csv
from functools import cache

import numpy as np
import pytest

from pii.compute import compute
from pii.io.schemes import built_in_scheme
from pii.io.tables import read_panel
from pii.result import Result
from pii.table import Panel
from tests.provincial import needs

YEARS = [str(year) for year in range(2011, 2025)]


@cache
def panel() -> Panel:
    """All years of the table."""
    return read_panel(needs("data/papi_subdimensions_2011_2024.csv"), built_in_scheme("papi"))


@cache
def computed(year: str) -> Result:
    """One year's index by the scheme of today's sub-dimensions."""
    scheme = built_in_scheme("papi")
    if int(year) < 2021:  # earlier years lack whole dimensions: rank on what there is
        scheme = scheme.replace(screen=scheme.screen.replace(measured=0.5, within=()), coverage=0.0)
    return compute(scheme, panel()[year])


def test_panel_keeps_every_value_and_every_gap() -> None:
    """Fourteen years of 63 provinces hold exactly the values of the source."""
    with needs("data/papi_subdimensions_2011_2024.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(panel()) == YEARS
    cells = [row[column] for row in rows for column in panel()["2024"].columns]
    values = np.concatenate([table.values.ravel() for table in panel().values()])
    assert np.count_nonzero(np.isnan(values)) == cells.count("") == 3687
    assert np.array_equal(values[~np.isnan(values)], [float(cell) for cell in cells if cell])


@pytest.mark.parametrize("year", YEARS)
def test_every_year_builds_with_its_gaps(year: str) -> None:
    """Nothing is invented: every value not measured stays missing, and who is not ranked is listed with a reason."""
    result = computed(year)
    assert np.array_equal(np.isnan(result.ratios.values), np.isnan(panel()[year].values))
    eligible = result.screening.eligible
    assert np.array_equal(np.isnan(result.scores.values), np.isnan(result.ratios.values[eligible]))
    assert len(result.best_first) + len(result.unranked) == len(panel()[year].units)
    assert all(result.unranked.values())
    assert len(result.best_first) >= 45


def test_provinces_without_data_in_2024_are_not_ranked() -> None:
    """The two provinces that PAPI 2024 has no data for are listed, and not ranked."""
    table = panel()["2024"]
    codes = {table.units.codes[at] for at in np.flatnonzero(np.isnan(table.values).all(axis=1))}
    assert len(codes) == 2
    assert codes <= computed("2024").unranked.keys()
