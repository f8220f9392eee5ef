"""The sample tables: synthetic ones that are made anew byte for byte, and real ones that equal their source."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from pii.arrays import skewness_and_kurtosis
from pii.methods.denominate import Ratio
from pii.methods.treat import WinsoriseThenLog
from pii.places.registry import System, find, provinces
from pii.scheme import Scheme

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SYSTEMS: dict[int, System] = {2023: "VN63", 2024: "VN63", 2025: "VN34"}
YEARS = tuple(SYSTEMS)


def shared_rows(name: str) -> list[dict[str, str]]:
    """One table of the data that lie beside the project."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"no data at ../shared/data/{name}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scheme_of(year: int) -> Scheme:
    """The PII scheme of an edition."""
    text = (ROOT / "src" / "pii" / "schemes" / f"pii-{year}.yaml").read_text(encoding="utf-8")
    return Scheme.model_validate(yaml.safe_load(text))


def table(name: str) -> list[dict[str, str]]:
    """The rows of a sample: no comments above, no footnotes below."""
    lines = (SAMPLE / name).read_text(encoding="utf-8").split("\n\n")[0].splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def values(year: int, codes: tuple[str, ...]) -> NDArray[np.float64]:
    """A synthetic table's numbers, (columns, units)."""
    gaps = {"", ".."}
    rows = table(f"synthetic-pii-{year}.csv")
    return np.array([[np.nan if row[code] in gaps else float(row[code]) for row in rows] for code in codes])


def ratios(year: int) -> NDArray[np.float64]:
    """A synthetic table's indicators, each put per its denominator, (indicators, units)."""
    scheme = scheme_of(year)
    x = values(year, scheme.columns)
    position = {code: at for at, code in enumerate(scheme.columns)}
    for at, indicator in enumerate(scheme.indicators):
        if indicator.denominator:
            method = scheme.denominator_of(indicator)
            assert isinstance(method, Ratio)
            divisor = position[indicator.denominator]
            x[at] = method(x[at : at + 1], denominator=x[divisor : divisor + 1])[0]
    return x[: len(scheme.indicators)]


def test_synthetic_tables_are_made_anew_byte_for_byte(tmp_path: Path) -> None:
    """The script writes into a new folder exactly the bytes that are kept."""
    subprocess.run([sys.executable, str(SAMPLE / "make_synthetic.py"), str(tmp_path)], check=True, timeout=60)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == [f"synthetic-pii-{year}.csv" for year in YEARS]
    for name in made:
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes()


@pytest.mark.parametrize("year", YEARS)
def test_a_synthetic_table_says_so_first(year: int) -> None:
    """The first line of the file is a title that says that it is synthetic and what its ranks mean."""
    first = (SAMPLE / f"synthetic-pii-{year}.csv").read_text(encoding="utf-8").splitlines()[0]
    assert first == (
        f"# title: SYNTHETIC sample, PII {year}: invented numbers; its ranks mean nothing about real provinces"
    )


@pytest.mark.parametrize("year", YEARS)
def test_a_synthetic_table_has_its_schemes_columns_and_provinces(year: int) -> None:
    """Code and name of every province of the edition's system, then denominators and indicators, and footnotes."""
    scheme, rows = scheme_of(year), table(f"synthetic-pii-{year}.csv")
    denominators = [column.code for column in scheme.denominators]
    indicators = [indicator.code for indicator in scheme.indicators]
    assert list(rows[0]) == ["code", "name", *denominators, *indicators]
    registered = [(province.code, province.name) for province in provinces(SYSTEMS[year])]
    assert [(row["code"], row["name"]) for row in rows] == registered
    text = (SAMPLE / f"synthetic-pii-{year}.csv").read_text(encoding="utf-8")
    assert "\n\n* " in text
    assert "\r" not in text


@pytest.mark.parametrize("year", YEARS)
def test_a_synthetic_table_has_gaps_as_real_ones_have(year: int) -> None:
    """About 3 % of the cells are missing, most empty and a few with two dots; denominators are complete."""
    scheme, rows = scheme_of(year), table(f"synthetic-pii-{year}.csv")
    cells = Counter(row[indicator.code] for row in rows for indicator in scheme.indicators)
    n = len(rows) * len(scheme.indicators)
    assert 0.025 < (cells[""] + cells[".."]) / n < 0.035
    assert 2 <= cells[".."] < cells[""]
    assert all(float(row[column.code]) > 0 for row in rows for column in scheme.denominators)
    by_unit = np.isnan(ratios(year)).mean(axis=0)
    assert by_unit.max() > 0.15
    assert by_unit.max() < 1 - scheme.screen.measured


@pytest.mark.parametrize("year", YEARS)
def test_a_synthetic_table_keeps_to_valid_ranges(year: int) -> None:
    """No value leaves its indicator's declared range, and no count is negative or broken."""
    scheme = scheme_of(year)
    columns = values(year, tuple(indicator.code for indicator in scheme.indicators))
    for indicator, column in zip(scheme.indicators, columns, strict=True):
        known = column[~np.isnan(column)]
        if indicator.valid is not None:
            assert indicator.valid.low <= known.min()
            assert known.max() <= indicator.valid.high
        if indicator.denominator:
            assert known.min() >= 0
        if indicator.unit in {"applications", "persons", "organisations", "products"}:
            assert np.array_equal(known, np.rint(known))


@pytest.mark.parametrize("year", YEARS)
def test_a_synthetic_table_has_ties_outliers_and_skew(year: int) -> None:
    """Some indicators tie; several are winsorised at either end; with 63 provinces one takes the logarithm."""
    x = ratios(year)
    distinct = np.array([np.unique(row[~np.isnan(row)]).size / np.count_nonzero(~np.isnan(row)) for row in x])
    assert np.count_nonzero(distinct < 0.8) >= 3
    skew, _ = skewness_and_kurtosis(x)
    assert skew.max() > 3
    assert skew.min() < -2
    treat = scheme_of(year).treat
    assert isinstance(treat, WinsoriseThenLog)
    rules = Counter(rule.split(":")[0] for rule in treat(x).rules)
    assert rules["winsorise"] >= 5
    assert rules["log_gii"] == (0 if year == 2025 else 1)


@pytest.mark.parametrize("year", YEARS)
def test_counts_grow_with_their_denominators(year: int) -> None:
    """Counts follow the size of the province, so that leaving out the ratio would show."""
    codes = ("7.2.2", "population"), ("4.1.1", "grdp"), ("5.3.3", "enterprises")
    for count, size in codes:
        x = values(year, (count, size))
        x = np.log(x[:, ~np.isnan(x).any(axis=0)])
        assert np.corrcoef(x[0], x[1])[0, 1] > 0.5


def test_synthetic_years_follow_each_other() -> None:
    """Indicators of 2024 correlate with those of 2023, and do not equal them."""
    before, after = ratios(2023), ratios(2024)
    found = []
    for x, y in zip(before, after, strict=True):
        both = ~np.isnan(x) & ~np.isnan(y)
        found.append(np.corrcoef(x[both], y[both])[0, 1])
    assert np.median(found) > 0.85
    assert max(found) < 1


def test_the_34_are_made_of_the_63() -> None:
    """A merged province's population is that of its parts with a year's growth, not that of its namesake."""
    old = {row["code"]: float(row["population"]) for row in table("synthetic-pii-2024.csv")}
    new = {row["code"]: float(row["population"]) for row in table("synthetic-pii-2025.csv")}
    assert len(new) == 34
    for province in provinces("VN34"):
        parts = sum(old[code] for code in province.merged_from)
        assert new[province.code] == pytest.approx(parts, rel=0.03)


def test_papi_equals_its_source() -> None:
    """PAPI 2024 is the source's table, cell for cell, gaps included."""
    source = shared_rows("papi_2024.csv")
    assert table("papi-2024.csv") == source


def test_papi_has_its_real_gaps() -> None:
    """Two provinces have no data and one sub-dimension is empty for all; title and source stand above."""
    rows = table("papi-2024.csv")
    head = (SAMPLE / "papi-2024.csv").read_text(encoding="utf-8").splitlines()[:2]
    assert head[0].startswith("# title: PAPI 2024")
    assert head[1].startswith("# Source: ")
    assert len(rows) == 63
    codes = [column for column in rows[0] if column.startswith("SC")]
    assert len(codes) == 29
    assert [row["province"] for row in rows if not any(row[c] for c in codes)] == ["Vĩnh Phúc", "Tiền Giang"]
    assert [code for code in codes if not any(row[code] for row in rows)] == ["SC52"]


def test_every_published_score_has_a_source_and_a_place() -> None:
    """Each row has a page, a status, a value, and the code that its province has in the edition's system."""
    rows = table("published-pii.csv")
    assert Counter(row["year"] for row in rows) == {"2023": 29, "2024": 19, "2025": 10}
    for row in rows:
        assert row["source"].startswith(("http://", "https://"))
        assert row["status"] in {"published", "derived", "doubtful"}
        assert row["notes"] or row["status"] == "published"
        assert row["rank"] or row["pii"]
        system = SYSTEMS[int(row["year"])]
        assert row["system"] == system
        province = find(row["code"], system)
        assert province is not None
        assert province.name == row["province"]


def test_published_scores_equal_their_source() -> None:
    """Ranks and scores are those of the collected tables, digit for digit."""
    columns = ("rank", "pii", "input", "output", *(f"p{i}" for i in range(1, 8)), "status")
    kept = [tuple(row[c] for c in columns) for row in table("published-pii.csv")]
    source = [row for year in YEARS for row in shared_rows(f"pii_published_{year}.csv")]
    assert kept == [tuple(row[c] for c in columns) for row in source]


def test_every_sample_is_described() -> None:
    """The folder's README names every file in it."""
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    for path in SAMPLE.iterdir():
        if path.is_file():
            assert path.name == "README.md" or f"`{path.name}`" in readme
