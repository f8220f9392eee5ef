"""The Provincial Competitiveness Index 2006-2012 (VCCI/USAID, CC0 data package): published totals from components."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pii.compute import compute
from pii.io.schemes import built_in_scheme
from pii.io.tables import read_table
from pii.result import Result
from tests.provincial import needs

YEARS = {year: "pci-2006" if year < 2009 else "pci-2009" for year in range(2006, 2013)}


@cache
def computed(year: int) -> Result:
    """The index of one year, by the built-in scheme alone."""
    scheme = built_in_scheme(YEARS[year])
    return compute(scheme, read_table(pci(), scheme, period=str(year)))


def pci() -> Path:
    """The components and published totals."""
    return needs("data/pci_2006_2012.csv")


def published(year: int) -> dict[str, float]:
    """Published weighted totals by province code."""
    with pci().open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == str(year)]
    return {row["code"]: float(row["pci_weighted"]) for row in rows}


def differences(year: int) -> dict[str, float]:
    """Published less computed, by province code."""
    result = computed(year)
    ours = dict(zip(result.composite.units.codes, result.composite.column("PCI").tolist(), strict=True))
    theirs = published(year)
    assert ours.keys() == theirs.keys()
    return {code: theirs[code] - ours[code] for code in ours}


@pytest.mark.parametrize("year", [year for year in YEARS if year != 2011])
def test_total_equals_the_published_one(year: int) -> None:
    """All 63 provinces have the published weighted total to 1e-4."""
    off = differences(year)
    assert len(off) == 63
    assert max(map(abs, off.values())) < 1e-4


def test_totals_of_2011_are_off_in_the_source() -> None:
    """The published totals of 2011 exceed the sum of weighted components in every province, as the scheme says."""
    off = differences(2011)
    assert len(off) == 63
    assert 0 < min(off.values()) < max(off.values()) < 0.56
    assert "2011" in built_in_scheme("pci-2009").about


def test_oddities_of_2011_are_listed_by_province() -> None:
    """One line each, the largest first."""
    from tests.reference.pci.oddities import listing

    off = [float(line.split("  ")[0]) for line in listing()]
    assert len(off) == 63
    assert off == sorted(off, reverse=True)
    assert off[-1] > 0


def test_da_nang_leads_in_2010_with_the_published_score() -> None:
    """Đà Nẵng is first in 2010, with 69.77."""
    result = computed(2010)
    first = result.best_first[0]
    assert result.composite.units.names[first] == "Đà Nẵng"
    assert result.summary(1).splitlines()[1].split() == ["1", "Đà", "Nẵng", "69.77"]
    assert np.isclose(result.composite.values[first, 0], published(2010)["48"], atol=1e-4)
