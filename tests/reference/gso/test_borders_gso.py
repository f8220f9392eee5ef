"""Real provincial series of twelve years brought to the 34 provinces: totals kept, and every real gap said."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from pii.borders import harmonise, harmonise_panel
from pii.io.tables import read_panel
from pii.methods.combine import AbstractCombiner, NotComparable, Sum, WeightedMean
from pii.places.crosswalk import crosswalk
from pii.table import Panel
from tests.provincial import needs

YEARS = [str(year) for year in range(2005, 2017)]
COUNTED = {
    "persons", "thousand persons", "number", "km2", "beds", "billion VND", "million VND", "million USD", "tonnes/day",
    "tonnes/day (unit not printed in source)", "thousand tonnes", "million trips",
}  # fmt: skip
NOT_MERGED = {"p7_iip", "p7_income_quintile_ratio"}
"""An index of a year on the last, whose weights are not published, and a ratio of fifths that no parts give."""
NATIONAL = {"2010": 86_947.4, "2014": 90_728.9, "2016": 92_695.1}
"""Mean population, thousand persons, as the General Statistics Office is remembered to have published it: not looked up."""


def rules() -> dict[str, AbstractCombiner]:
    """Counts and amounts add up; the labour force weighs what is of workers, population all else."""
    with needs("data/gso/codebook.csv").open(encoding="utf-8", newline="") as file:
        units = {row["indicator"]: row["unit"] for row in csv.DictReader(file)}
    found: dict[str, AbstractCombiner] = {}
    for code, unit in units.items():
        workers = code in {"p2_trained_workers", "p7_unemployment"}
        mean = WeightedMean(by="d_labour_force" if workers else "d_pop")
        found[code] = NotComparable() if code in NOT_MERGED else Sum() if unit in COUNTED else mean
    return found


@pytest.fixture(scope="module")
def old() -> Panel:
    """The 63 provinces, 66 series, twelve years."""
    panel = read_panel(needs("data/gso/gso_provinces_long.csv"), system="VN63")
    return Panel(tuple(panel[year] for year in YEARS))


@pytest.fixture(scope="module")
def new(old: Panel) -> Panel:
    """The same of the 34."""
    return harmonise_panel(old, to="VN34", rules=rules())


def test_counts_keep_the_national_total(old: Panel, new: Panel) -> None:
    """Every additive series that all provinces have, in every year: 34 provinces add up to what the 63 did."""
    compared = 0
    for year in YEARS:
        before, after = old[year], new[year]
        assert (len(after.units), after.units.system) == (34, "VN34")
        for code in (code for code, rule in rules().items() if isinstance(rule, Sum)):
            total = before.column(code).sum()
            if not np.isnan(total):
                assert after.column(code).sum() == pytest.approx(total, rel=1e-13)
                compared += 1
    assert compared == 141


@pytest.mark.parametrize("year", list(NATIONAL))
def test_population_adds_up_to_the_national_one(new: Panel, year: str) -> None:
    """To the rounding of 63 figures."""
    assert new[year].column("d_pop").sum() == pytest.approx(NATIONAL[year], abs=0.6)


def test_means_lie_between_those_of_the_parts(old: Panel, new: Panel) -> None:
    """Whatever the weights."""
    parts = crosswalk("VN63", "VN34").shares > 0
    for code in ("p2_literacy", "p2_trained_workers", "p1_pci_time", "p7_net_migration"):
        x, mean = old["2016"].column(code), new["2016"].column(code)
        low, high = (pick(np.where(parts, x, end), axis=1) for pick, end in ((np.min, np.inf), (np.max, -np.inf)))
        assert ((low - 1e-9 <= mean) & (mean <= high + 1e-9)).all()


def test_every_real_gap_is_a_gap_and_is_said(old: Panel) -> None:
    """A merged value is there if and only if all its parts are, weights too; what is short of it is in the remarks."""
    given = rules()
    parts = crosswalk("VN63", "VN34").shares > 0
    short = 0
    for year in YEARS:
        table = old[year]
        found = harmonise(table, to="VN34", rules=given)
        whole = parts.sum(axis=1) == 1
        for at, code in enumerate(table.columns):
            lacking = np.isnan(table.column(code))
            weighed = lacking | np.any([np.isnan(table.column(read)) for read in given[code].reads], axis=0)
            expected = np.where(whole, (parts & lacking).any(axis=1), (parts & weighed).any(axis=1))
            if code in NOT_MERGED:
                expected = ~whole | expected
            assert np.array_equal(np.isnan(found.table.values[:, at]), expected), (year, code)
        missing = int(np.count_nonzero(found.to_frame()["status"] == "missing"))
        said = [remark for remark in found.table.remarks if "too little of their parts being measured" in remark]
        assert [remark.split()[0] for remark in said] == [str(missing)] * (missing > 0)
        short += missing
    assert short > 100


def test_poverty_of_the_largest_city_is_not_made_of_its_neighbours(new: Panel, old: Panel) -> None:
    """In 2016 it is not measured in the old Hồ Chí Minh, so it is not in the new one: three in four people are missing."""
    assert np.isnan(old["2016"].column("p7_poverty_rate")[old["2016"].units.locate("Hồ Chí Minh")])
    found = harmonise(old["2016"], to="VN34", rules=rules())
    at = found.table.units.locate("Hồ Chí Minh"), found.table.columns.index("p7_poverty_rate")
    assert np.isnan(new["2016"].values[at])
    assert round(float(found.coverage[at]), 2) == 0.27
