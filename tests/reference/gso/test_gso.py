"""Raw provincial series of the General Statistics Office, through all stages with real denominators."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from pii.compute import compute
from pii.io.schemes import read_scheme, write_scheme
from pii.io.tables import read_table
from pii.methods.treat import WinsoriseThenLog
from pii.result import Result
from pii.scheme import Column, Scheme
from pii.tree import Group, Indicator
from tests.provincial import needs

# Spearman's rank correlation with the 28 ranks of PII 2023 that were published, as docs/validation.md reports it.
REPORTED = {"2014": 0.87, "2016": 0.92}


def core_series(year: str) -> list[dict[str, str]]:
    """The codebook's core indicators that the year has, with the pillars that are the data set's own mapping."""
    with needs(f"data/gso/wide_{year}.csv").open(encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
    with needs("data/gso/codebook.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        row for row in rows if row["core"] == "1" and row["pillar"].startswith("P") and row["indicator"] in header
    ]


def gso_scheme(year: str) -> Scheme:
    """Seven pillars of core series with equal weights: input and output as PII has them."""
    series = core_series(year)
    per = {row["indicator"]: re.findall(r"d_\w+", row["suggested_denominator"]) for row in series}

    def pillar(code: str) -> Group:
        return Group(
            code=code,
            children=tuple(
                Indicator(
                    code=row["indicator"],
                    name=(("en", row["name_en"]),),
                    unit=row["unit"],
                    direction=-1 if row["direction"] == "-" else 1,
                    denominator=next(iter(per[row["indicator"]]), None),
                )
                for row in series
                if row["pillar"] == code
            ),
        )

    denominators = sorted({code for codes in per.values() for code in codes[:1]})
    return Scheme(
        code=f"gso-{year}",
        units="VN63",
        treat=WinsoriseThenLog(),
        denominators=tuple(Column(code=code) for code in denominators),
        index=Group(
            code="index",
            children=(
                Group(code="input", children=tuple(pillar(f"P{p}") for p in range(1, 6))),
                Group(code="output", children=tuple(pillar(f"P{p}") for p in (6, 7))),
            ),
        ),
    )


def computed(year: str, folder: Path) -> Result:
    """The index of one year, from a scheme file as a user would have it."""
    write_scheme(gso_scheme(year), folder / "gso.yaml")
    scheme = read_scheme(folder / "gso.yaml")
    return compute(scheme, read_table(needs(f"data/gso/wide_{year}.csv"), scheme))


def published_ranks() -> dict[str, int]:
    """Ranks of PII 2023, by province."""
    with needs("data/pii_published_2023.csv").open(encoding="utf-8", newline="") as file:
        return {row["province"]: int(row["rank"]) for row in csv.DictReader(file) if row["rank"]}


@pytest.mark.parametrize("year", list(REPORTED))
def test_real_series_rank_provinces_much_as_pii_does(year: str, tmp_path: Path) -> None:
    """All 63 provinces are ranked, and the ranks agree with the 28 published ones as reported."""
    result = computed(year, tmp_path)
    assert len(result.best_first) == 63
    ranks = dict(zip(result.composite.units.names, result.ranking.column("index").tolist(), strict=True))
    known = published_ranks()
    assert len(known) == 28
    correlation = spearmanr([known[name] for name in known], [ranks[name] for name in known]).statistic
    assert round(float(correlation), 2) == REPORTED[year]


@pytest.mark.parametrize("year", list(REPORTED))
def test_denominators_and_gaps_are_honoured(year: str, tmp_path: Path) -> None:
    """Counts are put per their denominator, gaps stay gaps, and skewed series are treated."""
    result = computed(year, tmp_path)
    at = [indicator.code for indicator in result.scheme.indicators].index("p2_univ_students")
    students, people = (result.measured.column(code) for code in ("p2_univ_students", "d_pop"))
    assert np.array_equal(result.ratios.values[:, at], students / people, equal_nan=True)
    assert np.array_equal(
        np.isnan(result.ratios.values), np.isnan(result.measured.values[:, : len(result.scheme.indicators)])
    )
    assert result.treatment.rules
